"""Which of several subscriptions counts."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from billproof.errors import CannotTest
from billproof.trials import clause
from billproof.trials.pace import pause

if TYPE_CHECKING:
    from billproof.sandbox.client import Subscription
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

BASIC, PRO = "price_billproof_basic", "price_billproof_pro"
AHEAD_SECONDS, TOLERANCE_SECONDS = 3, 2


MOST_IDS = 20
"""Among so many, two stand in either order; beside the first alone, not in one run of fifty."""


def clear_pair(stripe: Stripe, user: User, *, greater: bool) -> tuple[Subscription, Subscription]:
    """Two of one plan, told of one after the other: the id of the newer is greater, or less.

    It is so with and without letter case: databases differ in what comes first of `B` and `a`.
    What else was made on the way is cancelled, and that is told too.
    """
    made = [stripe.subscribe(user, "pro")]
    for _ in range(MOST_IDS):
        another = stripe.sandbox.subscribe(made[0].customer, PRO)
        stripe.deliver(user)
        for one in made:
            if (one.id < another.id, one.id.lower() < another.id.lower()) == (greater, greater):
                cancel_all_but(stripe, user, one, made)
                return one, another
        made.append(another)
    raise CannotTest("no-clear-ids", "Ids that compare clearly did not come.", "Run it again.")


def cancel_all_but(stripe: Stripe, user: User, one: Subscription, made: list[Subscription]) -> None:
    """End what is not needed, and tell of it."""
    for further in made:
        if further is not one:
            stripe.sandbox.cancel_subscription(further.id)
    stripe.deliver(user)


def deliver_of(stripe: Stripe, user: User, subscription_id: str) -> None:
    """Deliver the newest event of this subscription."""
    updates = stripe.events(user, "customer.subscription.updated")
    event = [one for one in updates if subscription_id in one.body][-1]
    stripe.deliver_event(event).expect_success()


@clause("SUB-014")
def test_access_comes_before_rank(api: Api, stripe: Stripe, user: User) -> None:
    """A plan of lower rank that grants counts before a higher one that does not."""
    high = stripe.subscribe(user, "pro")
    stripe.sandbox.subscribe(high.customer, BASIC)
    stripe.deliver(user)
    api.subscription_becomes(user, plan="pro", access=True)

    stripe.change(high, status="unpaid")
    stripe.deliver(user)

    api.subscription_becomes(
        user, plan="basic", effective_plan="basic", status="active", access=True
    )


@clause("SUB-014")
def test_a_higher_plan_that_gives_no_access_gives_way(api: Api, stripe: Stripe, user: User) -> None:
    """Its status grants; its collection is paused, or its scheduled end comes by the clock."""
    high = stripe.subscribe(user, "pro")
    low = stripe.sandbox.subscribe(high.customer, BASIC)
    end_of_low = low.items.data[0].current_period_end
    stripe.change(high, pause_collection={"behavior": "void"})
    stripe.deliver(user)
    api.subscription_becomes(user, plan="basic", access=True, current_period_end=end_of_low)

    end = int(time.time()) + AHEAD_SECONDS
    stripe.change(high, pause_collection=None, cancel_at=end)
    stripe.deliver(user)

    pause(max(0, end + TOLERANCE_SECONDS - time.time()))
    api.subscription_becomes(user, plan="basic", effective_plan="basic", access=True, cancels=False)


@clause("SUB-014")
def test_rank_comes_before_the_later_end(api: Api, stripe: Stripe, user: User) -> None:
    """Of two that grant, the higher plan counts, in whichever order they were bought."""
    low = stripe.subscribe(user, "basic")
    api.subscription_becomes(user, plan="basic")
    high = stripe.sandbox.subscribe(low.customer, PRO)
    later = high.items.data[0].current_period_end + 40 * 86_400
    stripe.change(low, current_period_end=later)
    stripe.deliver(user)

    end = high.items.data[0].current_period_end
    for status in ("active", "trialing", "past_due"):
        stripe.change(high, status=status)
        stripe.deliver(user)
        api.subscription_becomes(
            user, plan="pro", status=status, access=True, current_period_end=end
        )

    # Its renewal is not told yet, and an elapsed period changes nothing while the status grants.
    elapsed = int(time.time()) - 3_600
    stripe.change(high, status="active", current_period_end=elapsed)
    stripe.deliver(user)
    api.subscription_becomes(user, plan="pro", access=True, current_period_end=elapsed)


@clause("SUB-014")
def test_of_the_same_plan_the_later_end_counts(api: Api, stripe: Stripe, user: User) -> None:
    """Whichever of the two was bought first, and though it is but a second later."""
    first = stripe.subscribe(user, "pro")
    second = stripe.sandbox.subscribe(first.customer, PRO)
    later = first.items.data[0].current_period_end + 9 * 86_400
    stripe.change(first, current_period_end=later)
    stripe.change(second, current_period_end=later - 1)
    stripe.deliver(user)
    api.subscription_becomes(user, plan="pro", access=True, current_period_end=later)

    stripe.change(second, current_period_end=later + 1)
    stripe.deliver(user)

    api.subscription_becomes(user, plan="pro", access=True, current_period_end=later + 1)


@clause("SUB-014")
def test_a_scheduled_end_is_the_end_that_counts(api: Api, stripe: Stripe, user: User) -> None:
    """Of two of one plan the one that goes on counts, though the other's period is longer."""
    ending = stripe.subscribe(user, "pro")
    lasting = stripe.sandbox.subscribe(ending.customer, PRO)
    end = ending.items.data[0].current_period_end
    stripe.change(ending, current_period_end=end + 40 * 86_400)
    stripe.change(lasting, current_period_end=end + 9 * 86_400)
    stripe.deliver(user)
    api.subscription_becomes(user, plan="pro", current_period_end=end + 40 * 86_400)

    stripe.sandbox.update_subscription(ending.id, cancel_at=end + 86_400)
    stripe.deliver(user)

    api.subscription_becomes(
        user, plan="pro", access=True, cancels=False, current_period_end=end + 9 * 86_400
    )


