"""Who may see which account: those on this machine all of them, others those whose key they have.

Links hold an opaque name in place of the key, so that a key is in no address bar and no log.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

from starlette.requests import Request

from billproof.sandbox.api.hosts import is_loopback
from billproof.sandbox.tenants.tenants import Tenant, Tenants

SHOWN_OF_KEY = 4


class Names:
    """The accounts' names; other ones after each start."""

    def __init__(self, tenants: Tenants) -> None:
        self._tenants = tenants
        self._secret = secrets.token_bytes(32)

    def of(self, key: str) -> str:
        """The name of a key's account."""
        return hmac.new(self._secret, key.encode(), hashlib.sha256).hexdigest()[:32]

    def find(self, name: str) -> Tenant | None:
        """The account of a name."""
        for tenant in self._tenants:
            if hmac.compare_digest(self.of(tenant.account.key), name):
                tenant.catch_up()
                return tenant
        return None

    def known(self, key: str) -> bool:
        """Whether a key has an account; asking makes none."""
        return any(tenant.account.key == key for tenant in self._tenants)


def masked(key: str) -> str:
    """A key that can be told from others, and not used."""
    kind, _, rest = key.rpartition("_")
    shown = min(SHOWN_OF_KEY, len(rest) // 3)
    return f"{kind}_…{rest[len(rest) - shown :]}"


def is_local(request: Request) -> bool:
    """Whether a browser on this machine asks for a page of this machine.

    The name counts too: a foreign one that points here belongs to somebody else's page.
    """
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    return is_loopback(request.client.host if request.client else "") and is_loopback(host)
