"""What every object at Stripe has, and the small shapes that they share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar

Body = dict[str, Any]
"""A JSON object as it goes over the wire; never kept as state."""

NONE: Mapping[str, Any] = {}
"""Shared by all members that are empty: ten thousand subscribers have a hundred thousand."""
NO_METADATA: Mapping[str, str] = NONE
USER_KEY = "telegram_user_id"
"""The metadata key under which a backend notes whose an object is."""


@dataclass(kw_only=True, slots=True)
class Resource:
    """One object of an account. Subclasses add their state, and `body` shows it."""

    kind: ClassVar[str]
    """Its `object`."""
    id: str
    created: int
    livemode: bool
    metadata: Mapping[str, str] = field(default_factory=lambda: NO_METADATA)
    """Replaced when it changes, never changed in place."""
    place: int = field(default=0, init=False, compare=False, repr=False)
    """Where it stands among its kind; given by the account."""

    def body(self) -> Body:
        """A new JSON object that shares nothing with the state."""
        raise NotImplementedError

    def head(self) -> Body:
        """The members that nearly every object has."""
        return {
            "id": self.id,
            "object": self.kind,
            "created": self.created,
            "livemode": self.livemode,
            "metadata": dict(self.metadata),
        }

    def older(self) -> Body:
        """What API versions before basil show of it besides; nothing for most kinds."""
        return {}

    @property
    def quotes(self) -> tuple[str, ...]:
        """The ids of the prices that those versions show in it in full."""
        return ()

    @property
    def owner(self) -> str | None:
        """The id of the customer it belongs to."""
        return None

    @property
    def users(self) -> frozenset[str]:
        """The users that it names itself."""
        return user_in(self.metadata)


def user_in(metadata: Mapping[str, str]) -> frozenset[str]:
    """The user that metadata name, as a set of one or none."""
    user = metadata.get(USER_KEY)
    return frozenset({user}) if user else frozenset()


def nulls(names: str) -> Body:
    """The members that are there and null."""
    return dict.fromkeys(_split(names))


_split = cache(str.split)


def listing(data: list[Body], url: str, *, has_more: bool = False) -> Body:
    """A list as Stripe encloses it."""
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def deleted(kind: str, identifier: str) -> Body:
    """What is left of a deleted object."""
    return {"id": identifier, "object": kind, "deleted": True}


def previous(before: Body, after: Body) -> Body:
    """What changed, with the values from before: an event's `previous_attributes`."""
    changed: Body = {}
    for name in {**before, **after}:
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        nested = isinstance(old, dict) and isinstance(new, dict)
        changed[name] = previous(old, new) if nested else old  # type: ignore[arg-type]
    return changed


def undone(after: Body, changed: Body) -> Body:
    """What there was before `after`: the reverse of `previous`."""
    before = dict(after)
    for name, old in changed.items():
        new = after.get(name)
        nested = isinstance(old, dict) and isinstance(new, dict)
        before[name] = undone(new, old) if nested else old  # type: ignore[arg-type]
    return before
