"""What one connection says: each request is yielded, the body of its answer comes back."""

from __future__ import annotations

import functools
import itertools
import json
from collections.abc import Callable, Generator, Iterable, Sequence
from urllib.parse import urlencode

KEY = "sk_test_bench"
PRICE = "price_billproof_pro"
DISTINCT = 1000
"""So many customers differ; then they come again."""

Script = Generator[bytes, bytes, None]


def request(method: str, path: str, **form: str) -> bytes:
    """A whole request, as it goes onto the wire."""
    body = urlencode(form).encode()
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {KEY}\r\n"
        "Accept: */*\r\n"
    )
    if form:
        kind = "application/x-www-form-urlencoded"
        head += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    return f"{head}\r\n".encode() + body


def new_customer(number: int) -> bytes:
    """The request for a customer; each number has another."""
    form = {
        "name": f"Customer {number}",
        "email": f"customer-{number}@example.com",
        "metadata[number]": str(number),
    }
    return request("POST", "/v1/customers", **form)


@functools.cache
def customers() -> tuple[bytes, ...]:
    """All requests for a customer, made once: nobody waits for them while time is taken."""
    return tuple(map(new_customer, range(DISTINCT)))


def create(times: int | None) -> Script:
    """Make customers."""
    return _say(customers(), times)


def look(times: int | None) -> Script:
    """Ask for the ten newest customers."""
    return _say((request("GET", "/v1/customers?limit=10"),), times)


def subscribe(times: int | None) -> Script:
    """Make customers, each with a card and a subscription: three requests a time."""
    attach = "/v1/payment_methods/pm_card_visa/attach"
    for number in _count(times):
        customer = json.loads((yield new_customer(number)))["id"]
        card = json.loads((yield request("POST", attach, customer=customer)))["id"]
        form = {"customer": customer, "items[0][price]": PRICE, "default_payment_method": card}
        yield request("POST", "/v1/subscriptions", **form)


SCRIPTS: dict[str, Callable[[int | None], Script]] = {
    "create": create,
    "look": look,
    "subscribe": subscribe,
}


def _say(requests: Sequence[bytes], times: int | None) -> Script:
    for number in _count(times):
        yield requests[number % len(requests)]


def _count(times: int | None) -> Iterable[int]:
    return itertools.count() if times is None else range(times)
