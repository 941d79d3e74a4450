"""Where an invoice leads: its page and its PDF at Stripe, outside the Mini App."""

from __future__ import annotations

import re
import time
from functools import partial
from typing import TYPE_CHECKING

import pytest

from billproof.trials import check, check_that, clause
from fixtures.billed import bill_more_than_fits, billed
from fixtures.invoice_list import show_all
from fixtures.invoices import Ledger, open_ledger
from fixtures.pages import go, is_at, tap, until
from fixtures.reading import is_seen, text_of
from fixtures.words import BILLING

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from billproof.sandbox.models import Withheld
    from fixtures.api import Api
    from fixtures.billed import Billed
    from fixtures.invoices import Move
    from fixtures.page_object import PageObject
    from fixtures.stripe import Stripe
    from fixtures.telegram import Telegram
    from fixtures.users import User
    from fixtures.visits import Visit

pytestmark = pytest.mark.usefixtures("whole_backend")

LINKS_AND_NUMBER: list[Withheld] = ["number", "hosted_invoice_url", "invoice_pdf"]
HOUR = 3_600
VAIN: dict[int, Move] = {5_511: "void", 6_622: "mark_uncollectible"}
"""Amounts that nobody pays any more, and how it comes to that."""


@clause("APP-008")
def test_page_and_pdf_of_an_invoice_open_outside(
    visit: Visit, api: Api, stripe: Stripe, user: User, pages: PageObject, telegram: Telegram
) -> None:
    """Each invoice its own, once: inside the Mini App nothing can be kept, and nothing left.

    One that is past due leads to its page as well, and all of them without a pointer over them.
    """
    stripe.subscribe_and_see(user, "pro")
    bill_more_than_fits(stripe, user)
    Ledger(api, stripe, user).bill_by(int(time.time()) - HOUR, 4_141)
    invoices = billed(api, stripe, user)
    page = visit(user)
    tabs = len(page.context.pages)
    show_all(page, pages)

    # One that was there from the start, and one that may have come by More; each of them by a tap
    # and, later, by the keyboard.
    for invoice in (invoices[0], invoices[-1]):
        row = pages.invoices(page).filter(has_text=invoice.number)
        links = {"its page": row.locator(f"a[href='{invoice.hosted_invoice_url}']").first}
        links["its PDF"] = pages.invoice_pdf(row).first
        urls = {"its page": invoice.hosted_invoice_url, "its PDF": invoice.invoice_pdf}
        for name, link in links.items():
            check(f"address of {name}", link.get_attribute("href"), urls[name])
            until(page, partial(is_seen, link))
            check(f"the link to {name} is seen", is_seen(link), expected=True)
            before = telegram.opened
            tap(page, link)
            opened = telegram.opens(page, [*before, str(urls[name])])[len(before) :]
            check(f"what Telegram was asked to open for {name}", opened, [urls[name]])
            twice = [*before, *[str(urls[name])] * 2]
            link.press("Enter")
            # A page may pass over what comes right behind a tap.
            if len(telegram.opens(page, twice)) < len(twice):
                link.press("Enter")
            opened = telegram.opens(page, twice)[len(before) :]
            check(f"what it was asked to open for {name} again", opened, [urls[name]] * 2)
    # By an address that is nobody's, as Stripe's pages lead back.
    go(page, api.environ["PUBLIC_URL"] + BILLING)
    before, pdf = telegram.opened, str(invoices[0].invoice_pdf)
    tap(page, pages.invoice_pdf(pages.invoices(page).filter(has_text=invoices[0].number)).first)
    opened = telegram.opens(page, [*before, pdf])[len(before) :]
    check("what Telegram was asked to open for its PDF after coming back", opened, [pdf])
    check("the Mini App stays", is_at(page, BILLING), expected=True)
    check("what else is opened", len(page.context.pages) - tabs, 0)


@clause("APP-008")
def test_what_stripe_has_not_is_neither_linked_nor_named(
    visit: Visit, api: Api, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """An invoice without number, page and PDF has a row like any other, and nothing to tap.

    One without a PDF has its page alone, and one without a page its PDF. What was voided or given
    up has both, like any other.
    """
    ledger = open_ledger(api, stripe, user)
    soon = int(time.time()) + HOUR
    for amount, how in VAIN.items():
        ledger.move(ledger.bill_by(soon, amount), how)
    lacks = {7_731: LINKS_AND_NUMBER, 8_842: LINKS_AND_NUMBER[-1:], 9_953: LINKS_AND_NUMBER[1:2]}
    for amount, withheld in lacks.items():
        draft = ledger.draft(amount)
        stripe.sandbox.disguise(draft.id, withhold=withheld)
        ledger.move(draft, "finalize")
    ledger.tell()

    page = visit(user)
    show_all(page, pages)

    bare = pages.invoices(page).filter(has_text="77.31")
    bare.wait_for()
    whole = pages.invoices(page).filter(has_not_text="77.31")
    check_that("links of the other", len(links_of(whole)) > 0, expected="some", got="none")
    check("links of an invoice of which Stripe has none", links_of(bare), [])
    half = pages.invoices(page).filter(has_text="88.42")
    check("PDFs of an invoice of which Stripe has none", pages.invoice_pdf(half).count(), 0)
    check("pages of it", len(set(links_of(half))), 1)
    other = pages.invoices(page).filter(has_text="99.53")
    found = pages.invoice_pdf(other).count()
    check_that("PDFs of an invoice without a page", found > 0, expected="one", got="none")
    check("links of it", len(set(links_of(other))), 1)
    for word in ("null", "undefined"):
        said = re.search(rf"\b{word}\b", text_of(bare)) is not None
        check(f"{word} for what Stripe has not", said, expected=False)

    for invoice in billed(api, stripe, user):
        if invoice.amount_due in VAIN:
            check_both_links(pages.invoices(page).filter(has_text=invoice.number), invoice)


def check_both_links(row: Locator, invoice: Billed) -> None:
    """The row of an invoice leads to its page and to its PDF."""
    wanted = {str(invoice.hosted_invoice_url), str(invoice.invoice_pdf)}
    missing = len(wanted - set(links_of(row)))
    what = f"an invoice that is {invoice.display_status} links to its page and its PDF"
    check_that(what, not missing, expected="both", got=f"{missing} missing")


def links_of(row: Locator) -> list[str]:
    """Where the links of an invoice lead, as they are written; a page may have ways of its own."""
    written = [str(link.get_attribute("href")) for link in row.locator("a[href]").all()]
    return [address for address in written if not address.startswith(("#", "/"))]
