"""How a subscription begins, whoever asked for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from billproof.sandbox.billing import collection, cycle, invoices, proration, setup_intents
from billproof.sandbox.billing.periods import next_end
from billproof.sandbox.billing.subscription import Item, Subscription
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.objects.errors import StripeError
from billproof.sandbox.objects.identifiers import long_id, short_id
from billproof.sandbox.objects.invoice import Invoice
from billproof.sandbox.objects.payment_methods import PaymentMethod
from billproof.sandbox.objects.price import Price
from billproof.sandbox.objects.resource import NO_METADATA, NONE


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What a subscription is to be made of."""

    customer: Customer
    lines: list[tuple[Price, int]]
    notes: Sequence[Mapping[str, str]] = ()
    """The metadata of each line's item, when there are some."""
    metadata: Mapping[str, str] = field(default_factory=lambda: NO_METADATA)
    description: str | None = None
    trial_end: int | None = None
    trial_settings: Any = None
    payment_settings: Mapping[str, Any] = field(default_factory=lambda: NONE)
    anchor: int | None = None
    """Where its whole periods begin, when that is not now; what comes before is a part of one."""
    prorates: bool = True
    """Whether that part is paid for."""
    part_from: int | None = None
    """Where that part begins, when that was said before; else now."""
    card: PaymentMethod | None = None
    """What the first invoice is charged on."""
    keeps_card: bool = True
    """Whether later ones are too, whatever becomes the customer's default."""
    charge_now: bool = True
    """Whether it is charged at all: a client may confirm the payment later."""
    authenticated: bool = False
    """Whether the owner of the card has just authenticated."""
    off_session: bool = False
    days_until_due: int | None = None
    """When given, the customer is sent invoices instead of being charged."""


@dataclass(frozen=True, slots=True)
class Started:
    """A new subscription, and why its first payment did not go through."""

    subscription: Subscription
    error: StripeError | None


def start(account: Account, order: Order) -> Started:
    """A subscription with its first invoice: trialing, active when that is paid, or incomplete."""
    subscription = account.add(_new(account, order))
    subscription.items = [
        account.add(new_item(account, subscription, price, quantity))
        for price, quantity in order.lines
    ]
    for item, notes in zip(subscription.items, order.notes, strict=False):
        item.metadata = notes
    with account.updating(order.customer, "customer.updated"):
        order.customer.currency = order.customer.currency or subscription.currency
    invoice = _first_invoice(account, subscription, order)
    if not invoice.due and order.days_until_due is None:
        _ask_for_card(account, subscription, order)
    account.emit("customer.subscription.created", subscription)
    account.emit("invoice.created", invoice)
    invoices.finalize(account, invoice)
    error = _pay(account, subscription, invoice, order)
    cycle.warn_at_once(account, subscription)
    cycle.plan(account, subscription)
    return Started(subscription, error)


def _first_invoice(account: Account, subscription: Subscription, order: Order) -> Invoice:
    if order.anchor is None:
        return invoices.draft(account, subscription, "subscription_create")
    for item in subscription.items if order.prorates else ():
        begins = order.part_from or item.period_start
        proration.charge_part(account, subscription, item, begins)
    return invoices.draft(account, subscription, "subscription_create", ())


def _ask_for_card(account: Account, subscription: Subscription, order: Order) -> None:
    """With nothing to pay yet, a card can be saved, or its owner asked, for what comes later."""
    card = order.card
    asks = card is not None and not order.authenticated and card.asks(on_session=False)
    if order.charge_now and not asks:
        return
    intent = setup_intents.begin(account, order.customer.id)
    if card is not None:
        intent.payment_method, intent.status = card.id, "requires_confirmation"
    if asks:
        setup_intents.ask(account, intent)
    subscription.pending_setup_intent = intent.id


def _pay(
    account: Account, subscription: Subscription, invoice: Invoice, order: Order
) -> StripeError | None:
    if invoice.status == "paid" or order.days_until_due is not None:
        with account.updating(subscription, "customer.subscription.updated"):
            if subscription.status == "incomplete":
                subscription.status = "active"
        if invoice.status == "open":
            account.emit("invoice.sent", invoice)
            account.expect(invoice.due_date or invoice.created, invoice)
        return None
    if not order.charge_now:
        invoices.await_client(account, invoice, order.card)
        return None
    return collection.collect(
        account,
        invoice,
        order.card,
        on_session=not order.off_session,
        authenticated=order.authenticated,
    )


def _new(account: Account, order: Order) -> Subscription:
    now = account.now(order.customer.id)
    sent = order.days_until_due is not None
    return Subscription(
        id=long_id("sub_"),
        created=now,
        livemode=account.livemode,
        customer=order.customer.id,
        status="trialing" if order.trial_end else "incomplete",
        currency=order.lines[0][0].currency,
        start_date=now,
        billing_cycle_anchor=order.trial_end or order.anchor or now,
        trial_start=now if order.trial_end else None,
        trial_end=order.trial_end,
        trial_settings=order.trial_settings,
        payment_settings=order.payment_settings,
        metadata=order.metadata,
        description=order.description,
        default_payment_method=order.card.id if order.card and order.keeps_card else None,
        collection_method="send_invoice" if sent else "charge_automatically",
        days_until_due=order.days_until_due,
        test_clock=order.customer.test_clock,
    )


def new_item(account: Account, subscription: Subscription, price: Price, quantity: int) -> Item:
    """One more price of a subscription, in the period that it has reached."""
    now = account.now(subscription.customer)
    ends = next_end(
        subscription.billing_cycle_anchor, now, price.interval or "month", price.interval_count
    )
    begun = [item.period_start for item in subscription.items if item.period_end == ends]
    return Item(
        id=short_id("si_"),
        created=now,
        livemode=account.livemode,
        subscription=subscription.id,
        customer=subscription.customer,
        price=price,
        quantity=quantity,
        period_start=min(begun, default=now),
        period_end=ends,
    )
