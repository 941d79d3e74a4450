"""How a subscription ends, whoever or whatever ends it; and how a customer leaves."""

from __future__ import annotations

from billproof.sandbox.billing.subscription import OVER, Subscription
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.objects.invoice import Invoice


def end(account: Account, subscription: Subscription, at: int, reason: str) -> None:
    """Cancel for good, as of `at`; what has not been collected is no longer tried by itself."""
    if subscription.status in OVER:
        return
    subscription.status = "canceled"
    subscription.canceled_at = subscription.canceled_at or at
    subscription.ended_at = at
    subscription.cancellation = {**subscription.cancellation, "reason": reason}
    account.emit("customer.subscription.deleted", subscription)
    for invoice in (account.find(Invoice, identifier) for identifier in subscription.invoices):
        if invoice is not None and invoice.status in {"draft", "open"}:
            with account.updating(invoice, "invoice.updated"):
                invoice.auto_advance, invoice.next_attempt, invoice.finalizes_at = False, None, None


def end_if_due(account: Account, subscription: Subscription) -> bool:
    """Honour a scheduled cancellation whose instant has come; whether it had."""
    ends = subscription.ends
    due = ends is not None and ends <= account.now(subscription.customer)
    if ends is not None and due:
        end(account, subscription, ends, "cancellation_requested")
    return due


def leave(account: Account, customer: Customer) -> None:
    """Delete a customer; what he subscribes to ends at once."""
    for subscription in account.of(customer.id, Subscription):
        end(account, subscription, account.now(customer.id), "cancellation_requested")
    account.emit("customer.deleted", customer)
    customer.is_deleted = True
