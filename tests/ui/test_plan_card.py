"""The plan card: what each status shows and offers, in money and dates that are right."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest

from billproof.law import load_law
from billproof.trials import check, check_that, clause
from fixtures.pages import BILLING, Part, see, see_state, states

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User
    from fixtures.visits import Visit

pytestmark = pytest.mark.usefixtures("whole_backend")

DAY = 86_400
LINE_CHARACTERS = 80
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
ENDS = {"renews": "Renews on", "trial": "Free trial until", "scheduled": "Ends on"}
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
OVER = {row.status for row in load_law().tables.access.statuses if row.over}
# What is over stays so in life: those come last.
STATES = sorted(
    (one for one in states(BILLING) if one.status not in {None, "none"}),
    key=lambda one: one.status in OVER,
)


@clause("APP-003")
def test_each_status_shows_its_badge_and_offers_its_actions(
    visit: Visit, api: Api, stripe: Stripe, user: User
) -> None:
    """All of Stripe's statuses and one that it has not yet, one after the other."""
    subscription = stripe.subscribe(user, "pro")
    for one in STATES:
        status = "frozen" if one.status == "other" else one.status
        change = CHANGES[one.circumstance]
        stripe.change(subscription, status=status, **change)
        stripe.deliver(user)
        api.settle()
        schedules = change["cancel_at"] is not None or change["cancel_at_period_end"]
        api.subscription_becomes(user, status=status, cancels=schedules)

        see_state(visit(user), one)


@clause("APP-004")
def test_a_plan_costs_as_many_decimals_as_its_currency_has(visit: Visit, user: User) -> None:
    """Nineteen euros are 1900, and four thousand five hundred yen are 4500."""
    page = visit(user)

    see(page, Part("heading", name="Free"))
    for amount in (r"\b19\.00", r"\b9\.00", r"4,?500(?!\.)"):
        page.get_by_text(re.compile(amount)).first.wait_for()
    for wrong in (r"\b45\.00", r"4,?500\.00", "1,?900"):
        check(f"amounts like {wrong}", page.get_by_text(re.compile(wrong)).count(), 0)


@clause("APP-005")
@pytest.mark.parametrize(
    ("status", "truth", "says"),
    [
        ("active", {}, "renews"),
        ("trialing", {}, "trial"),
        ("active", {"cancel_at_period_end": True}, "scheduled"),
    ],
    ids=["renewal", "trial", "scheduled-end"],
)
def test_what_comes_next_is_said_with_its_day_in_utc(
    visit: Visit,
    api: Api,
    stripe: Stripe,
    user: User,
    status: str,
    truth: dict[str, bool],
    says: str,
) -> None:
    """At 23:30 UTC, which is the next day where this browser is, and the day before elsewhere."""
    end = (int(time.time()) // DAY + 20) * DAY - 1_800
    subscription = stripe.subscribe(user, "pro")
    trial = {"trial_end": end} if status == "trialing" else {}
    stripe.change(subscription, status=status, current_period_end=end, **trial, **truth)
    stripe.deliver(user)
    api.settle()
    api.subscription_becomes(user, status=status, cancels="cancel_at_period_end" in truth)

    page = visit(user)

    when = time.gmtime(end)
    page.get_by_text(ENDS[says]).first.wait_for()
    said = said_from(page, ENDS[says])
    is_day = any(re.search(form, said, re.IGNORECASE) for form in forms_of(when))
    check_that("the day", is_day, expected=time.strftime("%d %b %Y", when), got=said)
    for part in ("23:30", "UTC"):
        check_that(f"the end of the period in UTC: {part}", part in said, expected=part, got=said)


def said_from(page: Page, words: str) -> str:
    """What is to be read from these words on, for as long as a line, in whatever elements."""
    text = " ".join(page.locator("body").inner_text().split())
    at = text.lower().find(words.lower())
    check_that("the line", at >= 0, expected=words, got=text)
    return text[at : at + LINE_CHARACTERS]


def forms_of(day: time.struct_time) -> tuple[str, ...]:
    """Patterns of the ways in which pages.yaml lets a day be written."""
    number, month = rf"0?{day.tm_mday}\b,?", rf"{MONTHS[day.tm_mon - 1]}[a-z]*\.?,?"
    orders = (
        rf"\b{number} {month} {day.tm_year}\b",
        rf"\b{month} {number} {day.tm_year}\b",
        rf"\b{day.tm_year},? {month} {number}",
    )
    return (*orders, time.strftime("%Y-%m-%d", day))
