"""The log of every call that reached the API."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.resource import USER_KEY, Body
from billproof.sandbox.objects.snapshot import as_json

IN_QUERY = re.compile(USER_KEY + r"""['"]\]\s*[:~]\s*['"]([^'"]*)['"]""")
WRONG = 400
"""The lowest status of a refusal."""
LONG = 2000
"""Parameters from this length on are shrunk: ten thousand calls are remembered."""
REFERENCES = frozenset({"customer", "subscription"})


@dataclass(kw_only=True, slots=True)
class Call:
    """One call; `status` is None while it is not answered, and for good when it never is."""

    id: str
    at: float
    method: str
    path: str
    idempotency_key: str | None
    sent: str | bytes = ""
    """Its parameters as JSON, shrunk when they are long; empty while they could not be read."""
    users: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    status: int | None = None
    refusal: str = ""
    """The `error` of its answer, as JSON."""
    replayed: bool = False

    @property
    def params(self) -> dict[str, Any]:
        """Its parameters as they were sent, nested."""
        text = zlib.decompress(self.sent) if isinstance(self.sent, bytes) else self.sent
        return dict(json.loads(text)) if text else {}

    def keep(self, params: dict[str, Any]) -> None:
        """Note its parameters."""
        text = as_json(params)
        self.sent = text.decode() if len(text) < LONG else zlib.compress(text)

    def note(self, status: int, answer: bytes) -> None:
        """Note what it was answered; of a refusal also why."""
        self.status = status
        if status >= WRONG:
            self.refusal = answer.decode()

    @property
    def error(self) -> Body | None:
        """Why it was refused, in Stripe's form; None when it was not."""
        return dict(json.loads(self.refusal)["error"]) if self.refusal else None

    def body(self) -> Body:
        """The call as the control API shows it."""
        plain = "id at method path status idempotency_key replayed"
        shown = {name: getattr(self, name) for name in plain.split()}
        return {
            **shown,
            "params": self.params,
            "error": self.error,
            "user": self.users[0] if self.users else None,
        }


class About(NamedTuple):
    """Whom a call is about, each in alphabetical order."""

    users: tuple[str, ...]
    customers: tuple[str, ...]


def about(account: Account, params: dict[str, Any], ids: tuple[str, ...]) -> About:
    """Whom a call is about: named in it, or by the objects that it names."""
    users, customers = set(_named(params)), set()
    for identifier in (*ids, *_references(params)):
        found = account.any(identifier)
        if found is not None:
            users |= account.users_of(found)
            if found.owner:
                customers.add(found.owner)
    return About(tuple(sorted(users)), tuple(sorted(customers)))


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
