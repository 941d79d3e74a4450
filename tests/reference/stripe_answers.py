"""What Stripe answers, as far as the backend reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import httpx

FUTURE, LATER = 4_102_444_800, 4_105_123_200
"""2100-01-01 and 2100-02-01: ends that no test run reaches."""

PAST = 1_577_836_800
"""2020-01-01."""


@dataclass(frozen=True)
class Subscription:
    """A subscription, active unless something else is said; items of `besides` stand first."""

    id: str = "sub_pro"
    price: str = "price_billproof_pro"
    status: str = "active"
    current_period_end: int = FUTURE
    paused: bool = False
    cancel_at: int | None = None
    cancel_at_period_end: bool = False
    ended_at: int | None = None
    trial_start: int | None = None
    besides: tuple[str, ...] = ()
    """Prices of other products; their items end sooner."""

    def document(self) -> dict[str, Any]:
        """As Stripe writes it."""
        ends = {**dict.fromkeys(self.besides, PAST), self.price: self.current_period_end}
        items = [
            {
                "id": f"si_{price}",
                "object": "subscription_item",
                "price": {"id": price, "object": "price"},
                "current_period_end": end,
            }
            for price, end in ends.items()
        ]
        return {
            "id": self.id,
            "object": "subscription",
            "status": self.status,
            "items": {"object": "list", "data": items, "has_more": False},
            "pause_collection": {"behavior": "void"} if self.paused else None,
            "cancel_at": self.cancel_at,
            "cancel_at_period_end": self.cancel_at_period_end,
            "ended_at": self.ended_at,
            "trial_start": self.trial_start,
        }


@dataclass(frozen=True)
class Invoice:
    """An invoice, paid unless something else is said."""

    id: str
    created: int = 1_795_444_205
    status: str = "paid"
    attempt_count: int = 1
    due_date: int | None = None
    links: bool = True
    missing: str | None = None
    """What stands for its number and its links where it has none."""

    def document(self) -> dict[str, Any]:
        """As Stripe writes it."""
        link = f"https://invoice.stripe.test/{self.id}"
        return {
            "id": self.id,
            "object": "invoice",
            "number": f"BP-{self.id}" if self.links else self.missing,
            "created": self.created,
            "status": self.status,
            "attempt_count": self.attempt_count,
            "due_date": self.due_date,
            "amount_due": 1900,
            "amount_paid": 1900 if self.status == "paid" else 0,
            "currency": "eur",
            "hosted_invoice_url": link if self.links else self.missing,
            "invoice_pdf": f"{link}/pdf" if self.links else self.missing,
        }


def customer(name: str = "cus_ada", user: int | None = None) -> httpx.Response:
    """A customer; without a user its metadata are empty."""
    metadata = {} if user is None else {"telegram_user_id": str(user)}
    told = {"id": name, "object": "customer", "metadata": metadata}
    return httpx.Response(200, json=told)


def deleted_customer(name: str = "cus_ada") -> httpx.Response:
    """What is left of a customer."""
    return httpx.Response(200, json={"id": name, "object": "customer", "deleted": True})


def session(
    name: str = "cs_1", status: str = "open", subscription: str | None = None
) -> httpx.Response:
    """A Checkout Session."""
    told = {
        "id": name,
        "object": "checkout.session",
        "url": f"https://checkout.stripe.test/{name}" if status == "open" else None,
        "status": status,
        "expires_at": FUTURE,
        "subscription": subscription,
    }
    return httpx.Response(200, json=told)


def portal_session(name: str = "bps_1") -> httpx.Response:
    """A portal session."""
    url = f"https://portal.stripe.test/{name}"
    told = {"id": name, "object": "billing_portal.session", "url": url}
    return httpx.Response(200, json=told)


def page(*objects: Subscription | Invoice, more: bool = False) -> httpx.Response:
    """One page of a list; invoices alone are ever more than one page here."""
    data = [one.document() for one in objects]
    told = {"object": "list", "url": "/v1/invoices", "data": data, "has_more": more}
    return httpx.Response(200, json=told)


def error(status: int, message: str, **details: str) -> httpx.Response:
    """An error of Stripe's, with its text for people."""
    kind = "api_error" if status >= 500 else "invalid_request_error"
    told = {"type": kind, "message": message, **details}
    return httpx.Response(status, json={"error": told})


def no_such_customer(param: str) -> httpx.Response:
    """Stripe does not know the customer that `param` names."""
    return error(404, "No such customer: 'cus_ada'", code="resource_missing", param=param)


def form(request: httpx.Request) -> dict[str, str]:
    """What was sent to Stripe."""
    return dict(parse_qsl(request.content.decode(), keep_blank_values=True))
