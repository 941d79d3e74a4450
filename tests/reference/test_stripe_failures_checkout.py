"""Checkout while Stripe fails: at what it makes first, and at what it asks later."""

from __future__ import annotations

import pytest
import respx

from tests.reference.backend import ADA, Backend
from tests.reference.failures import (
    EACH_FAILURE,
    EACH_KIND_OF_FAILURE,
    Failure,
    refuses_in_good_order,
)
from tests.reference.shapes import (
    CUSTOMERS,
    SESSIONS,
    SUBSCRIPTIONS,
    begin_checkout,
    well,
)
from tests.reference.stripe_answers import customer, page, session

STARTED = "miniapp_checkout_start_total"


def keys_of(route: respx.Route) -> list[str]:
    """The Idempotency-Keys of the calls of one route."""
    return [call.request.headers["idempotency-key"] for call in route.calls]


@EACH_FAILURE
async def test_no_checkout_without_a_customer(
    backend: Backend, stripe: respx.MockRouter, failure: Failure
) -> None:
    """The key stays until Stripe has decided: a customer that was made after all is found."""
    route = failure.strike(stripe.post(CUSTOMERS))

    refused = await backend.checkout()

    assert route.call_count == 1
    assert refuses_in_good_order(refused)

    await begin_checkout(backend, stripe)
    second = 2 if failure.decided else 1
    assert keys_of(route) == [f"customer-{ADA}-1", f"customer-{ADA}-{second}"]


@EACH_FAILURE
async def test_no_checkout_without_a_session(
    backend: Backend, stripe: respx.MockRouter, failure: Failure
) -> None:
    """The same for the session; it is counted once it is there, and the customer is kept."""
    made = stripe.post(CUSTOMERS).mock(return_value=customer("cus_ada", ADA))
    route = failure.strike(stripe.post(SESSIONS))

    refused = await backend.checkout()

    assert route.call_count == 1
    assert refuses_in_good_order(refused)
    assert await backend.counted(STARTED, plan="pro") == 0

    stripe.get(SUBSCRIPTIONS).mock(return_value=page())
    stripe.get(f"{CUSTOMERS}/cus_ada").mock(return_value=customer("cus_ada", ADA))
    route.mock(return_value=session("cs_1"))
    assert (await backend.checkout()).status_code == 201
    second = 2 if failure.decided else 1
    assert keys_of(route) == [f"checkout-{ADA}-1", f"checkout-{ADA}-{second}"]
    assert made.call_count == 1
    assert await backend.counted(STARTED, plan="pro") == 1


@pytest.mark.parametrize("asked", ["session", "subscriptions", "customer", "expiry"])
@EACH_KIND_OF_FAILURE
async def test_no_second_session_while_the_first_is_unclear(
    backend: Backend, stripe: respx.MockRouter, asked: str, failure: Failure
) -> None:
    """Whatever Stripe does not tell, no session is made meanwhile; one is, once it tells."""
    await begin_checkout(backend, stripe, "pro")
    creation = well(stripe)["creation"]
    route = failure.strike(well(stripe)[asked])

    refused = await backend.checkout("basic")

    assert route.call_count == 1
    assert refuses_in_good_order(refused)
    assert creation.call_count == 1

    well(stripe)
    started = await backend.checkout("basic")
    assert (started.status_code, started.json()["session_id"]) == (201, "cs_2")
    assert creation.call_count == 2
