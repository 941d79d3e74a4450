"""Days and times on the billing page: in UTC, wherever the browser is."""

from __future__ import annotations

import calendar
import re
import time
from typing import TYPE_CHECKING

import pytest

from billproof.trials import check, check_that, clause
from fixtures.days import DAY, check_day, forms_of, is_day_in
from fixtures.pages import until
from fixtures.reading import text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User
    from fixtures.visits import Visit

pytestmark = pytest.mark.usefixtures("whole_backend")

LINE_CHARACTERS = 80
ENDS = {
    "renews": "Renews on",
    "trial": "Free trial until",
    "scheduled": "Ends on",
    "over": "Ended on",
}


LATE, EARLY = -1_800, 300
"""Before midnight and after it, in seconds: 23:30 and 00:05."""
CHANGES_CLOCKS = "America/New_York"
"""Where the time of summer is another than that of winter."""
MONTHS_IN_A_YEAR = 12


def late_in(months: int) -> int:
    """Shortly before midnight of the 17th, so many months ahead, in Unix seconds."""
    today = time.gmtime()
    years, month = divmod(today.tm_mon - 1 + months, MONTHS_IN_A_YEAR)
    return calendar.timegm((today.tm_year + years, month + 1, 18, 0, 0, 0)) + LATE


@clause("APP-005")
@pytest.mark.parametrize(
    ("status", "truth", "says", "days", "time_of_day"),
    [
        ("active", {}, "renews", 400, LATE),
        ("trialing", {}, "trial", 20, EARLY),
        ("active", {"cancel_at_period_end": True}, "scheduled", 20, LATE),
    ],
    ids=["renewal", "trial", "scheduled-end"],
)
def test_what_comes_next_is_said_with_its_day_in_utc(
    visit_from: Callable[..., Visit],
    api: Api,
    stripe: Stripe,
    user: User,
    status: str,
    truth: dict[str, bool],
    says: str,
    days: int,
    time_of_day: int,
) -> None:
    """Close to midnight, which is the next day where this browser is, and the one before elsewhere.

    Five past midnight is 00:05, and not 24:05; the browser's own months are no English ones, and
    whoever pays by the year renews in another year.
    """
    end = (int(time.time()) // DAY + days) * DAY + time_of_day
    subscription = stripe.subscribe_and_see(user, "pro")
    trial = {"trial_end": end} if status == "trialing" else {}
    stripe.change(subscription, status=status, current_period_end=end, **trial, **truth)
    stripe.deliver(user)
    api.settle()
    api.subscription_becomes(user, status=status, cancels="cancel_at_period_end" in truth)

    page = visit_from(locale="uk-UA")(user)

    check_said(page, ENDS[says], end)


@clause("APP-005")
@pytest.mark.parametrize(
    ("status", "days", "says"),
    [("active", 10, "scheduled"), ("active", -3, "over"), ("canceled", -4, "over")],
    ids=["scheduled-end", "end-that-has-passed", "canceled"],
)
def test_an_end_is_said_and_not_the_periods(
    visit_from: Callable[..., Visit],
    api: Api,
    stripe: Stripe,
    user: User,
    status: str,
    days: int,
    says: str,
) -> None:
    """Who cancels at an instant keeps his plan up to it, though his period lasts longer.

    Seen by an American browser, whose own days have twice twelve hours.
    """
    today = int(time.time()) // DAY
    end, period = (today + days) * DAY + LATE, (today + 20) * DAY - 7_200
    subscription = stripe.subscribe_and_see(user, "pro")
    ended = {"ended_at": end} if status == "canceled" else {}
    stripe.change(subscription, status=status, current_period_end=period, cancel_at=end, **ended)
    stripe.deliver(user)
    api.settle()
    api.subscription_becomes(user, status=status, access=days > 0)

    page = visit_from(locale="en-US")(user)

    check_said(page, ENDS[says], end)


@clause("APP-005")
@pytest.mark.parametrize(
    ("status", "pause", "months"),
    [
        ("trialing", None, 1),
        ("past_due", None, 2),
        ("unpaid", None, 3),
        ("incomplete", None, 4),
        ("paused", None, 5),
        ("frozen", None, 6),
        ("active", {"behavior": "void"}, 7),
    ],
    ids=["trial", "past-due", "unpaid", "incomplete", "trial-over", "unknown", "paused"],
)
def test_an_end_to_come_is_said_whatever_else_there_is_to_say(
    visit_from: Callable[..., Visit],
    api: Api,
    stripe: Stripe,
    user: User,
    status: str,
    pause: dict[str, str] | None,
    months: int,
) -> None:
    """Of a trial that is left early, of what waits for a payment, of what rests or is not known.

    Each in a month of its own, some of them behind a change of the browser's clocks.
    """
    end = late_in(months)
    period = end + 14 * DAY
    trial = {"trial_end": period} if status == "trialing" else {}
    subscription = stripe.subscribe_and_see(user, "pro")
    stripe.change(subscription, status=status, current_period_end=period, cancel_at=end, **trial)
    stripe.change(subscription, pause_collection=pause)
    stripe.deliver(user)
    api.settle()
    grants = status in {"trialing", "past_due"}
    api.subscription_becomes(user, status=status, cancels=True, access=grants, ends_at=end)

    page = visit_from(timezone_id=CHANGES_CLOCKS)(user)

    until(page, lambda: is_day_in(said_by(page), end))
    check_day("the day of the end to come", said_by(page), end)
    said = said_around(said_by(page), end)
    check_time("the end to come", said, end)
    # Whoever was suspended on a day is not at his end.
    is_over = re.search(rf"\b{ENDS['over']}", said_by(page), re.IGNORECASE) is not None
    check("it is said to be over", is_over, expected=False)


@clause("APP-005")
def test_an_end_that_has_passed_is_said_whatever_the_status(
    visit_from: Callable[..., Visit], api: Api, stripe: Stripe, user: User
) -> None:
    """Until Stripe says that it is over, too; that a plan was paused is no reason to be silent.

    In the months behind us, where those to come are not looked at.
    """
    period = (int(time.time()) // DAY + 20) * DAY - 7_200
    subscription = stripe.subscribe_and_see(user, "pro")
    visit = visit_from(timezone_id=CHANGES_CLOCKS)
    statuses = ("trialing", "past_due", "unpaid", "incomplete", "paused", "frozen")
    for months, status in enumerate(statuses, start=1):
        end = late_in(-months)
        trial = {"trial_end": period} if status == "trialing" else {}
        stripe.change(
            subscription, status=status, current_period_end=period, cancel_at=end, **trial
        )
        stripe.deliver(user)
        api.settle()
        api.subscription_becomes(user, status=status, cancels=True, access=False, ends_at=end)

        check_said(visit(user), ENDS["over"], end)


def check_said(page: Page, words: str, end: int) -> None:
    """Behind these words stands the day of `end` in UTC, and its time."""
    page.get_by_text(words).filter(visible=True).first.wait_for()
    lines = said_from(page, words)
    # "What you pay depends on your plan" ends on nothing.
    said = next((line for line in lines if is_day_in(line, end)), lines[0])
    check_day("the day", said, end)
    check_time("the end of the period", said, end)


def check_time(what: str, said: str, instant: int) -> None:
    """The time of an instant stands there, of 24 hours, and that it is UTC."""
    wanted = time.gmtime(instant)
    clock = rf"(?<![\d:])0?{wanted.tm_hour}:{wanted.tm_min:02d}(?!\d)"
    expected = time.strftime("%H:%M", wanted)
    held = re.search(clock, said) is not None
    check_that(f"{what} in UTC: {expected}", held, expected=expected, got=said)
    check_that(f"{what} in UTC: UTC", "UTC" in said, expected="UTC", got=said)


def said_from(page: Page, words: str) -> list[str]:
    """What is to be read from these words on, for as long as a line, wherever they stand."""
    text = said_by(page)
    found = re.finditer(re.escape(words), text, re.IGNORECASE)
    lines = [text[one.start() : one.start() + LINE_CHARACTERS] for one in found]
    check_that("the line", bool(lines), expected=words, got=text)
    return lines


def said_around(text: str, instant: int) -> str:
    """What is to be read before and behind the day of an instant, for as long as a line each."""
    found = [re.search(form, text, re.IGNORECASE) for form in forms_of(time.gmtime(instant))]
    places = [(one.start(), one.end()) for one in found if one]
    return " … ".join(
        text[max(at - LINE_CHARACTERS, 0) : to + LINE_CHARACTERS] for at, to in places
    )


def said_by(page: Page) -> str:
    """What is to be read on the page, in one line."""
    return " ".join(text_of(page).split())
