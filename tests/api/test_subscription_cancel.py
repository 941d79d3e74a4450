"""Scheduled ends, together with what else may be true of a subscription."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from billproof.trials import check, clause

if TYPE_CHECKING:
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

DAY = 86_400


@clause("SUB-017")
@pytest.mark.parametrize("days", [-3, 40], ids=["before the period's end", "after it"])
def test_the_stated_instant_comes_before_the_periods_end(
    api: Api, stripe: Stripe, user: User, days: int
) -> None:
    """With both set; with the instant gone, the period's end counts again."""
    subscription = stripe.subscribe(user, "pro")
    end = subscription.current_period_end
    instant = end + days * DAY + 7
    stripe.change(subscription, cancel_at=instant, cancel_at_period_end=True)
    stripe.deliver(user)

    api.subscription_becomes(
        user, cancels=True, access=True, ends_at=instant, current_period_end=end
    )

    stripe.change(subscription, cancel_at=None, cancel_at_period_end=True)
    stripe.deliver(user)
    api.subscription_becomes(user, cancels=True, access=True, ends_at=end)


@clause("SUB-018")
@pytest.mark.parametrize("planned", ["at period end", "at an instant"])
@pytest.mark.parametrize("plan", ["pro", "team"], ids=["paid for", "a trial"])
def test_what_ended_early_ended_then(
    api: Api, stripe: Stripe, user: User, plan: str, planned: str
) -> None:
    """A scheduled end that was overtaken is no end, and nothing is scheduled any more."""
    subscription = stripe.subscribe(user, plan)
    if planned == "at period end":
        stripe.change(subscription, cancel_at_period_end=True)
    else:
        stripe.change(subscription, cancel_at=subscription.current_period_end - 3 * DAY)
    stripe.deliver(user)
    api.subscription_becomes(user, cancels=True, access=True)

    ended = stripe.sandbox.cancel_subscription(subscription.id)
    stripe.deliver(user)

    api.subscription_becomes(
        user, status="canceled", cancels=False, access=False, ends_at=ended.ended_at
    )


@clause("SUB-019")
@pytest.mark.parametrize("status", ["active", "trialing", "past_due"])
def test_an_end_that_has_passed_takes_access(
    api: Api, stripe: Stripe, user: User, status: str
) -> None:
    """Whatever grants otherwise, and though Stripe has not ended it yet; moved on, it is back.

    So it is where it was also to end with its period, which goes on.
    """
    subscription = stripe.subscribe(user, "pro")
    for flag in (False, True):
        passed = int(time.time()) - 60
        both = {"cancel_at_period_end": flag, "status": status}
        stripe.change(subscription, cancel_at=passed, **both)
        stripe.deliver(user)
        lost = {"plan": "pro", "effective_plan": "free", "access": False}
        api.subscription_becomes(user, status=status, cancels=True, ends_at=passed, **lost)

        ahead = int(time.time()) + 5 * DAY
        stripe.change(subscription, cancel_at=ahead, **both)
        stripe.deliver(user)
        given = {"effective_plan": "pro", "access": True}
        api.subscription_becomes(user, status=status, cancels=True, ends_at=ahead, **given)


PAUSED = {"pause_collection": {"behavior": "void"}}
LIFTED = {"pause_collection": None}


@clause("SUB-020")
@pytest.mark.parametrize("kind", ["at period end", "at an instant"])
def test_a_pause_and_a_cancellation_are_both_seen(
    api: Api, stripe: Stripe, user: User, kind: str
) -> None:
    """The pause takes access, the cancellation stays; each can be taken back alone."""
    subscription = stripe.subscribe(user, "pro")
    end = subscription.current_period_end
    ends: dict[str, Any] = {"cancel_at_period_end": True}
    goes_on: dict[str, Any] = {"cancel_at_period_end": False}
    if kind == "at an instant":
        end -= 3 * DAY
        ends, goes_on = {"cancel_at": end}, {"cancel_at": None}

    for change, access, ends_at in (
        (PAUSED | ends, False, end),
        (LIFTED, True, end),
        (PAUSED | goes_on, False, None),
        (ends, False, end),
        (goes_on, False, None),
        (LIFTED, True, None),
    ):
        stripe.change(subscription, **change)
        stripe.deliver(user)
        shown = {"status": "active", "effective_plan": "pro" if access else "free"}
        cancels = ends_at is not None
        api.subscription_becomes(user, access=access, cancels=cancels, ends_at=ends_at, **shown)


@clause("SUB-021")
def test_a_scheduled_end_outlives_other_changes(api: Api, stripe: Stripe, user: User) -> None:
    """It is shown until it is undone, whatever event comes last."""
    subscription = stripe.subscribe(user, "pro")
    end = subscription.current_period_end
    stripe.change(subscription, cancel_at_period_end=True)
    stripe.deliver(user)
    api.subscription_becomes(user, cancels=True, access=True)
    owner = {"telegram_user_id": str(user.id), "colour": "red"}
    for change in ({"description": "Seat 17"}, {"status": "past_due"}, {"metadata": owner}):
        stripe.change(subscription, **change)
        stripe.deliver(user)
        api.settle()
        api.subscription_becomes(user, cancels=True, access=True, ends_at=end)
    item = {"id": subscription.items.data[0].id, "price": "price_billproof_basic"}
    changed = stripe.sandbox.update_subscription(subscription.id, items=[item])
    check("cancel_at_period_end at Stripe", changed.cancel_at_period_end, True)
    end = changed.items.data[0].current_period_end
    stripe.deliver(user)
    api.subscription_becomes(user, plan="basic", cancels=True, access=True, ends_at=end)

    stripe.change(subscription, cancel_at_period_end=False)
    stripe.deliver(user)
    api.subscription_becomes(user, cancels=False, ends_at=None)
