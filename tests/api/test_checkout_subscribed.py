"""Who may buy: whoever has no living subscription."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from billproof.trials import check, check_that, clause
from fixtures.stripe import check_one_open_session

if TYPE_CHECKING:
    from billproof.sandbox.client import Subscription
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

BASIC, PRO, TEAM = (f"price_billproof_{plan}" for plan in ("basic", "pro", "team"))
DAY_SECONDS = 86_400
TRIAL_DAYS = 14
CIRCUMSTANCES: dict[str, dict[str, Any]] = {
    "its collection is paused": {"pause_collection": {"behavior": "void"}},
    "it cancels at its period's end": {"cancel_at_period_end": True},
    "it cancels at an instant": {"cancel_at": int(time.time()) + DAY_SECONDS},
}
"""Of a subscription whose status stays active."""


@clause("CHK-009")
@pytest.mark.parametrize("status", ["trialing", "active", "past_due", "unpaid", "paused"])
@pytest.mark.parametrize("plan", ["pro", "basic"], ids=["same plan", "other plan"])
def test_who_has_a_living_subscription_buys_no_second(
    api: Api, stripe: Stripe, user: User, status: str, plan: str
) -> None:
    """The portal is the place to change or mend it."""
    subscription = stripe.subscribe(user, "pro")
    stripe.change(subscription, status=status)
    stripe.deliver(user)
    api.subscription_becomes(user, status=status)

    api.checkout(user, plan).expect_problem(409, "already-subscribed")

    check("open sessions of the user", stripe.sessions(user, "open"), [])


@clause("CHK-009")
@pytest.mark.parametrize("truth", CIRCUMSTANCES.values(), ids=CIRCUMSTANCES)
def test_what_is_scheduled_or_rests_lives(
    api: Api, stripe: Stripe, user: User, truth: dict[str, Any]
) -> None:
    """Its collection is paused, or its end is ahead: there is one, and no second is sold.

    It began without a checkout, so that no session of the user's tells of it.
    """
    subscription = stripe.subscribe_by_hand(user)
    stripe.sandbox.update_subscription(subscription.id, **truth)
    stripe.deliver(user)
    api.subscription_becomes(
        user, plan="pro", status="active", cancels="pause_collection" not in truth
    )

    api.checkout(user, "basic").expect_problem(409, "already-subscribed")

    check("open sessions of the user", stripe.sessions(user, "open"), [])


@clause("CHK-009")
def test_what_should_have_ended_lives_until_stripe_ends_it(
    api: Api, stripe: Stripe, user: User
) -> None:
    """Its scheduled end has passed and its status is as it was: it may still be charged."""
    subscription = stripe.subscribe_by_hand(user)
    stripe.change(subscription, status="past_due", cancel_at=int(time.time()) - 60)
    stripe.deliver(user)
    api.subscription_becomes(user, plan="pro", status="past_due", access=False)

    api.checkout(user, "basic").expect_problem(409, "already-subscribed")

    check("open sessions of the user", stripe.sessions(user, "open"), [])


@clause("CHK-009")
@pytest.mark.parametrize("unpaid", ["newer", "older"])
def test_a_further_one_that_is_unpaid_hides_none(
    api: Api, stripe: Stripe, user: User, unpaid: str
) -> None:
    """Of two, one lives and the other's first payment is under way: no second is sold."""
    owner = {"telegram_user_id": str(user.id)}
    customer = stripe.sandbox.create_customer(metadata=owner)
    older, newer = [
        stripe.sandbox.subscribe(customer.id, price, metadata=owner) for price in (BASIC, PRO)
    ]
    stripe.change(newer if unpaid == "newer" else older, status="incomplete")
    stripe.deliver(user)
    plan = "basic" if unpaid == "newer" else "pro"
    api.subscription_becomes(user, plan=plan, status="active", access=True)

    for wanted in ("basic", "pro", "team"):
        api.checkout(user, wanted).expect_problem(409, "already-subscribed")

    check("open sessions of the user", stripe.sessions(user, "open"), [])


@clause("CHK-009")
def test_who_was_named_a_subscriber_by_stripe_buys_no_second(
    api: Api, stripe: Stripe, user: User
) -> None:
    """His customer was made elsewhere and names him; he has never gone through checkout."""
    stripe.subscribe_by_hand(user)
    stripe.deliver(user)
    api.subscription_becomes(user, plan="pro", status="active")

    api.checkout(user, "basic").expect_problem(409, "already-subscribed")

    check("open sessions of the user", stripe.sessions(user, "open"), [])


@clause("CHK-009")
@pytest.mark.parametrize("status", ["active", "trialing", "past_due", "unpaid", "paused"])
def test_who_is_shown_as_a_subscriber_buys_no_second(
    api: Api, stripe: Stripe, user: User, status: str
) -> None:
    """By another customer of his, made by hand at Stripe; whoever leaves that alone may sell."""
    api.checkout(user, "basic").expect(201)
    subscription = stripe.subscribe_by_hand(user)
    stripe.change(subscription, status=status)
    stripe.deliver(user)
    api.settle()

    shown = api.subscription(user).expect(200)["status"]
    answer = api.checkout(user, "basic")

    if shown == status:
        answer.expect_problem(409, "already-subscribed")


@clause("CHK-010")
@pytest.mark.parametrize("plan", ["pro", "basic"], ids=["same plan", "other plan"])
def test_who_has_just_paid_buys_no_second(api: Api, stripe: Stripe, user: User, plan: str) -> None:
    """Between payment and Stripe's events a click makes no new session."""
    stripe.pay(api.checkout(user, "pro").expect(201))

    refused = api.checkout(user, plan)

    refused.expect_problem(409, "payment-pending", "already-subscribed")
    check("sessions of the user", len(stripe.sessions(user)), 1)


