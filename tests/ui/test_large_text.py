"""Text twice the size on the narrowest phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from billproof.trials import check, check_that, clause
from fixtures.invoices import Ledger
from fixtures.offline import OFFLINE, confirm_removing, lose_upgrade
from fixtures.pages import go, rest, see, see_state, tap
from fixtures.reading import looked_at
from fixtures.registering import read, register
from fixtures.words import BILLING, RETURN, part, state

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from fixtures.api import Api
    from fixtures.page_object import PageObject
    from fixtures.stripe import Stripe
    from fixtures.users import User
    from fixtures.visits import Visit

pytestmark = pytest.mark.usefixtures("whole_backend")

NARROW_PIXELS = 320
HAS = "a subscription with access"
# As a phone's text size does: whatever unit a page gives its sizes in.
TWICE = """() => {
  const shown = all("*", document.body);
  const sizes = shown.map((one) => parseFloat(getComputedStyle(one).fontSize));
  shown.forEach((one, at) => one.style?.setProperty("font-size", `${2 * sizes[at]}px`));
}"""
CUT_OFF = """() => {
  // What is there for screen readers alone is a box of one pixel.
  const isBox = ({ width, height }) => width > 1 && height > 1;
  const seen = (one) => one.checkVisibility() && read(one).trim()
    && isBox(one.getBoundingClientRect());
  // Letters may stand out of a tight line; half of one that does not is no more to be read.
  const isLow = (one, { overflowY, fontSize }) => ["hidden", "clip"].includes(overflowY)
    && one.scrollHeight > one.clientHeight + parseFloat(fontSize) / 2;
  const hasWords = (one) => [...one.childNodes].some((node) => node.data?.trim());
  const isWide = (one) => one.scrollWidth > one.clientWidth + 1;
  // A name in a row may be cut by an element of its own.
  const clips = (one) => ["hidden", "clip"].includes(getComputedStyle(one).overflowX);
  const cut = all("button, a, h1, h2, p, li, [role=status]")
    .filter((one) => seen(one) && (isWide(one) && getComputedStyle(one).display !== "inline"
      || isLow(one, getComputedStyle(one))
      || one.getBoundingClientRect().right > innerWidth + 1));
  cut.push(...all("*", document.body).filter((one) => clips(one) && seen(one) && isWide(one)));
  // What lies behind a sheet may be kept from scrolling, all of it.
  const over = "dialog[open], [role=dialog], [role=alertdialog]";
  const sheets = all(over).filter((one) => one.checkVisibility());
  // Words may stand out of what they stand in, and be cut by what is around that.
  const rangeOf = (node) => {
    const range = document.createRange();
    range.selectNode(node);
    return range;
  };
  const endOf = (inner) => {
    const standOut = getComputedStyle(inner).overflowY === "visible";
    const words = [...inner.childNodes].filter((node) => standOut && node.data?.trim());
    const ends = [inner, ...words.map(rangeOf)].map((it) => it.getBoundingClientRect().bottom);
    return Math.max(...ends);
  };
  const below = (inner, one) => seen(inner) && hasWords(inner) && endOf(inner)
    > one.getBoundingClientRect().bottom + parseFloat(getComputedStyle(one).fontSize) / 2;
  cut.push(...all("*", sheets.at(-1) ?? document.body)
    .filter((one) => one !== document.body && seen(one) && isLow(one, getComputedStyle(one)))
    .filter((one) => hasWords(one) || all("*", one).some((inner) => below(inner, one))));
  return cut.map((one) => one.outerHTML.slice(0, 160));
}"""
IS_CUT = """(one) => getComputedStyle(one).display !== "inline"
  && one.scrollWidth > one.clientWidth + 1"""
LONG_NAME = "The radio beside the window of the kitchen"
"""Of many words: no clause says how one that is longer than the page is parted."""


@clause("APP-029")
def test_text_twice_the_size_fits(
    visit_narrow: Visit,
    api: Api,
    stripe: Stripe,
    user: User,
    other: User,
    pages: PageObject,
) -> None:
    """On the narrowest phone: nothing is cut off or left out, and nothing scrolls sideways.

    Invoices of which there is more to say are among it, and a page that is nobody's.
    """
    stripe.subscribe_and_see(user, "pro")
    api.register(user, "a1b2c3d4", "Living room").expect(201)
    ledger = Ledger(api, stripe, user)
    ledger.move(ledger.bill(4_242), "void")
    ledger.move(ledger.bill(4_343), "mark_uncollectible")
    ledger.bill(99_999_999)
    ledger.tell()
    for who in (user, other):
        page = visit_narrow(who)
        see_state(page, state(BILLING, HAS if who is user else "no subscription"))
        rest(page)
        if who is user:
            see_state(page, state(BILLING, "a device is registered"))
            pdfs = pages.invoice_pdf(page.locator("body")).filter(visible=True).count()
            check_that("PDFs of invoices on a narrow page", pdfs > 0, expected="some", got="none")
        check_fits(page, "the billing page")
    page = visit_narrow(other)
    if lose_upgrade(page, pages):
        check_fits(page, "a page that says what failed")
    page = visit_narrow(other)
    pages.open_device_form(page)
    check_fits(page, "the form for a device")
    check_sheets_fit(visit_narrow(other), pages)
    for who, when in ((user, "the backend knows"), (other, "the backend does not know yet")):
        pages.action(visit_narrow(who), "manage" if who is user else "upgrade").first.wait_for()
        go(page, api.environ["PUBLIC_URL"] + RETURN)
        see_state(page, state(RETURN, when))
        check_fits(page, "the return page")
    page = visit_narrow.without_telegram()
    see_state(page, state(BILLING, "it was opened outside Telegram"))
    check_fits(page, "a page that is nobody's")
    page = visit_narrow.too_late(other)
    see_state(page, state(BILLING, "the init data are too old"))
    check_fits(page, "a page whose init data are too old")


def check_sheets_fit(page: Page, pages: PageObject) -> None:
    """A new device of a long name: its secret, the question before it goes, what failed."""
    secret = register(page, pages, LONG_NAME, "a-device-of-a-long-name")
    place = read(page, secret).first
    place.wait_for()
    check_fits(page, "a new device's secret")
    check("the secret is cut off", place.evaluate(IS_CUT), expected=False)
    ask_to_remove(page, pages)
    check_fits(page, "the question before a device goes")
    ask_to_remove(page, pages)
    page.context.set_offline(offline=True)
    confirm_removing(page, pages)
    see(page, OFFLINE)
    check_fits(page, "a word on what failed")
    page.context.set_offline(offline=False)


def ask_to_remove(page: Page, pages: PageObject) -> None:
    """Have the question asked, on a page whose text has its own size again."""
    page.reload()
    tap(page, pages.remove(page, LONG_NAME))
    part("question").on(page).wait_for()


def check_fits(page: Page, where: str) -> None:
    """With text twice the size all of it is to be seen by scrolling down alone."""
    looked_at(page, TWICE)
    width: Any = page.evaluate("document.scrollingElement.scrollWidth")
    check_that(f"the width of {where}", width <= NARROW_PIXELS, expected="320", got=str(width))
    check(f"what is cut off on {where}", looked_at(page, CUT_OFF), [])
