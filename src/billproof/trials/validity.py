"""Whether a request is one that openapi.yaml describes.

Written on jsonschema: openapi-core takes 2 to 3 ms for each request, and sees neither a parameter
nor a body that the operation does not have.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import parse_qsl, unquote

import httpx
from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators
from jsonschema.protocols import Validator

from billproof.trials.shape import DOCUMENT, document, registry

if TYPE_CHECKING:
    from collections.abc import Mapping

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_INTEGER = re.compile(r"-?[0-9]+", re.ASCII)


@dataclass(frozen=True)
class Sent:
    """A request as it goes out."""

    method: str
    target: str
    headers: httpx.Headers
    body: bytes | None
    says_who: bool = True
    """False where credentials are wrong on purpose: then they are not looked at."""

    def __str__(self) -> str:
        """The request in one line."""
        body = repr((self.body or b"")[:200])[2:-1]
        return f"{self.method} {self.target} {body}".rstrip()


class MisdeclaredRequest(Exception):  # noqa: N818 - a fault of the suite, told as one
    """A trial sends what openapi.yaml does not describe without saying so, or says so in vain."""


def expect_declared(sent: Sent, *, invalid: bool, hide: Callable[[str], str]) -> None:
    """The request is `invalid` if and only if its trial says so; `hide` takes out secrets."""
    found = wrongs(sent)
    if bool(found) == invalid:
        return
    trial = os.environ.get("PYTEST_CURRENT_TEST", "a trial")
    against = f"is not of openapi.yaml and does not say so: {'; '.join(found)}"
    vain = "says that it is invalid, and openapi.yaml has nothing against it"
    raise MisdeclaredRequest(hide(f"{trial}: {sent} {against if found else vain}."))


@dataclass(frozen=True)
class _Parameter:
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
            yield from _misfits(f"{self.place} {self.name}", self.check, read)


@dataclass(frozen=True)
class _Operation:
    path: re.Pattern[str]
    method: str
    parameters: tuple[_Parameter, ...]
    bodies: Mapping[str, Validator]
    """By media type; empty where there is no body."""
    schemes: tuple[Mapping[str, str], ...]
    """Any of them will do; none where nobody has to say who he is."""


def wrongs(sent: Sent) -> list[str]:
    """All that openapi.yaml has against the request, in words."""
    path, _, query = sent.target.partition("?")
    there = [one for one in _operations() if one.path.fullmatch(path)]
    if not there:
        return [f"no path {path}"]
    asked = next((one for one in there if one.method == sent.method), None)
    if asked is None:
        return [f"no method {sent.method} at {path}"]
    given = parse_qsl(query, keep_blank_values=True)
    return [
        *_callers_wrongs(asked, sent),
        *_parameters_wrongs(asked, sent, path, given),
        *_bodys_wrongs(asked, sent),
    ]


def _callers_wrongs(asked: _Operation, sent: Sent) -> Iterator[str]:
    if sent.says_who and asked.schemes and not any(_says(one, sent) for one in asked.schemes):
        yield f"credentials are not those of {' or '.join(one['id'] for one in asked.schemes)}"


def _says(scheme: Mapping[str, str], sent: Sent) -> bool:
    if scheme["type"] == "apiKey":
        return scheme["name"] in sent.headers
    said, _, rest = sent.headers.get("authorization", "").partition(" ")
    return said.lower() == scheme["scheme"] and bool(rest)


def _parameters_wrongs(
    asked: _Operation, sent: Sent, path: str, given: list[tuple[str, str]]
) -> Iterator[str]:
    segments = asked.path.fullmatch(path)
    for one in asked.parameters:
        if one.place == "query":
            yield from one.wrong([value for name, value in given if name == one.name])
        elif one.place == "header":
            value = sent.headers.get(one.name)
            yield from one.wrong([] if value is None else [value])
        elif segments:
            yield from one.wrong([unquote(segments[one.name])])
    known = {one.name for one in asked.parameters if one.place == "query"}
    yield from (f"no query {name}" for name, _ in given if name not in known)


def _bodys_wrongs(asked: _Operation, sent: Sent) -> Iterator[str]:
    if not sent.body:
        if asked.bodies:
            yield "the body is missing"
        return
    media_type = sent.headers.get("content-type", "").partition(";")[0].strip().lower()
    check = asked.bodies.get(media_type)
    if check is None:
        yield f"no body of type {media_type or 'nothing'}" if asked.bodies else "no body"
        return
    try:
        value = json.loads(
            sent.body.decode(), parse_constant=_no_json, object_pairs_hook=_unambiguous
        )
    except (ValueError, RecursionError) as error:
        yield f"the body is not JSON: {error}"
        return
    yield from _misfits("the body", check, value)


def _no_json(word: str) -> NoReturn:
    raise ValueError(word)


def _unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a member is given twice")
    return members


def _misfits(what: str, check: Validator, value: Any) -> Iterator[str]:
    for error in check.iter_errors(value):
        yield f"{what}: {error.json_path} {error.message[:200]}"


@cache
def _operations() -> tuple[_Operation, ...]:
    return tuple(
        _operation(path, method, item[method])
        for path, item in document()["paths"].items()
        for method in _METHODS
        if method in item
    )


def _operation(path: str, method: str, told: dict[str, Any]) -> _Operation:
    schemes = document()["components"]["securitySchemes"]
    bodies = told.get("requestBody", {}).get("content", {})
    return _Operation(
        re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path))),
        method.upper(),
        tuple(_parameter(_resolved(one)) for one in told.get("parameters", ())),
        {media_type: _check(one["schema"]) for media_type, one in bodies.items()},
        tuple(
            {"id": name, **schemes[name]}
            for one in told.get("security", document()["security"])
            for name in one
        ),
    )


def _parameter(told: dict[str, Any]) -> _Parameter:
    schema = told["schema"]
    integer = schema.get("type") == "integer"
    required = told.get("required", False)
    return _Parameter(told["name"], told["in"], required, integer, _check(schema))


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