@clause("CHK-011")
@pytest.mark.parametrize("plan", ["pro", "basic"], ids=["same plan", "other plan"])
def test_who_has_cancelled_may_come_back(api: Api, stripe: Stripe, user: User, plan: str) -> None:
    """A new session for the same customer, and what it buys counts."""
    first = stripe.subscribe(user, "pro")
    stripe.sandbox.cancel_subscription(first.id)
    stripe.deliver(user)
    api.subscription_becomes(user, status="canceled")

    answer = api.checkout(user, plan).expect(201)

    session = check_one_open_session(stripe, user)
    check("customer of the new session", session.customer, first.customer)
    stripe.pay(answer)
    stripe.deliver(user)
    api.subscription_becomes(user, status="active", plan=plan, effective_plan=plan, access=True)


@clause("CHK-011")
def test_who_subscribed_and_left_elsewhere_stays_who_he_is(
    api: Api, stripe: Stripe, user: User
) -> None:
    """It was made by hand, and had ended before anything of it was told."""
    former = stripe.subscribe_by_hand(user)
    stripe.sandbox.cancel_subscription(former.id)
    stripe.deliver(user)
    api.subscription_becomes(user, plan="pro", status="canceled")

    api.checkout(user, "pro").expect(201)

    session = check_one_open_session(stripe, user)
    check("customer of the new session", session.customer, former.customer)


@clause("CHK-011")
def test_who_has_never_finished_paying_may_try_again(api: Api, stripe: Stripe, user: User) -> None:
    """incomplete_expired is as good as none."""
    subscription = stripe.subscribe(user, "pro")
    stripe.change(subscription, status="incomplete_expired")
    stripe.deliver(user)
    api.subscription_becomes(user, status="incomplete_expired", access=False)

    api.checkout(user, "pro").expect(201)

    session = check_one_open_session(stripe, user)
    check("customer of the new session", session.customer, subscription.customer)


def check_spent(api: Api, stripe: Stripe, user: User, first: Subscription) -> None:
    """It ends, and the next one is paid for from its first day."""
    stripe.sandbox.cancel_subscription(first.id)
    stripe.deliver(user)
    api.subscription_becomes(user, status="canceled")

    second = stripe.subscribe(user, "team")

    check("status of the second subscription", second.status, "active")
    check("trial_start of the second subscription", second.trial_start, None)


@clause("CHK-017")
def test_a_trial_is_given_once(api: Api, stripe: Stripe, user: User) -> None:
    """The first time for the catalogue's days; after it was canceled, no more."""
    first = stripe.subscribe(user, "team")
    check("status of the first subscription", first.status, "trialing")
    days = (int(first.trial_end or 0) - int(first.trial_start or 0)) / DAY_SECONDS
    check_that(
        "days of the trial",
        abs(days - TRIAL_DAYS) < 1,
        expected=f"{TRIAL_DAYS}",
        got=f"{days:.1f}",
    )
    check_spent(api, stripe, user, first)


@clause("CHK-017")
@pytest.mark.parametrize("days", [6, 1_200], ids=["days ago", "years ago"])
def test_a_trial_that_went_to_its_end_is_spent(
    api: Api, stripe: Stripe, user: User, days: int
) -> None:
    """It has been over since then, was paid for ever after, and then came the end."""
    first = stripe.subscribe(user, "team")
    over = int(time.time()) - days * DAY_SECONDS
    was = {"trial_start": over - TRIAL_DAYS * DAY_SECONDS, "trial_end": over}
    stripe.change(first, status="active", **was)
    stripe.deliver(user)
    api.subscription_becomes(user, plan="team", status="active")
    check_spent(api, stripe, user, first)


@clause("CHK-017")
def test_a_trial_by_hand_is_spent(api: Api, stripe: Stripe, user: User) -> None:
    """Its customer was made at Stripe and names the user, who has never gone through checkout."""
    owner = {"telegram_user_id": str(user.id)}
    customer = stripe.sandbox.create_customer(metadata=owner)
    terms = {"metadata": owner, "trial_period_days": TRIAL_DAYS}
    first = stripe.sandbox.subscribe(customer.id, TEAM, **terms)
    stripe.deliver(user)
    api.subscription_becomes(user, plan="team", status="trialing")
    check_spent(api, stripe, user, first)


@clause("CHK-017")
def test_an_unpaid_session_spends_no_trial(api: Api, stripe: Stripe, user: User) -> None:
    """Looking at the checkout page costs nothing, however often."""
    for plan in ("team", "pro", "basic", "team"):
        looked = api.checkout(user, plan).expect(201)
    stripe.sandbox.expire_session(looked["session_id"])
    stripe.deliver(user)
    api.settle()

    subscription = stripe.subscribe(user, "team")

    check("status of the subscription", subscription.status, "trialing")


@clause("CHK-017")
def test_a_plan_without_a_trial_gives_none(api: Api, stripe: Stripe, user: User) -> None:
    """Neither by itself nor because another plan has one."""
    api.checkout(user, "team").expect(201)

    subscription = stripe.subscribe(user, "pro")

    check("status of the subscription", subscription.status, "active")
    check("trial_start of the subscription", subscription.trial_start, None)


@clause("CHK-017")
@pytest.mark.parametrize("status", ["canceled", "incomplete_expired"])
def test_a_plan_before_without_a_trial_spends_none(
    api: Api, stripe: Stripe, user: User, status: str
) -> None:
    """Only a subscription that began with a trial has spent it, paid for or not."""
    first = stripe.subscribe(user, "basic")
    stripe.change(first, status=status)
    stripe.deliver(user)
    api.subscription_becomes(user, status=status)

    second = stripe.subscribe(user, "team")

    check("status of the second subscription", second.status, "trialing")
