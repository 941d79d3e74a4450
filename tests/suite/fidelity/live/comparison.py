"""What two answers to the same call differ in: members, and the types of their values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

NAMES = {dict: "object", list: "list", str: "text", bool: "boolean", int: "integer"}
ABSENT = "absent"


@dataclass(frozen=True, order=True)
class Contrast:
    """A place at which the sandbox has one thing and Stripe another."""

    call: str
    place: str
    sandbox: str
    stripe: str

    def __str__(self) -> str:
        """One line for people."""
        return f"{self.call}: {self.place} is {self.sandbox} here, {self.stripe} at Stripe"


def contrasts(call: str, sandbox: Any, stripe: Any) -> list[Contrast]:
    """Every place where the forms of two answers differ, outermost only."""
    here, there = _forms(sandbox), _forms(stripe)
    found = [
        Contrast(call, place, here.get(place, ABSENT), there.get(place, ABSENT))
        for place in sorted(here.keys() | there.keys())
        if here.get(place) != there.get(place)
    ]
    places = {each.place for each in found}
    return [each for each in found if not _within(each.place, places)]


def _within(place: str, places: set[str]) -> bool:
    """Whether something around a place differs already."""
    ends = [index for index, letter in enumerate(place) if letter in ".["]
    return any(place[:end] in places for end in ends)


def _forms(value: Any) -> dict[str, str]:
    """The types of a value's members by their place; those of a list's elements together."""
    found: dict[str, set[str]] = {}
    for place, name in _walk(value, ""):
        found.setdefault(place, set()).add(name)
    return {place: " or ".join(sorted(names)) for place, names in found.items()}


def _walk(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if place:
        yield place, "null" if value is None else NAMES.get(type(value), "number")
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _walk(each, f"{place}.{name}" if place else name)
    elif isinstance(value, list):
        for each in value:
            yield from _walk(each, f"{place}[]")
