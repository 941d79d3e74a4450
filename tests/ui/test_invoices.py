"""Invoices on the billing page: all of them, what they cost, what became of them."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from billproof.law import load_law
from billproof.trials import check, check_that, clause
from fixtures.billed import bill, billed
from fixtures.invoices import open_ledger, walk, walked
from fixtures.pages import BILLING, is_at, see_state, state, states, tap

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from billproof.law.tables import InvoiceRow
    from fixtures.api import Api
    from fixtures.invoices import Ledger, Move
    from fixtures.page_object import PageObject
    from fixtures.pages import State
    from fixtures.stripe import Stripe
    from fixtures.telegram import Telegram
    from fixtures.users import User
    from fixtures.visits import Visit

pytestmark = pytest.mark.usefixtures("whole_backend")

MOST_TAPS = 30
HOUR = 3_600
ROWS = [row for row in load_law().tables.invoices.rows if row.display_status is not None]
[PAID] = [row for row in ROWS if row.status == "paid"]
MOVES: dict[str, Move] = {
    "paid": "pay",
    "void": "void",
    "uncollectible": "mark_uncollectible",
}
"""How an open invoice comes to another status."""


def show_all(page: Page, pages: PageObject) -> list[str]:
    """Tap for more until there is no more; what each row says."""
    pages.invoices(page).first.wait_for()
    for _ in range(MOST_TAPS):
        if pages.more_invoices(page).count() == 0:
            break
        before = pages.invoices(page).count()
        tap(page, pages.more_invoices(page))
        expect(pages.invoices(page).nth(before)).to_be_visible()
    return [re.sub(r"\s+", " ", row) for row in pages.invoices(page).all_inner_texts()]


def make_every_row(ledger: Ledger) -> dict[str, InvoiceRow]:
    """An invoice for each row of tables/invoices.yaml that is shown, by its id."""
    made: dict[str, InvoiceRow] = {}
    now = int(time.time())
    for number, row in enumerate(ROWS):
        due = now - HOUR if row.overdue is True else now + HOUR
        invoice = ledger.bill_by(due, 1_101 * (number + 1))
        if row.attempted is True:
            ledger.decline(invoice)
        if move := MOVES.get(row.status):
            ledger.move(invoice, move)
        made[invoice.id] = row
    return made


@clause("APP-006")
def test_each_invoice_says_number_amount_and_what_became_of_it(
    visit: Visit, api: Api, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """Every row of the table, in an order that is not the alphabet's, and its links."""
    ledger = open_ledger(api, stripe, user)
    made = make_every_row(ledger)
    ledger.tell()
    wanted = walked(walk(api, user))
    states_of = {one.invoice: one for one in states(BILLING) if one.invoice}

    page = visit(user)
    rows = show_all(page, pages)

    check("invoices that are shown", len(rows), len(made) + 1)
    for invoice, text in zip(wanted, rows, strict=True):
        # The one of the subscription itself is paid.
        row = made.get(invoice["id"], PAID)
        amount = f"{invoice[row.amount or 'amount_due'] / 100:.2f}"
        for word in filter(None, [invoice["number"], amount, row.label, row.says]):
            is_said = word.lower() in text.lower()
            check_that("a row of an invoice", is_said, expected=f"{word!r} in it", got=text)
        shown = pages.invoices(page).filter(has_text=invoice["number"])
        see_row(shown, states_of[row.name])


def see_row(row: Locator, wanted: State) -> None:
    """What pages.yaml says of links of this row, there and not there."""
    for parts, there in ((wanted.shows, True), (wanted.hides, False)):
        for one in parts:
            if one.role == "link":
                # The same address may be linked twice, by the number and by a word.
                found = one.on(row).count() > 0
                check(f"{one} of {wanted.when}", found, expected=there)


@clause("APP-004")
def test_an_invoice_costs_as_many_decimals_as_its_currency_has(
    visit: Visit, api: Api, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """12345 is twelve dinars and a bit, or twelve thousand yen."""
    stripe.subscribe(user, "pro")
    amounts = {"kwd": r"12\.345", "jpy": "12,?345", "usd": r"123\.45"}
    for currency in amounts:
        bill(stripe, user, 12_345, currency)
    shown = {one.currency: one.number for one in billed(api, stripe, user)}

    page = visit(user)

    for currency, amount in amounts.items():
        row = pages.invoices(page).filter(has_text=shown[currency])
        expect(row).to_contain_text(re.compile(amount))
        wrong = sorted({*amounts.values(), r"12,?345\.00"} - {amount})
        # "12,345" alone would be found in "12,345.00", too.
        for other in wrong:
            expect(row).not_to_contain_text(re.compile(other))


@clause("APP-007")
def test_every_invoice_can_be_reached_once(
    visit: Visit, api: Api, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """More of them than a screen holds, newest first; somebody without any is told so."""
    see_state(visit(user), state(BILLING, "there are no invoices"))
    stripe.subscribe(user, "pro")
    for amount in range(2_001, 2_025):
        bill(stripe, user, amount)
    wanted = [one.number for one in billed(api, stripe, user)]

    rows = show_all(visit(user), pages)

    shown = [next((name for name in wanted if says(row, name)), row) for row in rows]
    check("numbers of the invoices that are shown", shown, wanted)


def says(row: str, number: str) -> bool:
    """Whether a row has this number, and not one that begins or ends with it."""
    return re.search(rf"(?<![\w-]){re.escape(number)}(?![\w-])", row) is not None


@clause("APP-008")
def test_page_and_pdf_of_an_invoice_open_outside(
    visit: Visit, api: Api, stripe: Stripe, user: User, pages: PageObject, telegram: Telegram
) -> None:
    """Inside the Mini App there is no way to keep a file, and no way back."""
    stripe.subscribe(user, "pro")
    [invoice] = billed(api, stripe, user)
    page = visit(user)
    row = pages.invoices(page).first

    links = {"its page": row.locator(f"a[href='{invoice.hosted_invoice_url}']").first}
    links["its PDF"] = pages.invoice_pdf(row).first
    urls = {"its page": invoice.hosted_invoice_url, "its PDF": invoice.invoice_pdf}
    for name, link in links.items():
        check(f"address of {name}", link.get_attribute("href"), urls[name])
        before = telegram.opened
        tap(page, link)
        opened = telegram.opens(page, [*before, str(urls[name])])[len(before) :]
        check(f"what Telegram was asked to open for {name}", opened, [urls[name]])
    check("the Mini App stays", is_at(page, BILLING), expected=True)
