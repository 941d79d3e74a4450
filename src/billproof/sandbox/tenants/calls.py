"""The log of every call that reached the API."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.resource import USER_KEY, Body

IN_QUERY = re.compile(USER_KEY + r"""['"]\]\s*[:~]\s*['"]([^'"]*)['"]""")
REFERENCES = frozenset({"customer", "subscription"})


@dataclass(kw_only=True)
class Call:
    """One call; `status` is None while it is not answered, and for good when it never is."""

    id: str
    at: float
    method: str
    path: str
    params: dict[str, Any]
    idempotency_key: str | None
    users: frozenset[str] = frozenset()
    customers: frozenset[str] = frozenset()
    status: int | None = None
    replayed: bool = False

    def body(self) -> Body:
        """The call as the control API shows it."""
        plain = "id at method path params status idempotency_key replayed"
        users = sorted(self.users)
        shown = {name: getattr(self, name) for name in plain.split()}
        return {**shown, "user": users[0] if users else None}


def customers_of(account: Account, params: dict[str, Any], ids: tuple[str, ...]) -> frozenset[str]:
    """The customers a call is about: by the objects that it names."""
    found = (account.any(identifier) for identifier in [*ids, *_references(params)])
    return frozenset(each.owner for each in found if each is not None and each.owner)


def users_of(account: Account, params: dict[str, Any], ids: tuple[str, ...]) -> frozenset[str]:
    """The users a call is about: named in it, or by the objects that it names."""
    named = set(_named(params))
    for identifier in [*ids, *_references(params)]:
        found = account.any(identifier)
        if found is not None:
            named |= account.users_of(found)
    return frozenset(named)


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
