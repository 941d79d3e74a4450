"""An event that comes while Stripe fails: it is asked for again, and nothing is lost."""

from __future__ import annotations

import pytest
import respx

from tests.reference.backend import ADA, Backend, Event
from tests.reference.failures import (
    EACH_FAILURE,
    EACH_KIND_OF_FAILURE,
    Failure,
    refuses_in_good_order,
)
from tests.reference.shapes import CUSTOMERS, SUBSCRIPTIONS, subscribe
from tests.reference.stripe_answers import Subscription, customer, page

DELIVERED = "billing_webhook_events_total"
UPDATED = "customer.subscription.updated"


@pytest.mark.parametrize("asked", [f"{CUSTOMERS}/cus_ada", SUBSCRIPTIONS], ids=["owner", "state"])
@EACH_FAILURE
async def test_an_event_waits_until_stripe_can_be_asked(
    backend: Backend, stripe: respx.MockRouter, asked: str, failure: Failure
) -> None:
    """503, so that Stripe delivers again; the second delivery has the whole effect."""
    stripe.get(f"{CUSTOMERS}/cus_ada").mock(return_value=customer("cus_ada", ADA))
    stripe.get(SUBSCRIPTIONS).mock(return_value=page(Subscription()))
    route = failure.strike(stripe.get(asked))

    refused = await backend.deliver(Event())

    assert route.call_count == 1
    assert refuses_in_good_order(refused)
    assert (await backend.subscription())["status"] == "none"
    assert await backend.counted(DELIVERED, type=UPDATED, outcome="failed") == 1

    await subscribe(backend, stripe)
    assert (await backend.subscription())["status"] == "active"
    assert await backend.counted(DELIVERED, type=UPDATED, outcome="processed") == 1
    assert await backend.counted(DELIVERED, type=UPDATED, outcome="failed") == 1


@EACH_KIND_OF_FAILURE
async def test_a_known_state_stays_while_stripe_fails(
    backend: Backend, stripe: respx.MockRouter, failure: Failure
) -> None:
    """What was true last is shown, until Stripe can be asked what is true now."""
    await subscribe(backend, stripe)
    route = failure.strike(stripe.get(SUBSCRIPTIONS))

    refused = await backend.deliver(Event(id="evt_later"))

    assert route.call_count == 2
    assert refuses_in_good_order(refused)
    assert (await backend.subscription())["status"] == "active"

    route.mock(return_value=page(Subscription(status="unpaid")))
    assert (await backend.deliver(Event(id="evt_later"))).json() == {"outcome": "processed"}
    assert (await backend.subscription())["status"] == "unpaid"
