"""Checks what a call sent against its tree in `parameters.json`, and types its values.

A tree maps names (`!` behind those that are required) to types: `s` text, `i` integer,
`b` boolean, `n` decimal, `m` metadata, `=a,b` a choice, `""` unset by an empty text,
`[type]` an array, `{"|": [...]}` a union, any other object its members. Each type becomes a
function that reads a value, once: the trees are the same for all calls.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from billproof.sandbox.api import scalars
from billproof.sandbox.api.scalars import BOOLEANS, INTEGER, Reader
from billproof.sandbox.objects.errors import Refusal, StripeError

INDEX = re.compile(r"\d{1,4}\Z", re.ASCII)
MOST_KEYS, LONGEST_KEY, LONGEST_VALUE = 50, 40, 500


@cache
def trees() -> dict[str, Any]:
    """The tree of each call, by name."""
    text = files("billproof.sandbox.api").joinpath("parameters.json").read_text()
    return dict(json.loads(text))


def checked(call: str, raw: dict[str, Any]) -> dict[str, Any]:
    """`raw` with typed values; StripeError for the first thing that does not fit."""
    return dict(_call_reader(call)(raw, ""))


@cache
def _call_reader(call: str) -> Reader:
    return _members(trees()[call])


def _reader(kind: Any) -> Reader:
    """What reads values of a type."""
    if isinstance(kind, list):
        return _array(_reader(kind[0]))
    if isinstance(kind, dict):
        return _union(kind["|"]) if "|" in kind else _members(kind)
    if kind in SCALARS:
        return SCALARS[kind]
    return scalars.one_of(kind[1:].split(","))


def _members(tree: dict[str, Any]) -> Reader:
    readers = {name.rstrip("!"): _reader(kind) for name, kind in tree.items()}
    required = tuple(name[:-1] for name in tree if name.endswith("!"))
    known = readers.keys()

    def members(value: Any, path: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise StripeError(Refusal.OBJECT, param=path)
        if not value.keys() <= known:
            raise _unknown([_join(path, name) for name in value if name not in readers])
        for name in required:
            if name not in value:
                raise StripeError(Refusal.MISSING, param=_join(path, name))
        if path:
            return {name: readers[name](each, f"{path}[{name}]") for name, each in value.items()}
        return {name: readers[name](each, name) for name, each in value.items()}

    return members


def _unknown(names: list[str]) -> StripeError:
    if len(names) > 1:
        return StripeError(Refusal.UNKNOWN_MANY, param=names[0], names=", ".join(names))
    return StripeError(Refusal.UNKNOWN, param=names[0])


def _join(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def _union(kinds: list[Any]) -> Reader:
    """Reads as the alternative that a value looks like; else as the last, which refuses it."""
    unsets = "" in kinds
    solid = [kind for kind in kinds if kind != ""]
    nested = [kind for kind in solid if isinstance(kind, list | dict) or kind == "m"]
    flat = [kind for kind in solid if kind not in nested] or nested
    choices = [(_looks_like(kind), _reader(kind)) for kind in flat]
    of_object, of_rest = _reader((nested or solid[-1:])[0]), _reader(flat[-1])

    def union(value: Any, path: str) -> Any:
        if isinstance(value, dict):
            return of_object(value, path)
        if unsets and value == "":
            return ""
        fitting = (read for looks, read in choices if looks(value))
        return next(fitting, of_rest)(value, path)

    return union


def _looks_like(kind: Any) -> Callable[[str], bool]:
    if kind == "s":
        return lambda _: True
    if kind == "i":
        return lambda value: bool(INTEGER.match(value))
    if kind == "b":
        return lambda value: value in BOOLEANS
    words = kind[1:].split(",") if isinstance(kind, str) and kind.startswith("=") else []
    return lambda value: value in words


def _array(read: Reader) -> Reader:
    def array(value: Any, path: str) -> list[Any]:
        if value == "":
            return []
        if not isinstance(value, dict) or not all(INDEX.match(key) for key in value):
            raise StripeError(Refusal.ARRAY, param=path)
        ordered = sorted(value, key=int)
        return [read(value[key], f"{path}[{index}]") for index, key in enumerate(ordered)]

    return array


def _metadata(value: Any, path: str) -> dict[str, str]:
    if not isinstance(value, dict):
        raise StripeError(Refusal.OBJECT, param=path)
    if len(value) > MOST_KEYS:
        raise StripeError(
            Refusal.STATE, param=path, reason="You can have at most 50 metadata keys."
        )
    for key, text in value.items():
        if not isinstance(text, str):
            raise StripeError(Refusal.STRING, param=_join(path, key), value=json.dumps(text))
        scalars.limited(key, LONGEST_KEY, path)
        if len(text) > LONGEST_VALUE:
            scalars.limited(text, LONGEST_VALUE, _join(path, key))
    return dict(value)


def _anything(value: Any, _path: str) -> Any:
    return value


SCALARS: dict[str, Reader] = {
    "any": _anything,
    "m": _metadata,
    "": scalars.unset,
    "i": scalars.integer,
    "n": scalars.decimal,
    "b": scalars.boolean,
    "s": scalars.text,
}
