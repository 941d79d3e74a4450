"""Checks what a call sent against its tree in `parameters.json`, and types its values.

A tree maps names (`!` behind those that are required) to types: `s` text, `i` integer,
`b` boolean, `n` decimal, `m` metadata, `=a,b` a choice, `""` unset by an empty text,
`[type]` an array, `{"|": [...]}` a union, any other object its members.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from billproof.sandbox.objects.errors import Refusal, StripeError

INTEGER = re.compile(r"[+-]?\d{1,18}\Z", re.ASCII)
DECIMAL = re.compile(r"[+-]?\d{1,18}(\.\d{1,12})?\Z", re.ASCII)
BOOLEAN = re.compile(r"(true|false)\Z")
INSTANT = re.compile(r"(?:^|.*[\[_])(?:at|date|time|end|anchor|start)\]?\Z")
"""What parameters are called that are instants: `cancel_at`, `frozen_time`, `period[start]`."""
LATEST = 1 << 32
"""The latest instant, in 2106: Python's years, and with them all periods, have four digits."""
INDEX = re.compile(r"\d{1,4}\Z", re.ASCII)
UNSET_BY_EMPTY = frozenset({"email", "name", "description", "phone", "nickname", "comment"})
"""Texts that Stripe clears on an empty value although its schema does not say so."""
MOST_KEYS, LONGEST_KEY, LONGEST_VALUE, LONGEST_TEXT = 50, 40, 500, 5000


class Members(NamedTuple):
    """What an object may have in it, and what it must."""

    types: dict[str, Any]
    required: tuple[str, ...]


@cache
def trees() -> dict[str, Any]:
    """The tree of each call, by name."""
    text = files("billproof.sandbox.api").joinpath("parameters.json").read_text()
    return dict(json.loads(text))


@cache
def _members_of(call: str) -> Members:
    found: Members = _grown(trees()[call])
    return found


def _grown(kind: Any) -> Any:
    """A part of a tree, with objects as Members."""
    if isinstance(kind, list):
        return [_grown(each) for each in kind]
    if not isinstance(kind, dict):
        return kind
    if "|" in kind:
        return {"|": _grown(kind["|"])}
    required = tuple(name[:-1] for name in kind if name.endswith("!"))
    return Members({name.rstrip("!"): _grown(each) for name, each in kind.items()}, required)


def checked(call: str, raw: dict[str, Any]) -> dict[str, Any]:
    """`raw` with typed values; StripeError for the first thing that does not fit."""
    return _members(_members_of(call), raw, "")


def _members(tree: Members, raw: dict[str, Any], path: str) -> dict[str, Any]:
    types = tree.types
    unknown = [_join(path, name) for name in raw if name not in types]
    if len(unknown) > 1:
        raise StripeError(Refusal.UNKNOWN_MANY, param=unknown[0], names=", ".join(unknown))
    if unknown:
        raise StripeError(Refusal.UNKNOWN, param=unknown[0])
    for name in tree.required:
        if name not in raw:
            raise StripeError(Refusal.MISSING, param=_join(path, name))
    return {name: _typed(types[name], value, _join(path, name)) for name, value in raw.items()}


def _join(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def _typed(kind: Any, value: Any, path: str) -> Any:
    if kind == "any":
        return value
    if isinstance(kind, list):
        return _array(kind[0], value, path)
    if isinstance(kind, dict):
        return _typed(_alternative(kind["|"], value), value, path)
    if isinstance(kind, Members):
        if not isinstance(value, dict):
            raise StripeError(Refusal.OBJECT, param=path)
        return _members(kind, value, path)
    if kind == "m":
        return _metadata(value, path)
    if isinstance(value, dict):
        raise StripeError(Refusal.STRING, param=path, value=json.dumps(value))
    return _scalar(kind, value, path)


def _alternative(kinds: list[Any], value: Any) -> Any:
    """The type of a union that `value` looks like; else its last, whose refusal is then given."""
    if value == "" and "" in kinds:
        return ""
    solid = [kind for kind in kinds if kind != ""]
    nested = [kind for kind in solid if isinstance(kind, Members | dict | list) or kind == "m"]
    if isinstance(value, dict):
        return nested[0] if nested else solid[-1]
    flat = [kind for kind in solid if kind not in nested] or nested
    for kind in flat:
        if kind == "s" or (kind == "i" and INTEGER.match(value)):
            return kind
        if isinstance(kind, str) and value in kind[1:].split(","):
            return kind
    return flat[-1]


def _array(kind: Any, value: Any, path: str) -> list[Any]:
    if value == "":
        return []
    if not isinstance(value, dict) or not all(INDEX.match(key) for key in value):
        raise StripeError(Refusal.ARRAY, param=path)
    ordered = sorted(value, key=int)
    return [_typed(kind, value[key], f"{path}[{index}]") for index, key in enumerate(ordered)]


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
        _limit(key, LONGEST_KEY, path)
        _limit(text, LONGEST_VALUE, _join(path, key))
    return dict(value)


def _scalar(kind: str, value: str, path: str) -> Any:
    if kind == "":
        return ""
    if kind == "i":
        return _integer(_match(INTEGER, value, Refusal.INTEGER, path), path)
    if kind == "n":
        return float(_match(DECIMAL, value, Refusal.DECIMAL, path))
    if kind == "b":
        return _match(BOOLEAN, value, Refusal.BOOLEAN, path) == "true"
    if kind.startswith("="):
        return _choice(kind[1:].split(","), value, path)
    if value == "" and path not in UNSET_BY_EMPTY:
        raise StripeError(Refusal.EMPTY, param=path)
    return _limit(value, LONGEST_TEXT, path)


def _integer(text: str, path: str) -> int:
    number = int(text)
    if number > LATEST and INSTANT.match(path):
        raise StripeError(Refusal.INSTANT, param=path, value=text, latest=str(LATEST))
    return number


def _match(form: re.Pattern[str], value: str, refusal: Refusal, path: str) -> str:
    if not form.match(value):
        raise StripeError(refusal, param=path, value=value[:100])
    return value


def _choice(choices: list[str], value: str, path: str) -> str:
    if value in choices:
        return value
    listed = " or ".join(choices)
    if len(choices) > 2:  # noqa: PLR2004 - grammar: a list has commas from three on
        listed = f"{', '.join(choices[:-1])}, or {choices[-1]}"
    raise StripeError(Refusal.CHOICE, param=path, choices=listed)


def _limit(value: str, limit: int, path: str) -> str:
    if len(value) > limit:
        raise StripeError(Refusal.TOO_LONG, param=path, value=value[:40] + "...", limit=str(limit))
    return value
