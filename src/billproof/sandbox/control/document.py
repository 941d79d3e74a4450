"""The control API's own OpenAPI document, made of the same levers that are served."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from billproof import __version__
from billproof.sandbox.control.levers import Lever, Schema

EXAMPLES = Path(__file__).with_name("examples.json")
"""Of each operation: what stands in its path, its query and its body, and what it answers."""
TEXT = {"type": "string"}
NUMBER = {"type": "number"}
WHOLE = {"type": "integer"}
MAYBE_TEXT = {"type": ["string", "null"]}
TEXTS = {"type": "array", "items": TEXT}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _list(name: str) -> dict[str, Any]:
    return _object(data={"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}})


ATTEMPT = _object(
    id=TEXT,
    event=TEXT,
    type=TEXT,
    customer=MAYBE_TEXT,
    endpoint=TEXT,
    url=TEXT,
    number=WHOLE,
    at=NUMBER,
    seconds=NUMBER,
    status={"type": ["integer", "null"]},
    answer=TEXT,
    error=MAYBE_TEXT,
    taken={"type": "boolean"},
)
SCHEMAS = {
    "Object": {
        "description": "An object of Stripe's, as the API shows it.",
        **_object(id=TEXT, object=TEXT),
    },
    "Objects": _list("Object"),
    "Event": {
        "description": "An event; `body` is the exact text that is delivered.",
        **_object(id=TEXT, type=TEXT, created=WHOLE, customer=MAYBE_TEXT, body=TEXT),
    },
    "Events": _list("Event"),
    "Call": {
        "description": "`status` is null when it was never answered.",
        **_object(
            id=TEXT,
            at=NUMBER,
            method=TEXT,
            path=TEXT,
            params={"type": "object"},
            status={"type": ["integer", "null"]},
            error={"type": ["object", "null"], "description": "Why it was refused."},
            idempotency_key=MAYBE_TEXT,
            replayed={"type": "boolean"},
            user=MAYBE_TEXT,
        ),
    },
    "Calls": _list("Call"),
    "Fault": _object(
        id=TEXT,
        on=TEXT,
        kind=MAYBE_TEXT,
        user=MAYBE_TEXT,
        customer=MAYBE_TEXT,
        effect=TEXT,
        status=WHOLE,
        code=MAYBE_TEXT,
        should_retry={"type": ["boolean", "null"]},
        times={"type": ["integer", "null"]},
        after=WHOLE,
        hits=WHOLE,
    ),
    "Faults": _list("Fault"),
    "Lag": _object(lag=WHOLE),
    "Webhooks": {
        "description": "`under_way`: deliveries that wait for their turn, answer or next attempt.",
        **_object(
            mode=TEXT,
            urls=TEXTS,
            back_off={"type": "array", "items": NUMBER},
            patience=NUMBER,
            under_way=WHOLE,
        ),
    },
    "Delivery": _object(customer=TEXT, mode=TEXT),
    "Rolled": _object(id=TEXT, secret=TEXT, previous_until=NUMBER),
    "Attempt": {"description": "`status` is null when no answer came.", **ATTEMPT},
    "Attempts": _list("Attempt"),
    "Delivered": {
        "description": "The last attempt, and all of them in `data`; `later` when it is delayed.",
        **_list("Attempt"),
    },
    "Time": _object(customer=TEXT, offset=WHOLE, now=WHOLE),
    "Settings": _object(
        retry_days={"type": "array", "items": WHOLE},
        after_retries=TEXT,
        finalization_delay=WHOLE,
        upcoming_days=WHOLE,
    ),
    "Health": _object(sandbox=TEXT, version=TEXT),
    "Error": _object(error=_object(type=TEXT, message=TEXT)),
}
REFUSED = {
    "error": {
        "type": "invalid_request_error",
        "message": "No lever here (GET: /_sandbox/nothing). "
        "All of them are in /_sandbox/openapi.json.",
    }
}


def document(levers: Iterable[Lever]) -> dict[str, Any]:
    """The document, in OpenAPI 3.1."""
    examples = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    paths: dict[str, Any] = {"/_sandbox/health": {"get": _health()}}
    for lever in levers:
        there = paths.setdefault(f"/_sandbox{lever.path}", {})
        there[lever.method.lower()] = _operation(lever, examples[lever.name])
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "The billproof sandbox's control API",
            "version": __version__,
            "description": (
                "What a test does that no merchant can: pay a session, set the truth, hold and "
                "sign webhooks, move time, have calls fail. Everything is the account's whose "
                "secret key is given."
            ),
        },
        "security": [{"secret_key": []}, {"as_user": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "secret_key": {"type": "http", "scheme": "bearer", "description": "sk_test_…"},
                "as_user": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "The secret key is the user; there is no password.",
                },
            },
            "schemas": SCHEMAS,
        },
    }


def _health() -> dict[str, Any]:
    example = {"sandbox": "billproof", "version": __version__}
    return {
        "operationId": "health",
        "summary": "Which sandbox answers, and its version",
        "security": [],
        "responses": {"200": _answer("Health", "It answers.", example)},
    }


def _operation(lever: Lever, examples: dict[str, Any]) -> dict[str, Any]:
    inside = [
        {**_parameter(name, "path", examples["path"]), "required": True}
        for name in re.findall(r"\{(\w+)\}", lever.path)
    ]
    asked = [_parameter(name, "query", examples["query"]) for name in lever.asks]
    operation = {
        "operationId": lever.name,
        "summary": lever.summary,
        "parameters": inside + asked,
        "responses": {
            "200": _answer(lever.answers, "Done.", examples["answer"]),
            "4XX": _answer("Error", "Refused; the message says what to do.", REFUSED),
        },
    }
    if not (lever.takes or lever.open):
        return operation
    return {**operation, "requestBody": _body(lever, examples["body"])}


def _parameter(name: str, place: str, examples: dict[str, str]) -> dict[str, Any]:
    return {"name": name, "in": place, "schema": TEXT, "example": examples[name]}


def _body(lever: Lever, example: dict[str, Any]) -> dict[str, Any]:
    schema = {
        "type": "object",
        "properties": {
            name: told if name in lever.required else _optional(told)
            for name, told in lever.takes.items()
        },
        "required": list(lever.required),
        "additionalProperties": lever.open,
    }
    content = {"application/json": {"schema": schema, "example": example}}
    return {"required": bool(lever.required), "content": content}


def _optional(told: Schema) -> dict[str, Any]:
    """A member that is null as if it were left out."""
    choices = {"enum": [*told["enum"], None]} if "enum" in told else {}
    return {**told, **choices, "type": [told["type"], "null"]}


def _answer(name: str, words: str, example: dict[str, Any]) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{name}"}
    content = {"application/json": {"schema": schema, "example": example}}
    return {"description": words, "content": content}
