"""Days and times on the billing page: in UTC, wherever the browser is."""

from __future__ import annotations

import calendar
import json
import re
import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from billproof.trials import check, check_that, clause
from fixtures.api import INVOICES
from fixtures.billed import bill, billed
from fixtures.pages import until
from fixtures.reading import text_of, texts_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, Route

    from fixtures.api import Api
    from fixtures.page_object import PageObject
    from fixtures.stripe import Stripe
    from fixtures.users import User
    from fixtures.visits import Visit

pytestmark = pytest.mark.usefixtures("whole_backend")

DAY = 86_400
NOON = 12
LINE_CHARACTERS = 80
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
ENDS = {
    "renews": "Renews on",
    "trial": "Free trial until",
    "scheduled": "Ends on",
    "over": "Ended on",
}


LATE, EARLY = -1_800, 300
"""Before midnight and after it, in seconds: 23:30 and 00:05."""


@pytest.fixture
def visit_far_away(visit_from: Callable[..., Visit]) -> Visit:
    """Opens the page where it is another day than in UTC: behind it in the morning, or ahead."""
    there = "Etc/GMT+12" if time.gmtime().tm_hour < NOON else "Etc/GMT-14"
    # Its own months are no English ones.
    return visit_from(timezone_id=there, locale="uk-UA")


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
    ("status", "pause"),
    [
        ("trialing", None),
        ("past_due", None),
        ("unpaid", None),
        ("incomplete", None),
        ("paused", None),
        ("frozen", None),
        ("active", {"behavior": "void"}),
    ],
    ids=["trial", "past-due", "unpaid", "incomplete", "trial-over", "unknown", "paused"],
)
def test_an_end_to_come_is_said_whatever_else_there_is_to_say(
    visit: Visit,
    api: Api,
    stripe: Stripe,
    user: User,
    status: str,
    pause: dict[str, str] | None,
) -> None:
    """Of a trial that is left early, of what waits for a payment, of what rests or is not known."""
    today = int(time.time()) // DAY
    end, period = (today + 6) * DAY + LATE, (today + 20) * DAY - 7_200
    trial = {"trial_end": period} if status == "trialing" else {}
    subscription = stripe.subscribe_and_see(user, "pro")
    stripe.change(subscription, status=status, current_period_end=period, cancel_at=end, **trial)
    stripe.change(subscription, pause_collection=pause)
    stripe.deliver(user)
    api.settle()
    grants = status in {"trialing", "past_due"}
    api.subscription_becomes(user, status=status, cancels=True, access=grants, ends_at=end)

    page = visit(user)

    until(page, lambda: is_day_in(said_by(page), end))
    check_day("the day of the end to come", said_by(page), end)
    said = said_around(said_by(page), end)
    for word in (time.strftime("%H:%M", time.gmtime(end)), "UTC"):
        check_that(f"the end to come in UTC: {word}", word in said, expected=word, got=said)
    check("it is said to be over", ENDS["over"].lower() in said_by(page).lower(), expected=False)


@clause("APP-005")
def test_an_end_that_has_passed_is_said_whatever_the_status(
    visit: Visit, api: Api, stripe: Stripe, user: User
) -> None:
    """Until Stripe says that it is over, too; that a plan was paused is no reason to be silent."""
    today = int(time.time()) // DAY
    end, period = (today - 3) * DAY + LATE, (today + 20) * DAY - 7_200
    subscription = stripe.subscribe_and_see(user, "pro")
    for status in ("trialing", "past_due", "unpaid", "incomplete", "paused", "frozen"):
        trial = {"trial_end": period} if status == "trialing" else {}
        stripe.change(
            subscription, status=status, current_period_end=period, cancel_at=end, **trial
        )
        stripe.deliver(user)
        api.settle()
        api.subscription_becomes(user, status=status, cancels=True, access=False, ends_at=end)

        check_said(visit(user), ENDS["over"], end)


