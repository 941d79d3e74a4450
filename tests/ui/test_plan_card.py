"""The plan card: what each status shows and offers, in money and dates that are right."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from billproof.law import load_law
from billproof.trials import clause
from fixtures.asking import settle_after
from fixtures.pages import has_badge, see, see_no, see_state
from fixtures.returning import look_away
from fixtures.words import BILLING, Part, badge, part, state, states

if TYPE_CHECKING:
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User
    from fixtures.visits import Visit

pytestmark = pytest.mark.usefixtures("whole_backend")

DAY = 86_400
NOW = int(time.time())
UNCHANGED: dict[str, object] = {
    "cancel_at_period_end": False,
    "cancel_at": None,
    "pause_collection": None,
}
CHANGES: dict[str | None, dict[str, object]] = {
    None: UNCHANGED,
    "cancels at period end": UNCHANGED | {"cancel_at_period_end": True},
    "cancels at an instant": UNCHANGED | {"cancel_at": NOW + 10 * DAY},
    "scheduled end has passed": UNCHANGED | {"cancel_at": NOW - 3_600},
    "collection paused": UNCHANGED | {"pause_collection": {"behavior": "void"}},
}
"""Stripe's truth for each of the table's circumstances that has a state."""
ABOVE_FREE = ("Basic", "Pro", "Team")
OVER = {row.status for row in load_law().tables.access.statuses if row.over}
# What is over stays so in life: those come last.
STATES = sorted(
    (one for one in states(BILLING) if one.status not in {None, "none"}),
    key=lambda one: one.status in OVER,
)


@clause("APP-003")
def test_whoever_has_a_lesser_plan_is_offered_no_second_one(
    visit: Visit, stripe: Stripe, user: User
) -> None:
    """He changes it in the portal, though there are plans above his."""
    stripe.subscribe_and_see(user, "basic")

    page = visit(user)

    see(page, Part("heading", name="Basic"))
    see(page, part("manage"))
    see_no(page, Part("button", name="Upgrade"))


@clause("APP-003")
def test_each_status_shows_its_badge_and_offers_its_actions(
    visit: Visit, api: Api, stripe: Stripe, user: User
) -> None:
    """All of Stripe's statuses and one that it has not yet, one after the other.

    A badge says the status, and nothing of an end to come. A page that is still open when a plan
    is bought anew may stay as it was, or shows and hides what is of the new status.
    """
    subscription = stripe.subscribe_and_see(user, "pro")
    for early in ("trialing", "past_due", "unpaid"):
        stripe.change(subscription, status=early, cancel_at_period_end=True)
        stripe.deliver(user)
        api.subscription_becomes(user, status=early, cancels=True)
        see(visit(user), badge(early))
    for one in STATES:
        status = "frozen" if one.status == "other" else one.status
        change = CHANGES[one.circumstance]
        stripe.change(subscription, status=status, **change)
        stripe.deliver(user)
        api.settle()
        schedules = change["cancel_at"] is not None or change["cancel_at_period_end"]
        api.subscription_becomes(user, status=status, cancels=schedules)

        page = visit(user)
        see_state(page, one)
        # Above it means above what is left, which is the free plan.
        for plan in ABOVE_FREE if one.status in OVER else ():
            see(page, part("upgrade", plan=plan))
        see_no(page, Part("button", name="Upgrade to Free"))

    stripe.subscribe_and_see(user, "pro")
    settle_after(page, lambda: look_away(page))
    if has_badge(page, "active"):
        see_state(page, state(BILLING, "a subscription with access"))
