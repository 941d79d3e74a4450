"""The requests of one subscriber and of Stripe, made beforehand: nobody waits for them."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping

import httpx

from billproof.initdata import InitData
from billproof.sandbox.client import Sandbox
from billproof.signature import StripeSignature

USER = 700_000_042
API = "/api/v1/billing"


def credentials(environ: Mapping[str, str]) -> str:
    """The header's value of the one user."""
    return f"tma {InitData(user_id=USER).sign(environ['TELEGRAM_BOT_TOKEN'], time.time())}"


def look(environ: Mapping[str, str]) -> bytes:
    """GET subscription, as the user."""
    return _request("GET", f"{API}/subscription", {"Authorization": credentials(environ)})


def events(environ: Mapping[str, str], template: str, number: int) -> list[bytes]:
    """POST webhook with so many events of one customer, each with an id of its own."""
    document = json.loads(template)
    return [_event(environ, {**document, "id": f"evt_{uuid.uuid4().hex}"}) for _ in range(number)]


def subscribe(port: int, environ: Mapping[str, str], sandbox: Sandbox) -> str:
    """Make the user a subscriber, as in life; an event of his subscription, as Stripe sent it."""
    origin = f"http://127.0.0.1:{port}"
    answer = httpx.post(
        f"{origin}{API}/checkout",
        json={"plan": "pro"},
        headers={"Authorization": credentials(environ)},
        trust_env=False,
        timeout=30,
    )
    sandbox.pay(str(answer.raise_for_status().json()["session_id"]))
    for event in sandbox.events(user=USER):
        body = event.body.encode()
        signature = StripeSignature().sign(body, environ, time.time())
        headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
        url = f"{origin}{API}/webhooks/stripe"
        httpx.post(url, content=body, headers=headers, trust_env=False).raise_for_status()
    return next(
        one.body for one in sandbox.events(user=USER) if one.type == "customer.subscription.created"
    )


def _event(environ: Mapping[str, str], document: dict[str, object]) -> bytes:
    body = json.dumps(document).encode()
    signature = StripeSignature().sign(body, environ, time.time())
    headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
    return _request("POST", f"{API}/webhooks/stripe", headers, body)


def _request(method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    told = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{told}{length}\r\n".encode() + body
