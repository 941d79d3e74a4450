"""Reads the body of a control call, and refuses what it does not know, in words that help."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, NoReturn

from starlette.requests import Request

from billproof.sandbox.control.levers import Lever, Schema
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.resource import Body

LARGEST_BODY = 1 << 20
TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "array": list,
    "object": dict,
}


async def read(request: Request, lever: Lever) -> Body:
    """The body as an object that the lever takes; StripeError (400, 413) when it is none."""
    sent = _parsed(await _whole(request))
    if not lever.open:
        unknown = [name for name in sent if name not in lever.takes]
        if unknown:
            known = ", ".join(lever.takes) or "none"
            reason = f"{unknown[0]} is no member of this call; it takes: {known}."
            raise StripeError(Refusal.STATE, param=unknown[0], reason=reason)
    for name in lever.required:
        if sent.get(name) is None:
            raise StripeError(Refusal.MISSING, param=name)
    for name, schema in lever.takes.items():
        if sent.get(name) is not None:
            _check(name, sent[name], schema)
    return {name: value for name, value in sent.items() if value is not None or lever.open}


def only_asked(request: Request, lever: Lever) -> None:
    """Refuse query parameters that the lever does not know: a misspelt filter shows everything."""
    unknown = sorted(set(request.query_params) - set(lever.asks))
    if unknown:
        raise StripeError(Refusal.UNKNOWN, param=unknown[0])


async def _whole(request: Request) -> bytes:
    text, size = bytearray(), 0
    # All of it is read, or a client that is still sending would see a broken pipe.
    async for part in request.stream():
        size += len(part)
        if size <= LARGEST_BODY:
            text += part
    if size > LARGEST_BODY:
        raise StripeError(Refusal.TOO_LARGE, limit=str(LARGEST_BODY))
    return bytes(text)


def _parsed(text: bytes) -> Body:
    try:
        sent = json.loads(text or b"{}", parse_constant=_no_json, parse_float=_finite)
        # A lone surrogate is no text that could be signed or answered with.
        json.dumps(sent, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        reason = "the body is not JSON; send an object, or nothing"
        raise StripeError(Refusal.MALFORMED, reason=reason) from error
    if not isinstance(sent, dict):
        reason = "the body is not a JSON object"
        raise StripeError(Refusal.MALFORMED, reason=reason)
    return sent


def _no_json(word: str) -> NoReturn:
    raise ValueError(word)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _check(name: str, value: Any, schema: Schema) -> None:
    kind = schema["type"]
    fits = isinstance(value, TYPES[kind])
    if kind in {"integer", "number"}:
        least, most = schema["minimum"], schema["maximum"]
        if not fits or isinstance(value, bool) or not least <= value <= most:
            word = "a whole number" if kind == "integer" else "a number"
            _refuse(name, f"{word} from {least} to {most}")
    elif not fits:
        article = "an" if kind in {"array", "object"} else "a"
        _refuse(name, f"{article} {kind}")
    elif "enum" in schema and value not in schema["enum"]:
        _refuse(name, " or ".join(schema["enum"]))
    elif kind == "string" and len(value) < schema.get("minLength", 0):
        _refuse(name, "a text that is not empty")
    elif kind == "array":
        _check_array(name, value, schema)


def _check_array(name: str, value: list[Any], schema: Schema) -> None:
    if len(value) > schema["maxItems"]:
        _refuse(name, f"an array of at most {schema['maxItems']}")
    for index, each in enumerate(value):
        _check(f"{name}[{index}]", each, schema["items"])


def _refuse(name: str, form: str) -> None:
    raise StripeError(Refusal.STATE, param=name, reason=f"{name} must be {form}.")
