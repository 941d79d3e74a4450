"""Amounts on the billing page have their currency beside them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from billproof.trials import check_that, clause
from fixtures.billed import bill, billed
from fixtures.pages import part, see
from fixtures.reading import text_of

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
    "kwd": r"د\.ك|KD|KWD|dinar",
    "usd": r"\$|USD|dollar",
}
"""The signs, codes and English names of pages.yaml."""
BEFORE_CHARACTERS, AFTER_CHARACTERS = 5, 16


@clause("APP-042")
def test_an_offer_says_in_which_currency_it_is(visit: Visit, user: User) -> None:
    """Some plans cost euros, and one costs yen."""
    page = visit(user)
    see(page, part("upgrade", plan="Team"))

    said = " ".join(text_of(page).split())

    for currency, amount in (("eur", r"\b19\.00\b"), ("eur", r"\b9\.00\b"), ("jpy", r"\b4,?500\b")):
        check_currency(said, amount, currency)


@clause("APP-042")
def test_an_invoice_says_in_which_currency_it_is(
    visit: Visit, api: Api, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """Dinars, yen and dollars."""
    stripe.subscribe_and_see(user, "pro")
    amounts = {"kwd": r"\b12\.345\b", "jpy": r"\b12,?345\b", "usd": r"\b123\.45\b"}
    for currency in amounts:
        bill(stripe, user, 12_345, currency)
    shown = {one.currency: one.number for one in billed(api, stripe, user)}

    page = visit(user)

    for currency, amount in amounts.items():
        row = pages.invoices(page).filter(has_text=shown[currency])
        row.wait_for()
        check_currency(" ".join(text_of(row).split()), amount, currency)


def check_currency(said: str, amount: str, currency: str) -> None:
    """This amount is there, and its currency before it or behind it."""
    found = re.search(amount, said)
    check_that(f"an amount in {currency}", found is not None, expected=amount, got=said)
    assert found is not None
    before = said[max(found.start() - BEFORE_CHARACTERS, 0) : found.start()]
    beside = before + said[found.end() : found.end() + AFTER_CHARACTERS]
    held = re.search(CURRENCIES[currency], beside, re.IGNORECASE) is not None
    got = said[max(found.start() - BEFORE_CHARACTERS, 0) : found.end() + AFTER_CHARACTERS]
    check_that(f"{currency} beside {amount}", held, expected=CURRENCIES[currency], got=got)
