"""The days of invoices on the billing page: in UTC, wherever the browser is."""

from __future__ import annotations

import calendar
import json
import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from billproof.trials import check, check_that, clause
from fixtures.api import INVOICES
from fixtures.billed import bill, bill_more_than_fits, billed
from fixtures.days import DAY, check_day
from fixtures.invoice_list import show_all
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

AT_UTC = "Africa/Abidjan"
"""Whose clocks are at UTC all the year, and who lives there need not know."""


@clause("APP-040")
def test_an_invoice_is_of_its_day_in_utc(
    visit_far_away: Visit,
    visit_from: Callable[..., Visit],
    api: Api,
    stripe: Stripe,
    user: User,
    pages: PageObject,
) -> None:
    """Seen from where it is another day, and told to be UTC beside it or below the list.

    Also where there are more of them than stand there at once, and where clocks are at UTC.
    """
    stripe.subscribe_and_see(user, "pro")
    [invoice] = billed(api, stripe, user)
    bill_more_than_fits(stripe, user)
    billed(api, stripe, user)
    created = stripe.sandbox.invoice(invoice.id).created

    page = visit_far_away(user)

    pages.invoices(page).first.wait_for()
    check_says_utc(page)
    show_all(page, pages)
    check_says_utc(page)
    row = pages.invoices(page).filter(has_text=invoice.number)
    there = time.strptime(page.evaluate("new Date().toString().slice(4, 15)"), "%b %d %Y")
    another = there.tm_yday != time.gmtime().tm_yday
    check_that("the browser's day", another, expected="another than UTC's", got=there.tm_mday)
    check_day("the invoice's day", text_of(row), created)

    page = visit_from(timezone_id=AT_UTC)(user)
    pages.invoices(page).first.wait_for()
    check_says_utc(page)


def check_says_utc(page: Page) -> None:
    """The list of invoices, or what stands around it, says that its days are UTC's."""
    sections = page.get_by_role("region", name="Invoices")
    places = sections if sections.count() else page.locator("body")
    check("the invoices say UTC", "UTC" in "\n".join(texts_of(places)), expected=True)


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
    told: dict[str, int] = {}

    def redate(route: Route) -> None:
        # Stripe dates its invoices itself; what a page is told of that is changed on its way.
        answer = route.fetch()
        document = answer.json()
        for invoice in document["invoices"]:
            if invoice["id"] not in told:
                told[invoice["id"]] = left[len(told)]
            day = time.gmtime(told[invoice["id"]])
            invoice["created"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", day)
        route.fulfill(response=answer, body=json.dumps(document))

    page.route(f"**{INVOICES}*", redate)
    while left:
        told.clear()
        visit(user)

        rows = show_all(page, pages)
        expect(pages.invoices(page)).to_have_count(count)
        # Where the server writes the page they are of the day on which they were made.
        days = [*told.values()] or [int(time.time())] * count
        for row, instant in zip(rows, days, strict=True):
            check_day("the invoice's day", row, instant)
        left = left[count:] if told else []


def instants_of_a_year() -> list[int]:
    """One of each of the last twelve months, newest first; the older ones are of last year."""
    today = time.gmtime()
    months = [divmod(today.tm_year * 12 + today.tm_mon - 1 - ago, 12) for ago in range(1, 13)]
    days = [calendar.timegm((year, month + 1, 17, 0, 0, 0)) for year, month in months]
    return [day + (DAY - 600 if at % 2 else 600) for at, day in enumerate(days)]
