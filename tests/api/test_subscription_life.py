"""A subscription's life as months go by: renewed, unpaid, recovered, bought again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from billproof.trials import check_that, clause

if TYPE_CHECKING:
    from billproof.sandbox.client import Subscription
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

DAY = 86_400
ENDS = (
    "2026-12-31T23:59:59",
    "2027-01-01T00:00:00",
    "2027-02-28T23:30:00",
    "2028-02-29T12:34:56",
    "2027-03-14T02:30:00",
    "2027-03-28T01:30:00",
    "2027-10-31T01:30:00",
    "2027-11-07T10:30:00",
    "2027-05-31T00:00:01",
    "2038-01-19T03:14:08",
)
"""Ends of months and years, a leap day, hours that clocks skip or repeat, and 32 bits' last one."""


@clause("SUB-022")
def test_the_periods_end_is_copied(api: Api, stripe: Stripe, user: User) -> None:
    """Whenever it began: no length of a month, no midnight and no zone is computed."""
    subscription = stripe.subscribe(user, "pro")
    for number, text in enumerate(ENDS):
        end = int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
        start = end - (27 + number) * DAY
        status = ("active", "past_due")[number % 2]
        stripe.change(
            subscription, current_period_start=start, current_period_end=end, status=status
        )
        stripe.deliver(user)

        api.subscription_becomes(user, status=status, access=True, current_period_end=end)

    # What is over has the end that its last period had.
    stripe.change(subscription, current_period_end=end + DAY, status="canceled")
    stripe.deliver(user)
    api.subscription_becomes(user, status="canceled", access=False, current_period_end=end + DAY)


@clause("SUB-023")
def test_a_renewal_shows_the_next_period(api: Api, stripe: Stripe, user: User) -> None:
    """Twice, as Stripe's own clock makes it, and without a word of a user's."""
    subscription = stripe.subscribe(user, "basic")
    api.subscription_becomes(user, plan="basic", status="active")
    end = subscription.current_period_end
    for days in (33, 64):
        stripe.sandbox.run_ahead(subscription.customer, days * DAY)
        renewed = stripe.sandbox.subscription(subscription.id).current_period_end
        check_that("the period at Stripe", renewed > end, expected="a later one", got=renewed)
        end = renewed

        stripe.deliver(user)

        api.subscription_becomes(
            user, plan="basic", status="active", access=True, current_period_end=end
        )


@clause("SUB-023")
def test_a_renewal_that_is_not_paid_shows_the_next_period_too(
    api: Api, stripe: Stripe, user: User
) -> None:
    """Stripe's period goes on while the card is declined, and so does access."""
    subscription = stripe.subscribe(user, "basic")
    api.subscription_becomes(user, plan="basic", status="active")
    stripe.fall_behind(subscription)
    owed = stripe.sandbox.subscription(subscription.id)
    end = owed.items.data[0].current_period_end
    renewed = owed.status == "past_due" and end > subscription.current_period_end
    got = f"{owed.status}, until {end}"
    check_that("the renewal at Stripe", renewed, expected="past_due, a later period", got=got)

    stripe.deliver(user)

    api.subscription_becomes(
        user, plan="basic", status="past_due", access=True, current_period_end=end
    )


@clause("SUB-023")
def test_behind_a_trial_comes_a_period(api: Api, stripe: Stripe, user: User) -> None:
    """Stripe goes on to say when the trial ended; what is paid for ends a month later."""
    subscription = stripe.subscribe(user, "team")
    api.subscription_becomes(user, plan="team", status="trialing")
    stripe.sandbox.run_ahead(subscription.customer, 16 * DAY)
    paid = stripe.sandbox.subscription(subscription.id)
    end, over = paid.items.data[0].current_period_end, int(paid.trial_end or 0)
    check_that("the period at Stripe", 0 < over < end, expected=f"later than {over}", got=end)

    stripe.deliver(user)

    api.subscription_becomes(
        user, plan="team", status="active", access=True, current_period_end=end
    )


@clause("SUB-024")
@pytest.mark.parametrize("status", ["incomplete", "past_due", "unpaid", "paused"])
def test_who_pays_in_the_end_has_access(api: Api, stripe: Stripe, user: User, status: str) -> None:
    """None of these is final, also where a newer one has come and gone meanwhile."""
    subscription = stripe.subscribe(user, "pro")
    end = subscription.current_period_end + 31 * DAY
    check_it_comes_back(api, stripe, user, subscription, status=status, end=end)

    newer = stripe.sandbox.subscribe(subscription.customer, "price_billproof_basic")
    stripe.sandbox.cancel_subscription(newer.id)

    check_it_comes_back(api, stripe, user, subscription, status=status, end=end + 31 * DAY)


def check_it_comes_back(
    api: Api, stripe: Stripe, user: User, subscription: Subscription, *, status: str, end: int
) -> None:
    """Out of this status, active gives access, with the period that was paid for."""
    stripe.change(subscription, status=status)
    stripe.deliver(user)
    api.subscription_becomes(user, plan="pro", status=status)

    stripe.change(subscription, status="active", current_period_end=end)
    stripe.deliver(user)

    api.subscription_becomes(
        user, status="active", access=True, effective_plan="pro", current_period_end=end
    )


@clause("SUB-025")
@pytest.mark.parametrize("plan", ["basic", "pro"], ids=["a lower plan", "the same plan"])
def test_who_subscribes_again_has_the_new_one(
    api: Api, stripe: Stripe, user: User, plan: str
) -> None:
    """Nothing of the one that was canceled is left."""
    former = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro", access=True)
    stripe.change(former, current_period_end=former.current_period_end + 300 * DAY)
    stripe.sandbox.cancel_subscription(former.id)
    stripe.deliver(user)
    api.subscription_becomes(user, plan="pro", status="canceled", access=False)

    current = stripe.subscribe(user, plan)

    api.subscription_becomes(
        user,
        plan=plan,
        effective_plan=plan,
        status="active",
        access=True,
        cancels=False,
        ends_at=None,
        current_period_end=current.current_period_end,
    )


@clause("SUB-025")
def test_who_is_given_another_trial_has_it(api: Api, stripe: Stripe, user: User) -> None:
    """Checkout gives one; whoever sells may give a second by hand, and it is a trial like any."""
    former = stripe.subscribe(user, "team")
    api.subscription_becomes(user, plan="team", status="trialing", access=True)
    stripe.sandbox.cancel_subscription(former.id)
    stripe.deliver(user)
    api.subscription_becomes(user, plan="team", status="canceled", access=False)

    current = stripe.sandbox.subscribe(former.customer, "price_billproof_pro", trial_period_days=9)
    stripe.deliver(user)

    api.subscription_becomes(
        user,
        plan="pro",
        effective_plan="pro",
        status="trialing",
        access=True,
        cancels=False,
        ends_at=None,
        current_period_end=current.current_period_end,
    )
