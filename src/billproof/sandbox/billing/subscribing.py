"""How a subscription begins and ends, whoever asked for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from billproof.sandbox.billing import invoices
from billproof.sandbox.billing.invoice import Invoice
from billproof.sandbox.billing.periods import period_end
from billproof.sandbox.billing.subscription import OVER, Item, Subscription
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.objects.identifiers import long_id, short_id
from billproof.sandbox.objects.payment_methods import PaymentMethod
from billproof.sandbox.objects.prices import Price


@dataclass(frozen=True)
class Order:
    """What a subscription is to be made of."""

    customer: Customer
    lines: list[tuple[Price, int]]
    metadata: dict[str, str] = field(default_factory=dict)
    description: str | None = None
    trial_end: int | None = None
    card: PaymentMethod | None = None
    """What the first invoice is charged on; without one it stays open."""


def start(account: Account, order: Order) -> Subscription:
    """A subscription with its first invoice: trialing, active when that is paid, or incomplete."""
    subscription = account.add(_incomplete(account, order))
    subscription.items = [
        _item(account, subscription, *line, order.trial_end) for line in order.lines
    ]
    for item in subscription.items:
        account.add(item)
    order.customer.currency = order.customer.currency or subscription.currency
    invoice = invoices.draft(account, order.customer, subscription, "subscription_create")
    account.emit("customer.subscription.created", subscription)
    invoices.finalize(account, order.customer, invoice)
    if _paid(account, invoice, order.card):
        with account.updating(subscription, "customer.subscription.updated"):
            subscription.status = "trialing" if order.trial_end else "active"
    return subscription


def _paid(account: Account, invoice: Invoice, card: PaymentMethod | None) -> bool:
    """Whether the first invoice could be paid; nothing to pay needs no card."""
    if invoice.total == 0:
        invoices.settle(account, invoice)
        return True
    return card is not None and invoices.collect(account, invoice, card) is None


def _incomplete(account: Account, order: Order) -> Subscription:
    now = account.now()
    return Subscription(
        id=long_id("sub_"),
        created=now,
        livemode=account.livemode,
        customer=order.customer.id,
        status="trialing" if order.trial_end else "incomplete",
        currency=order.lines[0][0].currency,
        start_date=now,
        billing_cycle_anchor=order.trial_end or now,
        trial_start=now if order.trial_end else None,
        trial_end=order.trial_end,
        metadata=dict(order.metadata),
        description=order.description,
        default_payment_method=order.card.id if order.card else None,
    )


def _item(
    account: Account, subscription: Subscription, price: Price, quantity: int, ends: int | None
) -> Item:
    now = account.now()
    return Item(
        id=short_id("si_"),
        created=now,
        livemode=account.livemode,
        subscription=subscription.id,
        customer=subscription.customer,
        price=price,
        quantity=quantity,
        period_start=now,
        period_end=ends or period_end(now, price.interval or "month", price.interval_count),
    )


def add_item(account: Account, subscription: Subscription, price: Price, quantity: int) -> None:
    """One more price for a running subscription; its period is the others'."""
    item = _item(account, subscription, price, quantity, subscription.period_end)
    subscription.items.append(account.add(item))


def end(account: Account, subscription: Subscription, at: int, reason: str) -> None:
    """Cancel for good, as of `at`."""
    if subscription.status in OVER:
        return
    subscription.status = "canceled"
    subscription.canceled_at = subscription.canceled_at or at
    subscription.ended_at = at
    subscription.cancellation = {**subscription.cancellation, "reason": reason}
    account.emit("customer.subscription.deleted", subscription)


def end_if_due(account: Account, subscription: Subscription) -> None:
    """Honour a scheduled cancellation whose instant has come."""
    ends = subscription.ends
    if ends is not None and ends <= account.now():
        end(account, subscription, ends, "cancellation_requested")


def schedule(account: Account, subscription: Subscription) -> None:
    """Have the account look again when a scheduled cancellation is due."""
    if subscription.ends is not None:
        account.expect(subscription.ends, subscription)
