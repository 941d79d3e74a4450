"""Invoices: made by subscriptions, finalised, paid."""

from __future__ import annotations

from billproof.sandbox.billing.invoice import Invoice, Line
from billproof.sandbox.billing.subscription import Item, Subscription
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.objects.errors import StripeError
from billproof.sandbox.objects.identifiers import long_id
from billproof.sandbox.objects.payment_methods import PaymentMethod, declined


def draft(account: Account, customer: Customer, subscription: Subscription, reason: str) -> Invoice:
    """A new invoice for the current period of a subscription; a trial's lines cost nothing."""
    invoice = Invoice(
        id=long_id("in_"),
        created=account.now(),
        livemode=account.livemode,
        customer=customer.id,
        email=customer.email,
        name=customer.name,
        subscription=subscription.id,
        about=dict(subscription.metadata),
        origin=account.origin,
        currency=subscription.currency,
        reason=reason,
    )
    free = subscription.status == "trialing"
    invoice.lines = [_line(account, invoice, item, free=free) for item in subscription.items]
    account.add(invoice)
    subscription.latest_invoice = invoice.id
    return invoice


def _line(account: Account, invoice: Invoice, item: Item, *, free: bool) -> Line:
    price = item.price
    words = f"Trial period for {price.product}" if free else f"{item.quantity} x {price.product}"
    return Line(
        id=long_id("il_"),
        created=account.now(),
        livemode=account.livemode,
        invoice=invoice.id,
        item=item.id,
        subscription=item.subscription,
        price=price.id,
        product=price.product,
        amount=0 if free else price.amount * item.quantity,
        currency=price.currency,
        quantity=item.quantity,
        description=words,
        start=item.period_start,
        end=item.period_end,
    )


def finalize(account: Account, customer: Customer, invoice: Invoice) -> None:
    """Give it its number and open it."""
    account.emit("invoice.created", invoice)
    invoice.status = "open"
    invoice.number = f"{customer.invoice_prefix}-{customer.next_invoice:04d}"
    customer.next_invoice += 1
    invoice.finalized_at = account.now()
    account.emit("invoice.finalized", invoice)


def collect(account: Account, invoice: Invoice, card: PaymentMethod) -> StripeError | None:
    """Charge a card for all of it; the decline, after saying so by event, when that fails."""
    decline = declined(card.number)
    if decline is None:
        settle(account, invoice)
        return None
    invoice.attempts += 1
    account.emit("invoice.payment_failed", invoice)
    return decline


def settle(account: Account, invoice: Invoice) -> None:
    """Pay it in full; one over nothing is paid without an attempt."""
    invoice.attempts += 1
    settle_outside(account, invoice)
    account.emit("invoice.payment_succeeded", invoice)


def settle_outside(account: Account, invoice: Invoice) -> None:
    """Note that it was paid, without a charge."""
    invoice.status = "paid"
    invoice.amount_paid = invoice.total
    invoice.paid_at = account.now()
    account.emit("invoice.paid", invoice)
