"""What openapi.yaml takes for each operation, compiled once: parameters, bodies, callers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators
from jsonschema.protocols import Validator

from billproof.trials.shape import DOCUMENT, document, registry

if TYPE_CHECKING:
    from collections.abc import Mapping

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_INTEGER = re.compile(r"-?[0-9]+", re.ASCII)


@dataclass(frozen=True)
class Parameter:
    """One parameter of an operation."""

    name: str
    place: str
    required: bool
    integer: bool
    check: Validator

    def wrong(self, values: list[str]) -> Iterator[str]:
        """What is wrong with all that was given of it."""
        if self.required and not values:
            yield f"{self.place} {self.name} is missing"
        if len(values) > 1:
            yield f"{self.place} {self.name} is given {len(values)} times"
        for value in values:
            number = self.integer and _INTEGER.fullmatch(value)
            read = int(value) if number else value
            yield from misfits(f"{self.place} {self.name}", self.check, read)


@dataclass(frozen=True)
class Scheme:
    """A security scheme: how callers say who they are."""

    name: str
    header: str
    word: str
    """What the header's value begins with, in lower case; empty where the header is enough."""


@dataclass(frozen=True)
class Operation:
    """A path with a method."""

    template: str
    """Its path as openapi.yaml writes it, with `{parameters}`."""
    path: re.Pattern[str]
    method: str
    parameters: tuple[Parameter, ...]
    bodies: Mapping[str, Validator]
    """By media type; empty where there is no body."""
    schemes: tuple[Scheme, ...]
    """Any of them will do; none where nobody has to say who he is."""


def misfits(what: str, check: Validator, value: Any) -> Iterator[str]:
    """Where the value does not fit its schema, in words."""
    for error in check.iter_errors(value):
        yield f"{what}: {error.json_path} {error.message[:200]}"


@cache
def operations() -> tuple[Operation, ...]:
    """All of them."""
    return tuple(
        _operation(path, method, item[method])
        for path, item in document()["paths"].items()
        for method in _METHODS
        if method in item
    )


def call_name(method: str, path: str) -> str:
    """A request in words that are the same in every run: ids in its path go by their names."""
    declared = (one.template for one in operations() if one.path.fullmatch(path))
    return f"{method} {next(declared, path)}"


def _operation(path: str, method: str, told: dict[str, Any]) -> Operation:
    bodies = told.get("requestBody", {}).get("content", {})
    return Operation(
        path,
        re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path))),
        method.upper(),
        tuple(_parameter(_resolved(one)) for one in told.get("parameters", ())),
        {media_type: _check(one["schema"]) for media_type, one in bodies.items()},
        tuple(
            _scheme(name) for one in told.get("security", document()["security"]) for name in one
        ),
    )


def _scheme(name: str) -> Scheme:
    told = document()["components"]["securitySchemes"][name]
    if told["type"] == "apiKey":
        return Scheme(name, told["name"], "")
    return Scheme(name, "authorization", told["scheme"].lower())


def _parameter(told: dict[str, Any]) -> Parameter:
    schema = told["schema"]
    integer = schema.get("type") == "integer"
    required = told.get("required", False)
    return Parameter(told["name"], told["in"], required, integer, _check(schema))


def _resolved(told: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in told:
        parameter: dict[str, Any] = document()["components"]["parameters"][
            told["$ref"].rpartition("/")[2]
        ]
        return parameter
    return told


def _pattern(
    _: Validator, pattern: str, value: object, __: dict[str, Any]
) -> Iterator[ValidationError]:
    # A schema's `$` is ECMA-262's: it does not hold before a last line end, as Python's does.
    if isinstance(value, str) and not re.search(re.sub(r"\$$", r"\\Z", pattern), value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


_Schema: Any = validators.extend(  # type: ignore[no-untyped-call] # has no types
    Draft202012Validator, {"pattern": _pattern}
)


def _check(schema: dict[str, Any]) -> Validator:
    place = schema.get("$ref")
    whole = schema if place is None else {"$ref": f"{DOCUMENT}{place}"}
    check: Validator = _Schema(whole, registry=registry(), format_checker=FormatChecker())
    return check
