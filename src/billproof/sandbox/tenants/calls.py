"""The log of every call that reached the API."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.resource import USER_KEY, Body
from billproof.sandbox.objects.snapshot import Snapshot

IN_QUERY = re.compile(USER_KEY + r"""['"]\]\s*[:~]\s*['"]([^'"]*)['"]""")
REFERENCES = frozenset({"customer", "subscription"})


@dataclass(kw_only=True, slots=True)
class Call:
    """One call; `status` is None while it is not answered, and for good when it never is."""

    id: str
    at: float
    method: str
    path: str
    idempotency_key: str | None
    sent: Snapshot | None = None
    """Its parameters; None while they could not be read."""
    users: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    status: int | None = None
    replayed: bool = False

    @property
    def params(self) -> dict[str, Any]:
        """Its parameters as they were sent, nested."""
        return dict(self.sent.read()) if self.sent else {}

    def body(self) -> Body:
        """The call as the control API shows it."""
        plain = "id at method path status idempotency_key replayed"
        shown = {name: getattr(self, name) for name in plain.split()}
        return {
            **shown,
            "params": self.params,
            "user": self.users[0] if self.users else None,
        }


def customers_of(account: Account, params: dict[str, Any], ids: tuple[str, ...]) -> tuple[str, ...]:
    """The customers a call is about: by the objects that it names."""
    found = (account.any(identifier) for identifier in [*ids, *_references(params)])
    return tuple(sorted({each.owner for each in found if each is not None and each.owner}))


def users_of(account: Account, params: dict[str, Any], ids: tuple[str, ...]) -> tuple[str, ...]:
    """The users a call is about: named in it, or by the objects that it names."""
    named = set(_named(params))
    for identifier in [*ids, *_references(params)]:
        found = account.any(identifier)
        if found is not None:
            named |= account.users_of(found)
    return tuple(sorted(named))


def _named(node: dict[str, Any]) -> Iterator[str]:
    for name, value in node.items():
        if isinstance(value, dict):
            yield from _named(value)
        elif name in {USER_KEY, "client_reference_id"} and value:
            yield value
        elif name == "query":
            yield from IN_QUERY.findall(value)


def _references(params: dict[str, Any]) -> list[str]:
    return [
        value for name, value in params.items() if name in REFERENCES and isinstance(value, str)
    ]
