"""Answers on their way out: their bytes, and the headers that Stripe puts on them."""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.types import Send

from billproof.sandbox.api.incoming import Incoming
from billproof.sandbox.objects import versions
from billproof.sandbox.objects.errors import StripeError
from billproof.sandbox.objects.events import API_VERSION
from billproof.sandbox.objects.resource import Body
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
    headers: dict[str, str] = field(default_factory=dict)


def failed(fault: Fault) -> Answer:
    """What a status fault answers."""
    # Below 500 Stripe refuses before it begins (429, 409), so that nothing is remembered.
    kept = fault.status >= 500  # noqa: PLR2004 - HTTP's own border
    text, headers = as_json(outages.body(fault)), outages.headers(fault)
    return Answer(status=fault.status, text=text, kept=kept, headers=headers)


def refused(error: StripeError, request_id: str, mode: str) -> Answer:
    """What a refusal answers; `mode` is `test` or `live`."""
    text = as_json(error.body(request_id, mode))
    return Answer(status=error.status, text=text, kept=error.begun)


def performed(body: Body, version: str | None) -> Answer:
    """What a call answers that has had its effect, in the API version that it asks for."""
    return Answer(status=200, text=as_json(versions.shown(body, version)))


async def send_answer(answer: Answer, call: Incoming, request_id: str, send: Send) -> None:
    """Send an answer with its headers."""
    sent, text = call.headers, answer.text
    headers = [
        (b"content-type", b"application/json"),  # UTF-8 by RFC 8259, section 11
        (b"content-length", str(len(text)).encode()),
        (b"request-id", request_id.encode()),
        (b"stripe-version", sent.get(b"stripe-version") or CURRENT),
        (b"cache-control", b"no-cache, no-store"),
        *((name.encode(), value.encode()) for name, value in answer.headers.items()),
    ]
    if key := sent.get(b"idempotency-key"):
        headers.append((b"idempotency-key", key))
        if ORIGINAL not in answer.headers:
            headers.append((ORIGINAL.encode(), request_id.encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": text})
