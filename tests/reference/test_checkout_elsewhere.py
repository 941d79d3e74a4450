"""Checkout of a user for whom somebody made a second customer by hand at Stripe."""

from __future__ import annotations

import httpx
import pytest
import respx

from tests.reference.backend import ADA, Backend, Event, problem
from tests.reference.shapes import CUSTOMERS, SESSIONS, SUBSCRIPTIONS, begin_checkout
from tests.reference.stripe_answers import (
    PAST,
    Subscription,
    customer,
    form,
    no_such_customer,
    page,
    session,
)


def belonging_to(stripe: respx.MockRouter, name: str, answer: httpx.Response) -> None:
    """Have Stripe know Ada's customers, and answer so for the subscriptions of one of them."""
    for one in ("cus_ada", name):
        stripe.get(f"{CUSTOMERS}/{one}").mock(return_value=customer(one, ADA))
    stripe.get(SUBSCRIPTIONS, params={"customer": name}).mock(return_value=answer)
    stripe.get(SUBSCRIPTIONS, params={"customer": "cus_ada"}).mock(return_value=page())


@pytest.mark.parametrize("status", ["active", "past_due"])
async def test_what_another_customer_of_his_subscribed_to_counts(
    backend: Backend, stripe: respx.MockRouter, status: str
) -> None:
    """Made by hand at Stripe, with his metadata: whoever has a plan is sold no second one."""
    await begin_checkout(backend, stripe)
    stripe.get(f"{SESSIONS}/cs_1").mock(return_value=session("cs_1", "expired"))
    belonging_to(stripe, "cus_by_hand", page(Subscription("sub_by_hand", status=status)))
    await backend.deliver(Event(customer="cus_by_hand"))

    assert (await backend.subscription())["status"] == status
    assert problem(await backend.checkout("basic")) == (409, "already-subscribed")


@pytest.mark.parametrize(
    "since",
    [page(Subscription("sub_by_hand", status="canceled")), no_such_customer("customer")],
    ids=["canceled", "deleted"],
)
async def test_what_has_ended_there_is_no_obstacle(
    backend: Backend, stripe: respx.MockRouter, since: httpx.Response
) -> None:
    """Stripe is asked again: the book may be older."""
    await begin_checkout(backend, stripe)
    stripe.get(f"{SESSIONS}/cs_1").mock(return_value=session("cs_1", "expired"))
    belonging_to(stripe, "cus_by_hand", page(Subscription("sub_by_hand")))
    await backend.deliver(Event(customer="cus_by_hand"))
    stripe.post(SESSIONS).mock(return_value=session("cs_2"))
    belonging_to(stripe, "cus_by_hand", since)

    assert (await backend.checkout("basic")).json()["session_id"] == "cs_2"


async def test_a_trial_that_was_had_there_is_spent(
    backend: Backend, stripe: respx.MockRouter
) -> None:
    """Though Stripe tells of it only now, when it is over."""
    await begin_checkout(backend, stripe)
    stripe.get(f"{SESSIONS}/cs_1").mock(return_value=session("cs_1", "expired"))
    belonging_to(stripe, "cus_by_hand", page(Subscription("sub_by_hand")))
    await backend.deliver(Event(customer="cus_by_hand"))
    created = stripe.post(SESSIONS).mock(return_value=session("cs_2"))
    had = Subscription("sub_by_hand", status="canceled", trial_start=PAST)
    belonging_to(stripe, "cus_by_hand", page(had))

    assert (await backend.checkout("team")).status_code == 201

    assert "subscription_data[trial_period_days]" not in form(created.calls.last.request)
