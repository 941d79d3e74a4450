"""Whether a request is one that openapi.yaml describes.

Written on jsonschema: openapi-core takes 2 to 3 ms for each request, and sees neither a parameter
nor a body that the operation does not have.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import parse_qsl, unquote

import httpx

from billproof.trials.operations import Operation, Scheme, misfits, operations


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


def wrongs(sent: Sent) -> list[str]:
    """All that openapi.yaml has against the request, in words."""
    path, _, query = sent.target.partition("?")
    there = [one for one in operations() if one.path.fullmatch(path)]
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


def _callers_wrongs(asked: Operation, sent: Sent) -> Iterator[str]:
    if sent.says_who and asked.schemes and not any(_says(one, sent) for one in asked.schemes):
        yield f"credentials are not those of {' or '.join(one.name for one in asked.schemes)}"


def _says(scheme: Scheme, sent: Sent) -> bool:
    value = sent.headers.get(scheme.header)
    if not scheme.word:
        return value is not None
    said, _, rest = (value or "").partition(" ")
    return said.lower() == scheme.word and bool(rest)


def _parameters_wrongs(
    asked: Operation, sent: Sent, path: str, given: list[tuple[str, str]]
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


def _bodys_wrongs(asked: Operation, sent: Sent) -> Iterator[str]:
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
    yield from misfits("the body", check, value)


def _no_json(word: str) -> NoReturn:
    raise ValueError(word)


def _unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a member is given twice")
    return members
