"""What invoices say of money: Stripe's integers, each in its own currency."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from billproof.trials import check, check_that, clause
from fixtures.invoices import Ledger, only_of, open_ledger, walk, walked

if TYPE_CHECKING:
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

AMOUNTS = (("jpy", 4501), ("kwd", 12345), ("eur", 1999), ("usd", 5), ("jpy", 7), ("kwd", 98760))
"""Currencies of no, three and two decimals in one history; no amount occurs twice."""

LARGEST = 99_999_999
"""The largest amount that Stripe takes."""

UNUSUAL = (("eur", LARGEST), ("isk", 45_600), ("ugx", 78_900), ("huf", 32_100))
"""Of the last three Stripe's integers are hundredths, though nobody pays with those."""


def shown_to(api: Api, user: User) -> dict[str, dict[str, Any]]:
    """All invoices of the user's list, by id."""
    return {invoice["id"]: invoice for invoice in walked(walk(api, user, 100))}


def check_money(shown: dict[str, Any], due: int, paid: int, currency: str) -> None:
    """These amounts and this currency; whether they are integers is looked at with the shape."""
    what = f"of the invoice over {due} {currency}"
    check(f"amount_due {what}", shown["amount_due"], due)
    check(f"amount_paid {what}", shown["amount_paid"], paid)
    check(f"currency {what}", shown["currency"], currency)


@clause("INV-006")
def test_each_invoice_is_in_its_own_currency(api: Api, stripe: Stripe, user: User) -> None:
    """Open or paid, of one yen or of a hundred thousand fils: what Stripe says, to the unit."""
    ledger = open_ledger(api, stripe, user)
    owed = [ledger.bill(amount, currency) for currency, amount in (*AMOUNTS, *UNUSUAL)]
    paid = [ledger.move(ledger.bill(amount + 1, currency), "pay") for currency, amount in AMOUNTS]
    ledger.tell()

    shown = shown_to(api, user)

    for truth in (*owed, *paid):
        listed = truth.id in shown
        check_that("the invoice is listed", listed, expected=truth.id, got=[*shown])
        check_money(shown[truth.id], truth.amount_due, truth.amount_paid, truth.currency)
    check("amount_paid of what is open", {shown[one.id]["amount_paid"] for one in owed}, {0})


@clause("INV-006")
def test_a_plan_in_yen_is_billed_in_yen(api: Api, stripe: Stripe, user: User) -> None:
    """First a trial for nothing; the invoice of the plan is in the plan's own currency."""
    open_ledger(api, stripe, user, "team")

    trial = only_of(api.invoices(user))

    check_money(trial, 0, 0, "jpy")
    check("display_status of a trial's invoice", trial["display_status"], "paid")


@clause("INV-007")
def test_a_credit_lowers_what_is_due(api: Api, stripe: Stripe, user: User) -> None:
    """Of 20.00 with a credit of 15.00 there are 5.00 to pay, and later they are paid."""
    ledger = open_ledger(api, stripe, user)
    credit = ledger.bill(-1500)
    invoice = ledger.bill(2000)
    ledger.tell()
    shown = shown_to(api, user)
    check_money(shown[credit.id], 0, 0, "eur")
    check_money(shown[invoice.id], 500, 0, "eur")

    ledger.move(invoice, "pay")
    ledger.tell()

    check_money(shown_to(api, user)[invoice.id], 500, 500, "eur")


@clause("INV-007")
def test_a_refund_changes_no_invoice(api: Api, stripe: Stripe, user: User) -> None:
    """It stays paid, and says what was paid."""
    ledger = open_ledger(api, stripe, user)
    refund(stripe, ledger)
    ledger.tell()

    shown = only_of(api.invoices(user))

    check_money(shown, 1900, 1900, "eur")
    check("display_status", shown["display_status"], "paid")


def refund(stripe: Stripe, ledger: Ledger) -> None:
    """Give back what the customer's charge took."""
    charges = stripe.sandbox.stripe("GET", "/v1/charges", {"customer": ledger.customer.id})
    for charge in charges["data"]:
        stripe.sandbox.stripe("POST", "/v1/refunds", {"charge": charge["id"]})
