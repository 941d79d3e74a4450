"""Answers on their way out: their bytes, and the headers that Stripe puts on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from billproof.sandbox.objects.errors import StripeError
from billproof.sandbox.objects.events import API_VERSION
from billproof.sandbox.objects.snapshot import as_json
from billproof.sandbox.tenants import outages
from billproof.sandbox.tenants.faults import Fault


@dataclass(kw_only=True)
class Answer:
    """What goes back; `kept` when its idempotency key is bound to it."""

    status: int
    text: bytes
    kept: bool = True
    headers: dict[str, str] = field(default_factory=dict)


def failed(fault: Fault) -> Answer:
    """What a status fault answers."""
    # Below 500 Stripe refuses before it begins (429, 409), so that nothing is remembered.
    kept = fault.status >= 500  # noqa: PLR2004 - HTTP's own border
    text, headers = encoded(outages.body(fault)), outages.headers(fault)
    return Answer(status=fault.status, text=text, kept=kept, headers=headers)


def refused(error: StripeError, request_id: str, mode: str) -> Answer:
    """What a refusal answers; `mode` is `test` or `live`."""
    text = encoded(error.body(request_id, mode))
    return Answer(status=error.status, text=text, kept=error.begun)


def encoded(body: dict[str, Any]) -> bytes:
    """The bytes of a body."""
    return as_json(body)


def response(answer: Answer, request: Request, request_id: str) -> Response:
    """The answer with its headers."""
    sent = request.headers
    headers = {
        "Request-Id": request_id,
        "Stripe-Version": sent.get("stripe-version") or API_VERSION,
        "Cache-Control": "no-cache, no-store",
        **answer.headers,
    }
    if key := sent.get("idempotency-key"):
        headers["Idempotency-Key"] = key
        headers.setdefault("Original-Request", request_id)
    return Ready(answer.text, answer.status, headers)


class Ready(Response):
    """A response that is sent as it stands."""

    media_type = "application/json"
    charset = ""  # JSON is UTF-8, and says no more (RFC 8259, section 11)
