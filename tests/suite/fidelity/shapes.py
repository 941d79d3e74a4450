"""What a JSON value should look like, and where one differs.

Two sources describe Stripe's objects, its OpenAPI document and the types of its SDK; both
are read into these shapes, so that one walk compares.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

ENVELOPES = frozenset({"list", "search_result"})


@dataclass(frozen=True, order=True)
class Difference:
    """One way in which objects of a kind differ; `got` is an example and no part of it."""

    object: str
    field: str
    problem: str
    got: str = dataclasses.field(default="", compare=False)


@dataclass(frozen=True)
class Anything:
    """What is not looked into."""


@dataclass(frozen=True)
class Scalar:
    """A value of one of these Python types."""

    types: tuple[type, ...]


@dataclass(frozen=True)
class Choice:
    """One of a closed list of values."""

    values: frozenset[Any]


@dataclass(frozen=True)
class Sequence:
    """A list."""

    item: Shape


@dataclass(frozen=True)
class Dictionary:
    """An object with free names."""

    value: Shape


@dataclass(frozen=True)
class Either:
    """One of several shapes."""

    options: tuple[Shape, ...]


@dataclass(frozen=True)
class Member:
    """One member of a record."""

    shape: Shape
    required: bool
    nullable: bool


@dataclass(frozen=True)
class Record:
    """An object with known members; they are read late, because kinds name each other."""

    name: str
    load: Callable[[], Mapping[str, Member]] = dataclasses.field(compare=False)

    @cached_property
    def members(self) -> Mapping[str, Member]:
        """Its members by name."""
        return self.load()

    def names(self, kind: object) -> bool:
        """Whether its `object` is `kind`; a record without that member is any."""
        own = self.members.get("object")
        return own is None or not isinstance(own.shape, Choice) or kind in own.shape.values


Shape = Anything | Scalar | Choice | Sequence | Dictionary | Either | Record


@dataclass(frozen=True)
class Place:
    """Where a walk is: the nearest object that has a kind, and the path from there."""

    object: str
    path: str = ""

    def within(self, name: str) -> Place:
        """A member of this place."""
        return Place(self.object, f"{self.path}.{name}" if self.path else name)

    def differs(self, problem: str, value: Any) -> Difference:
        """A difference at this place."""
        return Difference(self.object, self.path, problem, repr(value)[:80])


def differences(  # noqa: C901 - one case for each form
    value: Any, shape: Shape, place: Place
) -> Iterator[Difference]:
    """Every difference of a value that is not null."""
    match shape:
        case Anything():
            return
        case Either(options):
            yield from _closest(value, options, place)
        case Sequence(item) if isinstance(value, list):
            for each in value:
                yield from differences(each, item, Place(place.object, f"{place.path}[]"))
        case Dictionary(inner) if isinstance(value, dict):
            for each in value.values():
                yield from differences(each, inner, place.within("*"))
        case Record() if isinstance(value, dict):
            yield from _members(value, shape, _entered(value, place))
        case Choice(values) if isinstance(value, str | bool | int):
            if value not in values:
                yield place.differs("no such choice", value)
        case Scalar(types) if type(value) in types:
            return
        case _:
            yield place.differs("wrong type", value)


def _entered(value: dict[str, Any], place: Place) -> Place:
    kind = value.get("object")
    return Place(kind) if isinstance(kind, str) and kind not in ENVELOPES else place


def _members(value: dict[str, Any], shape: Record, place: Place) -> Iterator[Difference]:
    for name, member in shape.members.items():
        inner = place.within(name)
        if name not in value:
            if member.required:
                yield inner.differs("missing", None)
        elif value[name] is None:
            if not member.nullable:
                yield inner.differs("null", None)
        else:
            yield from differences(value[name], member.shape, inner)
    for name in value.keys() - shape.members.keys():
        yield place.within(name).differs("unknown", value[name])


def _closest(value: Any, options: tuple[Shape, ...], place: Place) -> Iterator[Difference]:
    """The differences to the option that is meant: by its form and kind, else by their number."""
    meant = [each for each in options if _is_meant(value, each)]
    found = [list(differences(value, each, place)) for each in meant or options]
    yield from min(found, key=len)


def _is_meant(value: Any, shape: Shape) -> bool:
    match shape:
        case Record():
            return isinstance(value, dict) and shape.names(value.get("object"))
        case Dictionary():
            return isinstance(value, dict)
        case Sequence():
            return isinstance(value, list)
        case _:
            return not isinstance(value, dict | list)
