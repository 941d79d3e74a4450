"""Invoices on the billing page: all of them, what they cost, what became of them."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from billproof.law import load_law
from billproof.trials import check, check_that, clause
from fixtures.api import INVOICES
from fixtures.billed import bill, billed
from fixtures.invoice_list import show_all
from fixtures.invoices import Ledger, open_ledger, walk, walked
from fixtures.numbers import needs_decimal_comma
from fixtures.pages import LINGERS_SECONDS, until
from fixtures.reading import climbing, text_of, texts_of
from fixtures.words import BILLING, states

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page, Route

    from billproof.law.tables import InvoiceRow
    from fixtures.api import Api
    from fixtures.invoices import Move
    from fixtures.page_object import PageObject
    from fixtures.stripe import Stripe
    from fixtures.users import User
    from fixtures.visits import Visit
    from fixtures.words import State

pytestmark = pytest.mark.usefixtures("whole_backend")

HOUR = 3_600
ROWS = [row for row in load_law().tables.invoices.rows if row.display_status is not None]
[PAID] = [row for row in ROWS if row.status == "paid"]
MOVES: dict[str, Move] = {
    "paid": "pay",
    "void": "void",
    "uncollectible": "mark_uncollectible",
}
"""How an open invoice comes to another status."""


def make_every_row(ledger: Ledger) -> dict[str, InvoiceRow]:
    """An invoice for each row of tables/invoices.yaml that is shown, by its id."""
    made: dict[str, InvoiceRow] = {}
    now = int(time.time())
    # What is void is the oldest, and so among what may have to be asked for.
    for number, row in enumerate(sorted(ROWS, key=lambda row: row.status != "void")):
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
    # One of nothing is paid at once, and says so.
    ledger.bill(0)
    ledger.tell()
    wanted = walked(walk(api, user))
    states_of = {one.invoice: one for one in states(BILLING) if one.invoice}

    page = visit(user)
    rows = show_all(page, pages)

    check("invoices that are shown", len(rows), len(made) + 2)
    until(page, lambda: not climbing(pages.invoices(page)), LINGERS_SECONDS)
    check("invoices that stand above the one before", climbing(pages.invoices(page)), [])
    for invoice, text in zip(wanted, rows, strict=True):
        # The one of the subscription itself is paid, too.
        row = made.get(invoice["id"], PAID)
        amount = f"{invoice[row.amount or 'amount_due'] / 100:.2f}"
        for word in filter(None, [invoice["number"], amount, row.label, row.says]):
            is_said = word.lower() in text.lower()
            check_that("a row of an invoice", is_said, expected=f"{word!r} in it", got=text)
        shown = pages.invoices(page).filter(has_text=invoice["number"])
        see_row(shown, states_of[row.name])


@clause("APP-006")
def test_a_paid_invoice_says_what_was_paid(
    visit: Visit, page: Page, api: Api, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """And one that is to be paid what is due, where the two are not the same."""
    stripe.subscribe_and_see(user, "pro")
    bill(stripe, user, 4_242)
    wanted = {one.number: ("amount_due", one.amount_due) for one in billed(api, stripe, user)}

    def part_from_due(route: Route) -> None:
        # Stripe's own are the same or 0; what a page is told of them is changed on its way.
        answer = route.fetch()
        told = answer.json()
        for invoice in told["invoices"]:
            invoice["amount_paid"] = invoice["amount_due"] - 777
            if invoice["display_status"] == "paid":
                wanted[invoice["number"]] = ("amount_paid", invoice["amount_paid"])
        route.fulfill(response=answer, body=json.dumps(told))

    page.route(f"**{INVOICES}*", part_from_due)
    visit(user)

    expect(pages.invoices(page)).to_have_count(len(wanted))
    for number, (member, amount) in wanted.items():
        [row] = texts_of(pages.invoices(page).filter(has_text=number))
        said = f"{amount / 100:.2f}"
        told = f"{said}, the {member} that the page was told"
        check_that("an amount of an invoice", said in row, expected=told, got=row)


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
    visit_from: Callable[..., Visit], api: Api, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """12345 is twelve dinars and a bit, or twelve thousand yen, or as many won or dong.

    Dinars are Tunis's, too, and Chile's pesos have no cents. They are written so
    though this browser itself has a comma before decimals.
    """
    stripe.subscribe_and_see(user, "pro")
    amounts = {"kwd": r"12\.345", "jpy": "12,?345", "usd": r"123\.45", "krw": "12,?345"}
    amounts |= {"tnd": r"12\.345", "vnd": "12,?345", "clp": "12,?345"}
    for currency in amounts:
        bill(stripe, user, 12_345, currency)
    shown = {one.currency: one.number for one in billed(api, stripe, user)}

    page = visit_from(locale="de-DE")(user)
    needs_decimal_comma(page)
    show_all(page, pages)

    for currency, amount in amounts.items():
        said = said_in(pages.invoices(page).filter(has_text=shown[currency]), amount)
        wrong = sorted({*amounts.values(), r"12,?345\.00"} - {amount})
        # "12,345" alone would be found in "12,345.00", too.
        for other in wrong:
            is_said = re.search(other, said) is not None
            check_that("a row of an invoice", not is_said, expected=f"no {other}", got=said)


def said_in(row: Locator, amount: str) -> str:
    """What a row says, which has this amount in it; what stands beside it is apart from it."""
    row.wait_for()
    until(row.page, lambda: re.search(amount, text_of(row)) is not None)
    said = text_of(row)
    is_said = re.search(amount, said) is not None
    check_that("a row of an invoice", is_said, expected=f"{amount} in it", got=said)
    return said


@clause("APP-004")
def test_a_large_amount_is_written_out(
    visit: Visit, api: Api, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """To the last cent, neither rounded nor shortened; of a few of them the noughts are there."""
    stripe.subscribe_and_see(user, "pro")
    amounts = {(98_765_432, "eur"): r"987,?654\.32"}
    amounts |= {(7, "eur"): r"0\.07", (45, "kwd"): r"0\.045", (8, "jpy"): "8"}
    for one in amounts:
        bill(stripe, user, *one)
    numbers = {(one.amount_due, one.currency): one.number for one in billed(api, stripe, user)}

    page = visit(user)
    show_all(page, pages)

    for one, amount in amounts.items():
        row = pages.invoices(page).filter(has_text=numbers[one])
        said_in(row, rf"(?<![\d.,]){amount}(?!\d)")
