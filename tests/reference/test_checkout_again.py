"""A second checkout: what the first one left at Stripe decides."""

from __future__ import annotations

import asyncio

import httpx
import pytest
import respx

from tests.reference.backend import ADA, Backend, problem
from tests.reference.shapes import (
    CUSTOMERS,
    SESSIONS,
    SUBSCRIPTIONS,
    begin_checkout,
    subscribe,
    well,
)
from tests.reference.stripe_answers import (
    FUTURE,
    PAST,
    Subscription,
    customer,
    error,
    form,
    page,
    session,
)

STARTED = "miniapp_checkout_start_total"


def known(stripe: respx.MockRouter, *subscriptions: Subscription) -> None:
    """Have Stripe know the customer cus_ada with these subscriptions."""
    stripe.get(f"{CUSTOMERS}/cus_ada").mock(return_value=customer("cus_ada", ADA))
    stripe.get(SUBSCRIPTIONS).mock(return_value=page(*subscriptions))


def first_is(stripe: respx.MockRouter, status: str, subscription: str | None = None) -> None:
    """Have the first session, cs_1, be so now."""
    told = session("cs_1", status, subscription)
    stripe.get(f"{SESSIONS}/cs_1").mock(return_value=told)


async def test_an_open_session_is_handed_out_again(
    backend: Backend, stripe: respx.MockRouter
) -> None:
    """The same answer, and neither a customer nor a session more."""
    await begin_checkout(backend, stripe)
    first_is(stripe, "open")
    known(stripe)

    again = await backend.checkout("pro")

    assert (again.status_code, again.json()["session_id"]) == (201, "cs_1")
    assert stripe.post(SESSIONS).call_count == stripe.post(CUSTOMERS).call_count == 1
    assert await backend.counted(STARTED, plan="pro") == 1


async def test_another_plan_closes_the_session_before(
    backend: Backend, stripe: respx.MockRouter
) -> None:
    """One open session at a time; both were made, so both are counted."""
    await begin_checkout(backend, stripe, "pro")
    routes = well(stripe)

    other = await backend.checkout("basic")

    assert other.json()["session_id"] == "cs_2"
    assert routes["expiry"].call_count == 1
    assert await backend.counted(STARTED, plan="pro") == 1
    assert await backend.counted(STARTED, plan="basic") == 1


async def test_a_trial_that_was_had_meanwhile_closes_the_session_that_offers_it(
    backend: Backend, stripe: respx.MockRouter
) -> None:
    """Support gave him one, and it is over: nobody has trial days twice (CHK-017)."""
    await begin_checkout(backend, stripe, "team")
    routes = well(stripe)
    had = Subscription(status="canceled", ended_at=PAST, trial_start=PAST - 86_400)
    known(stripe, had)

    other = await backend.checkout("team")

    assert other.json()["session_id"] == "cs_2"
    assert routes["expiry"].call_count == 1
    offered = [form(call.request) for call in stripe.post(SESSIONS).calls]
    assert ["subscription_data[trial_period_days]" in each for each in offered] == [True, False]


async def test_an_expired_session_makes_room(backend: Backend, stripe: respx.MockRouter) -> None:
    """Under the next key: under the first, Stripe would answer with the expired one."""
    await begin_checkout(backend, stripe)
    first_is(stripe, "expired")
    known(stripe)
    created = stripe.post(SESSIONS).mock(return_value=session("cs_2"))

    again = await backend.checkout("pro")

    assert again.json()["session_id"] == "cs_2"
    keys = [call.request.headers["idempotency-key"] for call in created.calls]
    assert keys == [f"checkout-{ADA}-1", f"checkout-{ADA}-2"]


async def test_a_session_that_stripe_no_longer_knows_makes_room(
    backend: Backend, stripe: respx.MockRouter
) -> None:
    """Test data get deleted, keys of another account get in: buying goes on, under a new key."""
    await begin_checkout(backend, stripe)
    lost = stripe.get(f"{SESSIONS}/cs_1").mock(
        return_value=error(404, "No such session", code="resource_missing", param="session")
    )
    known(stripe)
    create = stripe.post(SESSIONS).mock(return_value=session("cs_2"))

    again = await backend.checkout("pro")

    assert (again.status_code, again.json()["session_id"]) == (201, "cs_2")
    assert lost.called
    keys = [call.request.headers["idempotency-key"] for call in create.calls]
    assert len(set(keys)) == len(keys)


async def test_a_paid_session_is_waited_for(backend: Backend, stripe: respx.MockRouter) -> None:
    """Nothing is sold twice while its subscription is unknown; once it ended, it may be."""
    await begin_checkout(backend, stripe)
    first_is(stripe, "complete", "sub_pro")
    known(stripe)

    assert problem(await backend.checkout("pro")) == (409, "payment-pending")

    known(stripe, Subscription("sub_pro", status="canceled", ended_at=FUTURE))
    stripe.post(SESSIONS).mock(return_value=session("cs_2"))
    assert (await backend.checkout("pro")).json()["session_id"] == "cs_2"


