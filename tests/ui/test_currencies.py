"""Amounts on the billing page have their currency beside them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from billproof.trials import check_that, clause
from fixtures.amounts import alone
from fixtures.billed import bill, billed
from fixtures.invoice_list import show_all
from fixtures.invoices import Ledger
from fixtures.pages import see
from fixtures.reading import text_of
from fixtures.words import part

if TYPE_CHECKING:
    from fixtures.api import Api
    from fixtures.page_object import PageObject
    from fixtures.stripe import Stripe
    from fixtures.users import User
    from fixtures.visits import Visit

pytestmark = pytest.mark.usefixtures("whole_backend")

CURRENCIES = {
    "eur": "€|EUR|euro",
    "jpy": "[¥￥円]|JPY|yen",
    "gbp": "£|GBP|pound",
    "kwd": r"د\.ك|K\.?D|KWD|dinar",
    "krw": "[₩￦원]|KRW|won",
    "usd": r"\$|USD|dollar",
}
"""The signs, codes and English names of pages.yaml."""
BESIDE_CHARACTERS = 20
"""So near stands whatever a currency may be called."""
AMOUNTS = (("eur", r"19\.00"), ("eur", r"9\.00"), ("jpy", "4,?500"))


@clause("APP-042")
def test_an_offer_says_in_which_currency_it_is(visit: Visit, user: User) -> None:
    """Some plans cost euros, and one costs yen."""
    page = visit(user)
    see(page, part("upgrade", plan="Team"))

    said = " ".join(text_of(page).split())

    for currency, amount in AMOUNTS:
        check_currency(said, amount, currency)


@clause("APP-042")
def test_an_invoice_says_in_which_currency_it_is(
    visit: Visit, api: Api, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """Dinars, yen and dollars, and what no plan and few customers have: pounds and won."""
    stripe.subscribe_and_see(user, "pro")
    amounts = {"kwd": r"12\.345", "jpy": "12,?345", "usd": r"123\.45"}
    amounts |= {"gbp": r"123\.45", "krw": "12,?345"}
    for currency in amounts:
        bill(stripe, user, 12_345, currency)
    shown = {one.currency: one.number for one in billed(api, stripe, user)}

    page = visit(user)
    show_all(page, pages)

    for currency, amount in amounts.items():
        row = pages.invoices(page).filter(has_text=shown[currency])
        check_currency(" ".join(text_of(row).split()), amount, currency)


@clause("APP-042")
def test_nothing_to_pay_has_its_currency_too(
    visit: Visit, api: Api, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """No euros and no dinars: an invoice of nothing says of what, as one of something does."""
    stripe.subscribe_and_see(user, "pro")
    ledger = Ledger(api, stripe, user)
    amounts = {"eur": r"0\.00", "kwd": r"0\.000"}
    numbers = {one: ledger.bill(0, one).number for one in amounts}
    ledger.tell()

    page = visit(user)
    show_all(page, pages)

    for currency, amount in amounts.items():
        row = pages.invoices(page).filter(has_text=numbers[currency])
        check_currency(" ".join(text_of(row).split()), amount, currency)


def check_currency(said: str, amount: str, currency: str) -> None:
    """This amount is there, and its currency before it or behind it."""
    found = re.search(alone(amount), said)
    check_that(f"an amount in {currency}", found is not None, expected=amount, got=said)
    assert found is not None
    before = said[max(found.start() - BESIDE_CHARACTERS, 0) : found.start()]
    after = said[found.end() : found.end() + BESIDE_CHARACTERS]
    # What stands beyond other digits is of another amount.
    beside = re.split(r"\d", before)[-1] + re.split(r"\d", after)[0]
    held = re.search(CURRENCIES[currency], beside, re.IGNORECASE) is not None
    got = f"{before}{found.group()}{after}"
    check_that(f"{currency} beside {amount}", held, expected=CURRENCIES[currency], got=got)
