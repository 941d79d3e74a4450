"""The calls on invoices: pay, void, give up."""

from __future__ import annotations

from billproof.sandbox.billing import invoices
from billproof.sandbox.billing.invoice import Invoice
from billproof.sandbox.billing.subscription import Subscription
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.payment_methods import chargeable

OWED = ("open", "uncollectible")
"""The statuses from which an invoice can still be paid or voided."""
RECOVERING = frozenset({"incomplete", "past_due", "unpaid"})
"""What a subscription leaves when its latest invoice is paid."""


def pay(account: Account, params: Params, identifier: str) -> Invoice:
    """Charge the named card, else the default one; a failed charge is 402 and an attempt."""
    invoice = account.get(Invoice, identifier)
    _require(invoice, *OWED)
    if params.flag("paid_out_of_band"):
        invoices.settle_outside(account, invoice)
    else:
        customer = account.get(Customer, invoice.customer)
        card = chargeable(
            account, customer, params.text("payment_method") or _usual(account, invoice)
        )
        if card is None:
            raise StripeError(Refusal.NO_PAYMENT_METHOD)
        if decline := invoices.collect(account, invoice, card):
            raise decline
    _recover(account, invoice)
    return invoice


def void(account: Account, _params: Params, identifier: str) -> Invoice:
    """Take it back for good."""
    invoice = account.get(Invoice, identifier)
    _require(invoice, *OWED)
    invoice.status, invoice.voided_at = "void", account.now()
    account.emit("invoice.voided", invoice)
    return invoice


def mark_uncollectible(account: Account, _params: Params, identifier: str) -> Invoice:
    """Give it up; whoever pays later still may."""
    invoice = account.get(Invoice, identifier)
    _require(invoice, "open")
    invoice.status, invoice.uncollectible_at = "uncollectible", account.now()
    account.emit("invoice.marked_uncollectible", invoice)
    return invoice


def _usual(account: Account, invoice: Invoice) -> str | None:
    subscription = account.find(Subscription, invoice.subscription)
    return subscription.default_payment_method if subscription else None


def _recover(account: Account, invoice: Invoice) -> None:
    subscription = account.find(Subscription, invoice.subscription)
    if subscription is None or subscription.latest_invoice != invoice.id:
        return
    with account.updating(subscription, "customer.subscription.updated"):
        if subscription.status in RECOVERING:
            subscription.status = "active"


def _require(invoice: Invoice, *statuses: str) -> None:
    if invoice.status == "paid":
        raise StripeError(Refusal.STATE, reason="Invoice is already paid")
    if invoice.status not in statuses:
        reason = f"This invoice is {invoice.status}; it must be {' or '.join(statuses)}."
        raise StripeError(Refusal.STATE, reason=reason)
