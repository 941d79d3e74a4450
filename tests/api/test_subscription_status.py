"""Which of Stripe's statuses give access."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from billproof.trials import check_that, clause
from fixtures.api import expect_members

if TYPE_CHECKING:
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User


DAY = 86_400


@clause("SUB-003")
@pytest.mark.parametrize("status", ["trialing", "past_due"])
def test_a_trial_and_a_failed_renewal_keep_access(
    api: Api, stripe: Stripe, user: User, status: str
) -> None:
    """Coming from a status without access, the granting one gives it back."""
    subscription = stripe.subscribe(user, "pro")
    stripe.change(subscription, status="unpaid")
    stripe.deliver(user)
    api.subscription_becomes(user, status="unpaid", access=False)

    stripe.change(subscription, status=status)
    stripe.deliver(user)

    api.subscription_becomes(user, status=status, access=True, plan="pro", effective_plan="pro")


@clause("SUB-003")
def test_a_plan_that_begins_with_a_trial_gives_access_at_once(
    api: Api, stripe: Stripe, user: User
) -> None:
    """The trial of the catalogue's plan is the product."""
    subscription = stripe.subscribe(user, "team")

    api.subscription_becomes(
        user,
        plan="team",
        effective_plan="team",
        status="trialing",
        access=True,
        current_period_end=subscription.items.data[0].current_period_end,
    )


@clause("SUB-004")
@pytest.mark.parametrize("status", ["incomplete", "incomplete_expired", "unpaid", "paused"])
def test_what_is_not_paid_gives_no_access(
    api: Api, stripe: Stripe, user: User, status: str
) -> None:
    """The plan is still named; what may be used is the free one."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, access=True)

    stripe.change(subscription, status=status)
    stripe.deliver(user)

    api.subscription_becomes(user, status=status, access=False, plan="pro", effective_plan="free")


@clause("SUB-005")
@pytest.mark.parametrize("plan", ["pro", "team"], ids=["paid for", "a trial"])
def test_what_is_canceled_is_over_and_not_forgotten(
    api: Api, stripe: Stripe, user: User, plan: str
) -> None:
    """Plan and end stay; the end is the moment it ended, not the period's or the trial's."""
    subscription = stripe.subscribe(user, plan)
    api.subscription_becomes(user, access=True)

    ended = stripe.sandbox.cancel_subscription(subscription.id)
    stripe.deliver(user)

    api.subscription_becomes(
        user,
        status="canceled",
        access=False,
        plan=plan,
        effective_plan="free",
        cancels=False,
        ends_at=ended.ended_at,
    )


@clause("SUB-005")
def test_what_was_to_end_ended_when_it_did(api: Api, stripe: Stripe, user: User) -> None:
    """A month after its owner cancelled it, not in the moment when he did."""
    subscription = stripe.subscribe(user, "pro")
    stripe.sandbox.update_subscription(subscription.id, cancel_at_period_end=True)
    stripe.sandbox.run_ahead(subscription.customer, 33 * DAY)
    ended = stripe.sandbox.subscription(subscription.id)
    asked = (ended.model_extra or {}).get("canceled_at")
    differ = ended.status == "canceled" and asked != ended.ended_at
    check_that("ended_at at Stripe", differ, expected=f"after {asked}", got=ended.ended_at)
    stripe.deliver(user)

    api.subscription_becomes(
        user, status="canceled", plan="pro", access=False, cancels=False, ends_at=ended.ended_at
    )


@clause("SUB-005")
def test_an_end_is_when_it_came_not_when_it_was_due(api: Api, stripe: Stripe, user: User) -> None:
    """It was to end three days ago, and Stripe ended it a day later: that is what was."""
    subscription = stripe.subscribe(user, "pro")
    due = int(time.time()) - 3 * DAY
    stripe.change(subscription, status="canceled", cancel_at=due, ended_at=due + DAY)
    stripe.deliver(user)

    api.subscription_becomes(
        user, status="canceled", plan="pro", access=False, cancels=False, ends_at=due + DAY
    )


@clause("SUB-005")
def test_what_ended_with_its_customer_is_not_forgotten_with_him(
    api: Api, stripe: Stripe, user: User
) -> None:
    """Nor when a checkout that he does not finish has given him another."""
    former = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro", access=True)
    stripe.sandbox.delete_customer(former.customer)
    stripe.deliver(user)
    over = {"plan": "pro", "status": "canceled", "access": False, "cancels": False}
    api.subscription_becomes(user, **over)

    api.checkout(user, "basic").expect(201)

    api.settle()
    expect_members(api.subscription(user).expect(200), **over)


IN_A_MONTH = int(time.time()) + 30 * DAY


@clause("SUB-006")
@pytest.mark.parametrize("resumes_at", [None, IN_A_MONTH], ids=["for good", "for a month"])
@pytest.mark.parametrize("behavior", ["void", "keep_as_draft", "mark_uncollectible"])
def test_a_paused_collection_takes_access_and_lifting_it_gives_it_back(
    api: Api, stripe: Stripe, user: User, behavior: str, resumes_at: int | None
) -> None:
    """The status stays active all the while, and it does not matter until when it is."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, access=True)
    until = {} if resumes_at is None else {"resumes_at": resumes_at}

    stripe.change(subscription, pause_collection={"behavior": behavior, **until})
    stripe.deliver(user)
    api.subscription_becomes(user, status="active", access=False, plan="pro", effective_plan="free")

    stripe.change(subscription, pause_collection=None)
    stripe.deliver(user)
    api.subscription_becomes(user, status="active", access=True, effective_plan="pro")


@clause("SUB-006")
@pytest.mark.parametrize("status", ["trialing", "past_due"])
def test_a_paused_collection_takes_access_in_every_granting_status(
    api: Api, stripe: Stripe, user: User, status: str
) -> None:
    """A pause weighs more than the status."""
    subscription = stripe.subscribe(user, "pro")
    stripe.change(subscription, status=status)
    stripe.deliver(user)
    api.subscription_becomes(user, status=status, access=True)

    stripe.change(subscription, pause_collection={"behavior": "void"})
    stripe.deliver(user)

    api.subscription_becomes(user, status=status, access=False, effective_plan="free")


@clause("SUB-007")
@pytest.mark.parametrize(
    "status", ["frozen", "under_review_after_a_dispute"], ids=["a short one", "a long one"]
)
def test_a_status_of_the_future_is_passed_on_and_gives_no_access(
    api: Api, stripe: Stripe, user: User, status: str
) -> None:
    """The answer stays 200, and the user can come back from it."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, access=True)

    stripe.change(subscription, status=status)
    stripe.deliver(user)
    api.subscription_becomes(user, status=status, access=False, effective_plan="free")

    stripe.change(subscription, status="active")
    stripe.deliver(user)
    shown = api.subscription_becomes(user, status="active", access=True)
    expect_members(shown, plan="pro", effective_plan="pro")


LIKE_THOSE_THAT_GRANT = ("active_on_hold", "trialing_ended", "past_due_final", "inactive")
"""Statuses that nobody has heard of, and in which a known one stands."""


@clause("SUB-007")
def test_a_status_that_is_like_one_that_grants_gives_no_access(
    api: Api, stripe: Stripe, user: User
) -> None:
    """It is the whole word that grants."""
    subscription = stripe.subscribe(user, "pro")
    for status in (*LIKE_THOSE_THAT_GRANT, "past_due"):
        stripe.change(subscription, status=status)
        stripe.deliver(user)

        access = status not in LIKE_THOSE_THAT_GRANT
        plan = "pro" if access else "free"
        api.subscription_becomes(user, status=status, access=access, effective_plan=plan)