async def test_what_became_another_products_is_waited_for_no_more(
    backend: Backend, stripe: respx.MockRouter
) -> None:
    """It counts as none, though it was bought here (SUB-013)."""
    await begin_checkout(backend, stripe)
    first_is(stripe, "complete", "sub_pro")
    known(stripe, Subscription("sub_pro", price="price_of_another_product"))
    stripe.post(SESSIONS).mock(return_value=session("cs_2"))

    assert (await backend.checkout("pro")).json()["session_id"] == "cs_2"


@pytest.mark.parametrize("status", ["trialing", "active", "past_due", "unpaid", "paused", "new"])
async def test_a_subscriber_is_sent_to_the_portal(
    backend: Backend, stripe: respx.MockRouter, status: str
) -> None:
    """Though the backend did not know yet; his open session is closed, it must not be paid."""
    await begin_checkout(backend, stripe)
    first_is(stripe, "open")
    known(stripe, Subscription(status=status))
    expired = stripe.post(f"{SESSIONS}/cs_1/expire").mock(return_value=session("cs_1", "expired"))

    refused = await backend.checkout("basic")

    assert problem(refused) == (409, "already-subscribed")
    assert expired.call_count == 1
    assert (await backend.subscription())["status"] == status


async def test_an_incomplete_subscription_keeps_its_open_session(
    backend: Backend, stripe: respx.MockRouter
) -> None:
    """Without one there is nothing to hand out: the payment is pending."""
    await begin_checkout(backend, stripe)
    known(stripe, Subscription(status="incomplete"))
    first_is(stripe, "open")
    assert (await backend.checkout("pro")).json()["session_id"] == "cs_1"

    first_is(stripe, "complete", "sub_pro")

    assert problem(await backend.checkout("pro")) == (409, "payment-pending")


@pytest.mark.parametrize("status", ["canceled", "incomplete_expired"])
async def test_what_has_ended_is_no_obstacle(
    backend: Backend, stripe: respx.MockRouter, status: str
) -> None:
    """The customer is the same, the session a new one."""
    await subscribe(backend, stripe, Subscription(status=status))
    created = stripe.post(SESSIONS).mock(return_value=session("cs_1"))

    started = await backend.checkout("pro")

    assert started.status_code == 201
    assert created.call_count == 1


async def test_another_products_subscription_is_no_obstacle(
    backend: Backend, stripe: respx.MockRouter
) -> None:
    """It has no plan of ours."""
    await begin_checkout(backend, stripe)
    first_is(stripe, "expired")
    known(stripe, Subscription(price="price_of_another_product"))
    stripe.post(SESSIONS).mock(return_value=session("cs_2"))

    assert (await backend.checkout("pro")).json()["session_id"] == "cs_2"


async def test_calls_at_once_leave_one_session(backend: Backend, stripe: respx.MockRouter) -> None:
    """One makes customer and session, the others get the same."""
    made = stripe.post(CUSTOMERS).mock(return_value=customer("cus_ada", ADA))
    created = stripe.post(SESSIONS).mock(return_value=session("cs_1"))
    first_is(stripe, "open")
    known(stripe)

    answers = await asyncio.gather(*(backend.checkout("pro") for _ in range(5)))

    assert {answer.json()["session_id"] for answer in answers} == {"cs_1"}
    assert (made.call_count, created.call_count) == (1, 1)
    assert await backend.counted(STARTED, plan="pro") == 1


async def test_a_lost_session_of_another_plan_is_found_and_closed(
    backend: Backend, stripe: respx.MockRouter
) -> None:
    """Asked for again under its own key and with its own price, then expired."""
    stripe.post(CUSTOMERS).mock(return_value=customer("cus_ada", ADA))
    created = stripe.post(SESSIONS).mock(
        side_effect=[httpx.ReadTimeout, session("cs_1"), session("cs_2")]
    )
    assert problem(await backend.checkout("pro")) == (503, "provider-unavailable")
    expired = stripe.post(f"{SESSIONS}/cs_1/expire").mock(return_value=session("cs_1", "expired"))
    known(stripe)

    other = await backend.checkout("basic")

    assert other.json()["session_id"] == "cs_2"
    assert expired.call_count == 1
    first, again, new = (call.request for call in created.calls)
    assert first.content == again.content != new.content
    assert first.headers["idempotency-key"] == again.headers["idempotency-key"]
    assert new.headers["idempotency-key"] == f"checkout-{ADA}-2"


async def test_a_lost_session_that_never_was_is_forgotten(
    backend: Backend, stripe: respx.MockRouter
) -> None:
    """Stripe says no to the repeat: the next key makes the session."""
    stripe.post(CUSTOMERS).mock(return_value=customer("cus_ada", ADA))
    created = stripe.post(SESSIONS).mock(
        side_effect=[httpx.ReadTimeout, error(400, "no"), session("cs_1")]
    )
    assert problem(await backend.checkout("pro")) == (503, "provider-unavailable")
    known(stripe)

    started = await backend.checkout("pro")

    assert started.json()["session_id"] == "cs_1"
    assert created.calls.last.request.headers["idempotency-key"] == f"checkout-{ADA}-2"
