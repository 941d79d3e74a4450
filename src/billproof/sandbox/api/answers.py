"""Answers on their way out: their bytes, and the headers that Stripe puts on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from billproof.sandbox.api.incoming import Incoming
from billproof.sandbox.objects.errors import StripeError
from billproof.sandbox.objects.events import API_VERSION
from billproof.sandbox.objects.resource import NONE, Body
from billproof.sandbox.objects.snapshot import as_json
from billproof.sandbox.tenants import outages
from billproof.sandbox.tenants.faults import Fault

CURRENT = API_VERSION.encode()
ORIGINAL = "original-request"


@dataclass(kw_only=True, slots=True)
class Answer:
    """What goes back; `kept` when its idempotency key is bound to it. Names are in lower case."""

    status: int
    text: bytes
    kept: bool = True
    headers: Mapping[str, str] = field(default_factory=lambda: NONE)
    delay_seconds: float = 0.0
    """How long it is under way: it says what was so when it was made."""


def failed(fault: Fault) -> Answer:
    """What a status fault answers."""
    text, headers = as_json(outages.body(fault)), outages.headers(fault)
    return Answer(status=fault.status, text=text, kept=fault.is_remembered, headers=headers)


def refused(error: StripeError, request_id: str, mode: str) -> Answer:
    """What a refusal answers; `mode` is `test` or `live`."""
    text = as_json(error.body(request_id, mode))
    return Answer(status=error.status, text=text, kept=error.begun)


def performed(body: Body) -> Answer:
    """What a call answers that has had its effect."""
    return Answer(status=200, text=as_json(body))


def head(answer: Answer, call: Incoming) -> list[tuple[bytes, bytes]]:
    """The headers of an answer; what they echo was part of a request that could be parsed."""
    sent, request = call.headers, call.id.encode()
    headers = [
        (b"content-type", b"application/json"),  # UTF-8 by RFC 8259, section 11
        (b"content-length", b"%d" % len(answer.text)),
        (b"request-id", request),
        (b"stripe-version", sent.get(b"stripe-version") or CURRENT),
        (b"cache-control", b"no-cache, no-store"),
    ]
    if answer.headers:
        headers += [(name.encode(), value.encode()) for name, value in answer.headers.items()]
    if key := sent.get(b"idempotency-key"):
        headers.append((b"idempotency-key", key))
        if ORIGINAL not in answer.headers:
            headers.append((ORIGINAL.encode(), request))
    return headers
