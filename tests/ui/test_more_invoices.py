"""All invoices on the billing page, however many there are and whatever gets lost on the way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Error, expect

from billproof.trials import check, check_that, clause
from fixtures.asking import Lost, by_script, settle_after
from fixtures.billed import bill, bill_more_than_fits, billed
from fixtures.invoice_list import has_more, show_all, tap_for_more
from fixtures.invoices import open_ledger
from fixtures.pages import SOME_FRAMES, see_no, see_state, tap, until
from fixtures.reading import looked_at
from fixtures.registering import leave_sheet
from fixtures.returning import come_back
from fixtures.words import BILLING, Part, state

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from fixtures.api import Api
    from fixtures.page_object import PageObject
    from fixtures.stripe import Stripe
    from fixtures.users import User
    from fixtures.visits import Visit

pytestmark = pytest.mark.usefixtures("whole_backend")

NONE = Part("text", text="No invoices yet")
CUT_OFF = """(row) => {
  const end = row.getBoundingClientRect().bottom;
  for (let place = around(row); place && place !== document.body; place = around(place)) {
    const { overflowY } = getComputedStyle(place);
    if (["auto", "scroll"].includes(overflowY)) return false;
    const isShut = ["hidden", "clip"].includes(overflowY);
    if (isShut && place.getBoundingClientRect().bottom + 2 < end) return true;
  }
  const [page, body] = [document.documentElement, document.body]
    .map((one) => getComputedStyle(one).overflowY);
  if (["auto", "scroll"].includes(body)) return false;
  const isShut = ["hidden", "clip"].includes(page === "visible" ? body : page);
  return isShut && document.scrollingElement.scrollHeight > innerHeight + 2;
}"""
"""Whether a row lies below the end of what is around it, and no scrolling brings it up.

The window is the last of what is around it.
"""


@clause("APP-007")
def test_every_invoice_can_be_reached_once(
    visit: Visit, api: Api, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """More of them than a screen holds, newest first; somebody without any is told so, alone.

    Though one answer is lost on the way, and More is tapped twice; the same where a form lay over
    the page, and where it is left and come back to, also before all of them are there.
    """
    page = visit(user)
    see_state(page, state(BILLING, "there are no invoices"))
    stripe.subscribe_and_see(user, "pro")
    settle_after(page, lambda: come_back(page))
    # A page that comes back may stay as it was: what it does show must agree.
    if pages.invoices(page).count():
        see_no(page, NONE)
    for amount in range(2_001, 2_025):
        bill(stripe, user, amount)
    wanted = [one.number for one in billed(api, stripe, user)]

    page = visit(user)
    pages.invoices(page).first.wait_for()
    see_no(page, NONE)
    pages.open_device_form(page)
    leave_sheet(page)
    lose_an_answer(page, pages)
    settle_after(page, lambda: come_back(page))
    tap_twice(page, pages)
    check_shown(page, pages, wanted, "numbers of the invoices that are shown")

    settle_after(page, lambda: come_back(page))
    check_shown(page, pages, wanted, "numbers of the invoices after coming back")


@clause("APP-007")
def test_invoices_without_a_number_are_there_each_by_itself(
    visit: Visit, api: Api, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """What two of them lack makes them neither one nor none, whether or not they come at once."""
    ledger = open_ledger(api, stripe, user)
    for amount in (7_731, 8_842):
        ledger.bill_without_a_number(amount)
    bill_more_than_fits(stripe, user)
    ledger.bill_without_a_number(9_953)
    ledger.tell()

    rows = show_all(visit(user), pages)

    for shown in ("77.31", "88.42", "99.53", "19.00"):
        check(f"invoices of {shown}", len([row for row in rows if shown in row]), 1)


def check_shown(page: Page, pages: PageObject, wanted: list[str], what: str) -> None:
    """All of these invoices are there, in this order, once all are asked for."""
    rows = show_all(page, pages)
    reaches = not looked_at(pages.invoices(page).last, CUT_OFF)
    check("whoever scrolls down comes to the last invoice", reaches, expected=True)

    see_no(page, NONE)
    shown = [next((name for name in wanted if says(row, name)), row) for row in rows]
    twice = sorted({one for one in shown if shown.count(one) > 1})
    told = f"{len(shown)}, of which more than once: {', '.join(twice)}"
    check_that(what, not twice, expected=f"{len(wanted)}, each once", got=told)
    check(what, shown, wanted)


def lose_an_answer(page: Page, pages: PageObject) -> None:
    """Tap for more without a connection, which the page says, and again with one."""
    if not has_more(page, pages):
        return
    before = pages.invoices(page).count()
    lost = Lost(page)
    tap_for_more(page, pages)
    until(page, lambda: bool(lost.urls) or pages.invoices(page).count() > before)
    if not lost.urls:
        # A page may have them from elsewhere.
        lost.is_over()
        return
    see_state(page, state(BILLING, "it could not be loaded"))
    see_no(page, NONE)

    lost.is_over()
    with page.expect_response(lambda one: by_script(one.request)):
        tap(page, pages.try_again(page))

    expect(pages.try_again(page)).to_have_count(0)
    # A page may begin anew, and leave More where it is until it has the answer.
    page.evaluate(SOME_FRAMES)
    until(page, lambda: is_on_its_way(page, pages, before))


def is_on_its_way(page: Page, pages: PageObject, before: int) -> bool:
    """Whether there are more invoices than before, or more can be asked for."""
    return pages.invoices(page).count() > before or pages.more_invoices(page).count() > 0


def tap_twice(page: Page, pages: PageObject) -> None:
    """Tap for more twice, as an impatient thumb does, and let all answers come."""
    if not has_more(page, pages):
        return
    more = pages.more_invoices(page)
    before = pages.invoices(page).count()

    def double() -> None:
        try:
            more.first.dblclick()
        except Error:
            # The last ones may have come just then.
            if more.count():
                raise
        expect(pages.invoices(page).nth(before)).to_be_visible()

    settle_after(page, double)


def says(row: str, number: str) -> bool:
    """Whether a row has this number, and not one that begins or ends with it."""
    return re.search(rf"(?<![\w-]){re.escape(number)}(?![\w-])", row) is not None
