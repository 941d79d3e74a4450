"""A customer is billed in one currency at a time.

Source: Stripe's refusal in these words. He may change it once nothing is left in the old one.
"""

from __future__ import annotations

from collections.abc import Iterator

from billproof.sandbox.billing.subscription import OVER, Subscription
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.invoice import Invoice
from billproof.sandbox.objects.invoice_lines import InvoiceItem

UNSETTLED = frozenset({"draft", "open"})


def refuse_other_currency(account: Account, customer: Customer, currency: str) -> None:
    """StripeError when something of the customer's still runs or waits in another currency."""
    other = next((used for used in _in_use(account, customer) if used != currency), None)
    if other is not None:
        reason = (
            "You cannot combine currencies on a single customer. This customer has an active "
            f"subscription, subscription schedule, discount, quote, or invoice item with currency "
            f"{other}"
        )
        raise StripeError(Refusal.STATE, reason=reason)


def _in_use(account: Account, customer: Customer) -> Iterator[str]:
    for subscription in account.of(customer.id, Subscription):
        if subscription.status not in OVER:
            yield subscription.currency
    for invoice in account.of(customer.id, Invoice):
        if invoice.status in UNSETTLED:
            yield invoice.currency
    for item in account.of(customer.id, InvoiceItem):
        if item.invoice is None:
            yield item.charged.currency
