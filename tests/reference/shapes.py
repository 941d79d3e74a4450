"""Where Stripe is called, and the states that many tests begin with."""

from __future__ import annotations

import respx

from tests.reference.backend import ADA, Backend, Event
from tests.reference.stripe_answers import Subscription, customer, page, session

CUSTOMERS = "/v1/customers"
SESSIONS = "/v1/checkout/sessions"
SUBSCRIPTIONS = "/v1/subscriptions"
PORTAL = "/v1/billing_portal/sessions"
INVOICES = "/v1/invoices"


async def subscribe(
    backend: Backend,
    stripe: respx.MockRouter,
    *subscriptions: Subscription,
    user: int = ADA,
    name: str = "cus_ada",
) -> None:
    """Have Stripe tell of a customer and his subscriptions, one of the plan pro by default."""
    stripe.get(f"{CUSTOMERS}/{name}").mock(return_value=customer(name, user))
    seen = subscriptions or (Subscription(),)
    stripe.get(SUBSCRIPTIONS).mock(return_value=page(*seen))

    event = Event(id=f"evt_{name}_{len(stripe.calls)}", customer=name)
    taken = await backend.deliver(event)

    assert taken.json() == {"outcome": "processed"}


async def begin_checkout(backend: Backend, stripe: respx.MockRouter, plan: str = "pro") -> None:
    """Have the user start to buy a plan: the customer cus_ada and the open session cs_1."""
    stripe.post(CUSTOMERS).mock(return_value=customer("cus_ada", ADA))
    stripe.post(SESSIONS).mock(return_value=session("cs_1"))

    started = await backend.checkout(plan)

    assert started.json()["session_id"] == "cs_1"


def well(stripe: respx.MockRouter, *subscriptions: Subscription) -> dict[str, respx.Route]:
    """Have Stripe answer all that a second checkout, for another plan, asks; by what is asked."""
    found = page(*subscriptions)
    return {
        "session": stripe.get(f"{SESSIONS}/cs_1").mock(return_value=session("cs_1")),
        "subscriptions": stripe.get(SUBSCRIPTIONS).mock(return_value=found),
        "customer": stripe.get(f"{CUSTOMERS}/cus_ada").mock(return_value=customer("cus_ada", ADA)),
        "expiry": stripe.post(f"{SESSIONS}/cs_1/expire").mock(
            return_value=session("cs_1", "expired")
        ),
        "creation": stripe.post(SESSIONS).mock(return_value=session("cs_2")),
    }