@clause("APP-040")
def test_an_invoice_is_of_its_day_in_utc(
    visit_far_away: Visit, api: Api, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """Seen from where it is another day, and told to be UTC beside it or below the list."""
    stripe.subscribe_and_see(user, "pro")
    [invoice] = billed(api, stripe, user)
    created = stripe.sandbox.invoice(invoice.id).created

    page = visit_far_away(user)

    row = pages.invoices(page).filter(has_text=invoice.number)
    row.wait_for()
    there = time.strptime(page.evaluate("new Date().toString().slice(4, 15)"), "%b %d %Y")
    another = there.tm_yday != time.gmtime().tm_yday
    check_that("the browser's day", another, expected="another than UTC's", got=there.tm_mday)
    check_day("the invoice's day", text_of(row), created)
    section = page.get_by_role("region", name="Invoices")
    place = section if section.count() else page.locator("body")
    check("the invoices say UTC", "UTC" in text_of(place), expected=True)


@clause("APP-040")
def test_each_invoice_is_of_its_own_day(
    visit: Visit, page: Page, api: Api, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """Of each month of two years, from the first minutes of a day to its last."""
    stripe.subscribe_and_see(user, "pro")
    for amount in range(4_242, 4_245):
        bill(stripe, user, amount)
    count = len(billed(api, stripe, user))
    left = instants_of_a_year()
    told: list[int] = []

    def redate(route: Route) -> None:
        # Stripe dates its invoices itself; what a page is told of that is changed on its way.
        answer = route.fetch()
        document = answer.json()
        told[:] = left[: len(document["invoices"])]
        for invoice, instant in zip(document["invoices"], told, strict=True):
            invoice["created"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(instant))
        route.fulfill(response=answer, body=json.dumps(document))

    page.route(f"**{INVOICES}*", redate)
    while left:
        visit(user)

        expect(pages.invoices(page)).to_have_count(count)
        # Where the server writes the page they are of the day on which they were made.
        days = told or [int(time.time())] * count
        for row, instant in zip(texts_of(pages.invoices(page)), days, strict=True):
            check_day("the invoice's day", row, instant)
        left = left[count:] if told else []


def instants_of_a_year() -> list[int]:
    """One of each of the last twelve months, newest first; the older ones are of last year."""
    today = time.gmtime()
    months = [divmod(today.tm_year * 12 + today.tm_mon - 1 - ago, 12) for ago in range(1, 13)]
    days = [calendar.timegm((year, month + 1, 17, 0, 0, 0)) for year, month in months]
    return [day + (DAY - 600 if at % 2 else 600) for at, day in enumerate(days)]


def check_said(page: Page, words: str, end: int) -> None:
    """Behind these words stands the day of `end` in UTC, and its time."""
    page.get_by_text(words).filter(visible=True).first.wait_for()
    said = said_from(page, words)
    check_day("the day", said, end)
    for part in (time.strftime("%H:%M", time.gmtime(end)), "UTC"):
        check_that(f"the end of the period in UTC: {part}", part in said, expected=part, got=said)


def said_from(page: Page, words: str) -> str:
    """What is to be read from these words on, for as long as a line, in whatever elements."""
    text = said_by(page)
    at = text.lower().find(words.lower())
    check_that("the line", at >= 0, expected=words, got=text)
    return text[at : at + LINE_CHARACTERS]


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


def check_day(what: str, said: str, instant: int) -> None:
    """The text has the day of an instant in Unix seconds, in UTC."""
    expected = time.strftime("%d %b %Y", time.gmtime(instant))
    check_that(what, is_day_in(said, instant), expected=expected, got=said)


def is_day_in(said: str, instant: int) -> bool:
    """Whether the text has the day of an instant in Unix seconds, in UTC."""
    return any(re.search(form, said, re.IGNORECASE) for form in forms_of(time.gmtime(instant)))


def forms_of(day: time.struct_time) -> tuple[str, ...]:
    """Patterns of the ways in which pages.yaml lets a day be written."""
    number, month = rf"0?{day.tm_mday}\b,?", rf"{MONTHS[day.tm_mon - 1]}[a-z]*\.?,?"
    orders = (
        rf"\b{number} {month} {day.tm_year}\b",
        rf"\b{month} {number} {day.tm_year}\b",
        rf"\b{day.tm_year},? {month} {number}",
    )
    return (*orders, time.strftime("%Y-%m-%d", day))
