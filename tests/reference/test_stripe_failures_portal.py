"""The portal while Stripe fails."""

from __future__ import annotations

import respx

from tests.reference.backend import Backend, problem
from tests.reference.failures import EACH_FAILURE, Failure, refuses_in_good_order
from tests.reference.shapes import PORTAL, subscribe
from tests.reference.stripe_answers import no_such_customer, portal_session

OPENED = "miniapp_portal_open_total"


@EACH_FAILURE
async def test_no_portal_while_stripe_fails(
    backend: Backend, stripe: respx.MockRouter, failure: Failure
) -> None:
    """503 and nothing counted; once Stripe is well again, the portal opens."""
    await subscribe(backend, stripe)
    route = failure.strike(stripe.post(PORTAL))

    refused = await backend.call("POST", "/billing/portal")

    assert route.call_count == 1
    assert refuses_in_good_order(refused)
    assert await backend.counted(OPENED) == 0

    route.mock(return_value=portal_session("bps_2"))
    opened = await backend.call("POST", "/billing/portal")
    assert (opened.status_code, opened.json()) == (
        201,
        {"url": "https://portal.stripe.test/bps_2"},
    )
    assert await backend.counted(OPENED) == 1


async def test_no_portal_for_a_customer_that_stripe_has_deleted(
    backend: Backend, stripe: respx.MockRouter
) -> None:
    """That is the caller's state, and no failure of Stripe's."""
    await subscribe(backend, stripe)
    route = stripe.post(PORTAL).mock(return_value=no_such_customer("customer"))

    refused = await backend.call("POST", "/billing/portal")

    assert route.called
    assert problem(refused) == (409, "no-customer")
    assert "cus_ada" not in refused.text