@clause("SUB-014")
def test_an_end_that_is_later_than_a_period_counts(api: Api, stripe: Stripe, user: User) -> None:
    """Of two of one plan the one that goes on gives way, for its period ends before the other."""
    lasting = stripe.subscribe(user, "pro")
    ending = stripe.sandbox.subscribe(lasting.customer, PRO)
    later = lasting.items.data[0].current_period_end + 40 * 86_400
    stripe.sandbox.update_subscription(ending.id, cancel_at=later)
    stripe.deliver(user)

    api.subscription_becomes(user, plan="pro", access=True, cancels=True, ends_at=later)


@clause("SUB-014")
def test_a_higher_plan_counts_until_it_ends(api: Api, stripe: Stripe, user: User) -> None:
    """It was cancelled, and a lower one goes on: rank comes before that, too."""
    high = stripe.subscribe(user, "pro")
    stripe.sandbox.subscribe(high.customer, BASIC)
    stripe.sandbox.update_subscription(high.id, cancel_at_period_end=True)
    stripe.deliver(user)

    end = high.items.data[0].current_period_end
    api.subscription_becomes(
        user, plan="pro", effective_plan="pro", access=True, cancels=True, ends_at=end
    )


@clause("SUB-014")
@pytest.mark.parametrize("newer", ["greater", "less"])
def test_of_equal_ones_the_greater_id_counts(
    api: Api, stripe: Stripe, user: User, newer: str
) -> None:
    """Two of one plan with one end: not the first, nor the one that was changed last."""
    first, second = clear_pair(stripe, user, greater=newer == "greater")
    lesser, greater = sorted([first, second], key=lambda one: one.id)
    end = first.items.data[0].current_period_end + 9 * 86_400
    stripe.change(greater, current_period_end=end)
    stripe.change(lesser, current_period_end=end, status="past_due")
    deliver_of(stripe, user, first.id)
    deliver_of(stripe, user, greater.id if lesser.id == first.id else lesser.id)
    api.subscription_becomes(user, plan="pro", status="active", current_period_end=end)

    stripe.change(greater, status="past_due")
    stripe.change(lesser, status="active")
    deliver_of(stripe, user, lesser.id)
    deliver_of(stripe, user, greater.id)

    api.subscription_becomes(user, plan="pro", status="past_due", current_period_end=end)


@clause("SUB-014")
def test_cancelling_one_of_two_leaves_the_other(api: Api, stripe: Stripe, user: User) -> None:
    """The end of an extra subscription takes nothing away."""
    first = stripe.subscribe(user, "basic")
    second = stripe.sandbox.subscribe(first.customer, PRO)
    stripe.deliver(user)
    api.subscription_becomes(user, plan="pro", access=True)

    stripe.sandbox.cancel_subscription(second.id)
    stripe.deliver(user)

    api.subscription_becomes(
        user, plan="basic", effective_plan="basic", status="active", access=True
    )


MANY = 201
"""More than two pages of Stripe's longest list."""


@clause("SUB-030")
def test_one_of_very_many_subscriptions_counts(api: Api, stripe: Stripe, user: User) -> None:
    """Also the oldest, with the newest alive or not; each change is seen before the next."""
    oldest = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro", status="active")
    first, *_, newest = stripe.begin(oldest.customer, BASIC, MANY)

    for one, becomes, plan, status in (
        (oldest.id, "unpaid", "pro", "unpaid"),
        (first, "trialing", "basic", "trialing"),
        (first, "unpaid", "pro", "unpaid"),
        (newest, "active", "basic", "active"),
        (oldest.id, "past_due", "pro", "past_due"),
    ):
        stripe.change(stripe.sandbox.subscription(one), status=becomes)
        stripe.deliver_event(stripe.undelivered(user)[-1]).expect_success()
        has = status != "unpaid"
        shown = {"plan": plan, "effective_plan": plan if has else "free"}
        api.subscription_becomes(user, status=status, access=has, **shown)


@clause("SUB-014")
def test_without_access_what_is_over_counts_as_much_as_what_is_not(
    api: Api, stripe: Stripe, user: User
) -> None:
    """The higher rank has ended, and the lower one waits to be paid."""
    high = stripe.subscribe(user, "pro")
    low = stripe.sandbox.subscribe(high.customer, BASIC)
    stripe.change(low, status="unpaid")
    stripe.change(high, status="canceled")
    stripe.deliver(user)

    api.subscription_becomes(user, plan="pro", status="canceled", access=False, cancels=False)


@clause("SUB-014")
def test_of_two_without_access_the_higher_and_then_the_later_counts(
    api: Api, stripe: Stripe, user: User
) -> None:
    """What is over is told apart as what goes on is: by rank, then by when it ended."""
    low = stripe.subscribe(user, "basic")
    high = stripe.sandbox.subscribe(low.customer, PRO)
    higher = stripe.sandbox.subscribe(low.customer, PRO)
    end = high.items.data[0].current_period_end
    over = low.items.data[0].current_period_start
    stripe.change(low, status="canceled", ended_at=over + 30, current_period_end=end + 90)
    stripe.change(high, status="canceled", ended_at=over + 20, current_period_end=end + 10)
    stripe.change(higher, status="canceled", ended_at=over + 10, current_period_end=end + 50)
    stripe.deliver(user)

    api.subscription_becomes(user, plan="pro", access=False, ends_at=over + 20)
