"""What a user has: none at first, then what was paid for, and nobody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billproof.trials import clause
from billproof.trials.shape import expect_shape
from fixtures.api import expect_members

if TYPE_CHECKING:
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

NOTHING = {
    "plan": "free",
    "effective_plan": "free",
    "status": "none",
    "access": False,
    "current_period_end": None,
    "ends_at": None,
    "cancels": False,
}


@clause("SUB-001")
def test_who_has_bought_nothing_has_the_free_plan(api: Api, user: User) -> None:
    """A stranger is answered 200 with the free plan, and again the second time."""
    first = api.subscription(user).expect(200)
    again = api.subscription(user).expect(200)

    expect_shape(first, "getSubscription")
    expect_members(first, **NOTHING)
    expect_members(again, **NOTHING)


@clause("SUB-001")
def test_an_unpaid_checkout_is_no_subscription(api: Api, stripe: Stripe, user: User) -> None:
    """Whoever has opened the checkout page and not paid has the free plan."""
    api.checkout(user, "pro").expect(201)
    stripe.deliver(user)
    api.settle()

    expect_members(api.subscription(user).expect(200), **NOTHING)


@clause("SUB-002")
@pytest.mark.parametrize("plan", ["basic", "pro"])
def test_a_paid_plan_is_active_until_its_period_ends(
    api: Api, stripe: Stripe, user: User, plan: str
) -> None:
    """Plan, status, access and period end are those that Stripe has."""
    subscription = stripe.subscribe(user, plan)

    shown = api.subscription_becomes(
        user,
        plan=plan,
        effective_plan=plan,
        status="active",
        access=True,
        ends_at=None,
        cancels=False,
        current_period_end=subscription.items.data[0].current_period_end,
    )
    expect_shape(shown, "getSubscription")


@clause("SUB-015")
def test_instants_name_stripes_seconds_in_utc(api: Api, stripe: Stripe, user: User) -> None:
    """Both instants differ here, and each is the same second as at Stripe."""
    subscription = stripe.subscribe(user, "pro")
    period_end = subscription.items.data[0].current_period_end
    changed = stripe.change(subscription, cancel_at=period_end - 86_399)
    stripe.deliver(user)

    api.subscription_becomes(
        user, cancels=True, current_period_end=period_end, ends_at=changed.cancel_at
    )


@clause("SUB-016")
def test_what_one_user_buys_another_does_not_see(
    api: Api, stripe: Stripe, user: User, other: User
) -> None:
    """Two users with different plans, and a third who has none, see their own."""
    stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro", access=True)
    expect_members(api.subscription(other).expect(200), **NOTHING)

    stripe.subscribe(other, "basic")

    api.subscription_becomes(other, plan="basic", access=True)
    expect_members(api.subscription(user).expect(200), plan="pro", access=True)


LOOKS = 3
"""How often two look by turns: once at least it is within one second."""


@clause("SUB-016")
def test_who_is_alike_has_dates_of_his_own(
    api: Api, stripe: Stripe, user: User, other: User
) -> None:
    """Two of one plan and status, of whom one has cancelled, look one right after the other."""
    mine, theirs = stripe.subscribe(user, "pro"), stripe.subscribe(other, "pro")
    end, later = mine.current_period_end, mine.current_period_end + 9 * 86_400
    api.subscription_becomes(user, plan="pro", access=True, current_period_end=end)

    stripe.change(theirs, current_period_end=later, cancel_at=later - 7)
    stripe.deliver(other)

    api.subscription_becomes(other, cancels=True, ends_at=later - 7, current_period_end=later)
    for _ in range(LOOKS):
        api.subscription(other).expect(200)
        mine_again = api.subscription(user).expect(200)
        expect_members(mine_again, current_period_end=end, ends_at=None, cancels=False)
