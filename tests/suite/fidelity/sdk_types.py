"""Shapes as the types of the official SDK describe them."""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
import typing
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache, partial
from types import NoneType
from typing import Any, ClassVar, Literal, Union, get_args, get_origin

from stripe import ListObject, SearchResultObject, StripeObject
from stripe._object_classes import OBJECT_CLASSES
from stripe._stripe_object import UntypedStripeObject

from tests.suite.fidelity.shapes import (
    Anything,
    Choice,
    Dictionary,
    Difference,
    Either,
    Member,
    Place,
    Record,
    Scalar,
    Sequence,
    Shape,
    differences,
)

SCALARS: dict[Any, Shape] = {
    str: Scalar((str,)),
    int: Scalar((int,)),
    float: Scalar((int, float)),
    bool: Scalar((bool,)),
    Decimal: Scalar((str,)),
}
TEXT = Scalar((str,))


def compared(value: dict[str, Any]) -> Iterator[Difference]:
    """How an object differs from the SDK's type for its kind; of a deleted one little is left."""
    place = Place(value["object"])
    shape = remains(place.object) if value.get("deleted") is True else kind(place.object)
    if shape is None:
        yield place.differs("unknown kind", value)
    else:
        yield from differences(value, shape, place)


def kind(name: str) -> Shape | None:
    """Objects of a kind, by their `object`; None for one that the SDK does not know."""
    if name not in OBJECT_CLASSES:
        return None
    module, title = OBJECT_CLASSES[name]
    return _record(getattr(importlib.import_module(module), title))


def envelope(item: Shape, name: str = "list") -> Record:
    """A list or the result of a search."""
    members = {
        "object": Member(Choice(frozenset({name})), required=True, nullable=False),
        "data": Member(Sequence(item), required=True, nullable=False),
        "has_more": Member(SCALARS[bool], required=True, nullable=False),
        "url": Member(TEXT, required=True, nullable=False),
        "next_page": Member(TEXT, required=False, nullable=True),
    }
    return Record(name, lambda: members)


def remains(name: str) -> Record:
    """What is left of an object of that kind once it is deleted."""
    members = {
        "id": Member(TEXT, required=True, nullable=False),
        "object": Member(Choice(frozenset({name})), required=True, nullable=False),
        "deleted": Member(SCALARS[bool], required=True, nullable=False),
    }
    return Record(f"deleted_{name}", lambda: members)


@cache
def _record(kind: Any) -> Record:
    return Record(kind.__qualname__, partial(_members, kind))


def _members(kind: type[StripeObject]) -> Mapping[str, Member]:
    names = _names(sys.modules[kind.__module__].__name__)
    hints = typing.get_type_hints(_Own.of(kind), names)
    wire = {python: name for name, python in getattr(kind, "_field_remappings", {}).items()}
    return {
        wire.get(name, name): _member(hint)
        for name, hint in hints.items()
        if get_origin(hint) is not ClassVar
    }


class _Own:
    """A class with the annotations of another one, and none of its parents'."""

    @staticmethod
    def of(kind: type) -> type:
        """It."""
        return type(kind.__name__, (), {"__annotations__": inspect.get_annotations(kind)})


@cache
def _names(module: str) -> dict[str, Any]:
    """The module's names, and those that it imports for type checkers only."""
    found = importlib.import_module(module)
    names = dict(vars(found))
    for node in ast.walk(ast.parse(inspect.getsource(found))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("stripe"):
            source = importlib.import_module(node.module)
            names |= {each.asname or each.name: getattr(source, each.name) for each in node.names}
    return names


def _member(hint: Any) -> Member:
    optional = get_origin(hint) is Union and NoneType in get_args(hint)
    return Member(_shape(hint), required=not optional, nullable=optional)


def _shape(hint: Any) -> Shape:  # noqa: PLR0911 - one line for each form
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Union:
        return _union([each for each in arguments if each is not NoneType])
    if origin is Literal:
        return Choice(frozenset(arguments))
    if origin is list:
        return Sequence(_shape(arguments[0]))
    if origin in {dict, UntypedStripeObject}:
        return Dictionary(_shape(arguments[-1]))
    if origin in {ListObject, SearchResultObject}:
        return envelope(_shape(arguments[0]), origin.OBJECT_NAME)
    if hint in SCALARS:
        return SCALARS[hint]
    if _has_members(hint):
        # The SDK has no type for it, but what has a kind may have been deleted.
        name = getattr(hint, "OBJECT_NAME", None)
        return Either((_record(hint), remains(name))) if name else _record(hint)
    return Anything()


def _options(shape: Shape) -> tuple[Shape, ...]:
    return shape.options if isinstance(shape, Either) else (shape,)


def _has_members(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, StripeObject) and hint is not StripeObject


def _union(hints: list[Any]) -> Shape:
    """A choice of types; an enumeration comes with `str`, for values of later versions."""
    shapes = [option for each in hints for option in _options(_shape(each))]
    if any(isinstance(each, Choice) for each in shapes):
        shapes = [each for each in shapes if each != TEXT]
    return shapes[0] if len(shapes) == 1 else Either(tuple(shapes))
