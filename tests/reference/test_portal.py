"""The customer portal."""

from __future__ import annotations

import pytest
import respx

from tests.reference.backend import BOB, Backend, problem
from tests.reference.shapes import PORTAL, begin_checkout, subscribe
from tests.reference.stripe_answers import Subscription, form, portal_session

OPENED = "miniapp_portal_open_total"


@pytest.mark.parametrize("status", ["active", "past_due", "unpaid", "canceled"])
async def test_the_portal_opens_for_whoever_has_a_customer(
    backend: Backend, stripe: respx.MockRouter, status: str
) -> None:
    """For his customer, with a way back of our own."""
    await subscribe(backend, stripe, Subscription(status=status))
    created = stripe.post(PORTAL).mock(return_value=portal_session("bps_1"))

    opened = await backend.call("POST", "/billing/portal", headers={"Host": "evil.example.test"})

    assert (opened.status_code, opened.json()) == (201, {"url": "https://portal.stripe.test/bps_1"})
    assert opened.headers["cache-control"] == "no-store"
    assert form(created.calls.last.request) == {
        "customer": "cus_ada",
        "return_url": "https://app.example.test/app/billing",
    }
    assert await backend.counted(OPENED) == 1


async def test_each_opening_is_a_session_of_its_own(
    backend: Backend, stripe: respx.MockRouter
) -> None:
    """A portal session lives minutes: it is never handed out twice."""
    await begin_checkout(backend, stripe)
    stripe.post(PORTAL).mock(side_effect=[portal_session("bps_1"), portal_session("bps_2")])

    opened = [await backend.call("POST", "/billing/portal") for _ in range(2)]

    assert [one.json()["url"][-5:] for one in opened] == ["bps_1", "bps_2"]
    assert await backend.counted(OPENED) == 2


async def test_no_portal_without_a_customer(backend: Backend, stripe: respx.MockRouter) -> None:
    """And none is made; another user's is not his."""
    await subscribe(backend, stripe)
    before = len(stripe.calls)

    refused = await backend.call("POST", "/billing/portal", BOB)

    assert problem(refused) == (409, "no-customer")
    assert len(stripe.calls) == before
    assert await backend.counted(OPENED) == 0
