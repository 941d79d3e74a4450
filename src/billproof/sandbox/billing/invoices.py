"""Invoices: made by subscriptions or by hand, finalised, paid."""

from __future__ import annotations

from collections.abc import Iterable

from billproof.sandbox.billing import charging
from billproof.sandbox.billing.line_order import newest_items, newest_waiting
from billproof.sandbox.billing.periods import DAY
from billproof.sandbox.billing.subscription import Item, Subscription
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.objects.identifiers import long_id
from billproof.sandbox.objects.invoice import Invoice, InvoicePayment
from billproof.sandbox.objects.invoice_lines import Charged, InvoiceItem, Line
from billproof.sandbox.objects.payment_intents import PaymentIntent
from billproof.sandbox.objects.payment_methods import PaymentMethod
from billproof.sandbox.objects.product import product_name
from billproof.sandbox.objects.resource import NO_METADATA, Body

TIMES = "\N{MULTIPLICATION SIGN}"
"""As Stripe writes quantities on invoices."""


def draft(  # noqa: PLR0913 - an invoice's words
    account: Account,
    subscription: Subscription,
    reason: str,
    items: Iterable[Item] | None = None,
    *,
    since: int | None = None,
    advances: bool = False,
) -> Invoice:
    """A new invoice for the current period of `items`, all by default, and for all that waits.

    What a trial gives costs nothing. It closes what came `since`, now by default. One that
    `advances` is finalised by itself, after a while.
    """
    customer = account.get(Customer, subscription.customer)
    invoice = empty(account, customer, subscription.currency, reason, subscription)
    invoice.period_start = invoice.period_end if since is None else since
    add_pending(account, invoice)
    for item in newest_items(subscription.items if items is None else items):
        add_line(account, invoice, for_period(account, subscription, item))
    if advances:
        schedule(account, invoice)
    subscription.latest_invoice = account.add(invoice).id
    subscription.invoices.append(invoice.id)
    if reason != "subscription_create":  # then the subscription is announced first
        account.emit("invoice.created", invoice)
    return invoice


def schedule(account: Account, invoice: Invoice) -> None:
    """Have a draft finalised by itself, and a card charged then."""
    invoice.auto_advance = True
    invoice.finalizes_at = account.now(invoice.customer) + account.settings.finalization_delay
    if invoice.collection_method == "charge_automatically":
        invoice.next_attempt = invoice.finalizes_at


def empty(
    account: Account,
    customer: Customer,
    currency: str,
    reason: str,
    subscription: Subscription | None = None,
) -> Invoice:
    """A draft without lines, not yet kept."""
    now = account.now(customer.id)
    sent = subscription is not None and subscription.collection_method == "send_invoice"
    return Invoice(
        id=long_id("in_"),
        created=now,
        livemode=account.livemode,
        customer=customer.id,
        email=customer.email,
        name=customer.name,
        subscription=subscription.id if subscription else None,
        about=subscription.metadata if subscription else NO_METADATA,
        origin=account.origin,
        currency=currency,
        reason=reason,
        period_start=now,
        period_end=now,
        test_clock=customer.test_clock,
        collection_method="send_invoice" if sent else "charge_automatically",
        due_date=now + DAY * (subscription.days_until_due or 0) if subscription and sent else None,
    )


def for_period(account: Account, subscription: Subscription, item: Item) -> Charged:
    """What an item costs for its current period."""
    free = subscription.status == "trialing"
    name = product_name(account, item.price.product)
    return Charged(
        amount=0 if free else item.price.amount * item.quantity,
        currency=item.price.currency,
        description=f"Trial period for {name}" if free else f"{item.quantity} {TIMES} {name}",
        start=item.period_start,
        end=item.period_end,
        price=item.price.id,
        product=item.price.product,
        quantity=item.quantity,
        unit_amount=0 if free else item.price.amount,
        subscription=subscription.id,
        item=item.id,
    )


def add_line(
    account: Account, invoice: Invoice, charged: Charged, invoice_item: str | None = None
) -> None:
    """One more line for a draft."""
    invoice.lines.append(
        Line(
            id=long_id("il_"),
            created=account.now(invoice.customer),
            livemode=account.livemode,
            invoice=invoice.id,
            charged=charged,
            invoice_item=invoice_item,
        )
    )


def add_pending(account: Account, invoice: Invoice) -> None:
    """Bill what has waited for the customer's next invoice, or for this subscription's."""
    for item in newest_waiting(pending(account, invoice)):
        item.invoice = invoice.id
        add_line(account, invoice, item.charged, item.id)


def pending(account: Account, invoice: Invoice) -> list[InvoiceItem]:
    """What waits for an invoice like this one."""
    customer = account.get(Customer, invoice.customer)
    known = [account.find(InvoiceItem, identifier) for identifier in customer.pending]
    waiting = [item for item in known if item is not None and item.invoice is None]
    customer.pending = tuple(item.id for item in waiting)
    return [
        item
        for item in waiting
        if item.charged.currency == invoice.currency
        and item.charged.subscription in (None, invoice.subscription)
    ]


def finalize(account: Account, invoice: Invoice, *, stood: bool = False) -> None:
    """Give it its number and open it; what is over nothing is paid by that.

    A draft that has `stood` for others to see is also said to be updated.
    """
    before = invoice.body() if stood else None
    invoice.status, invoice.next_attempt = "open", None
    _take_from(account, account.get(Customer, invoice.customer), invoice)
    invoice.finalized_at, invoice.finalizes_at = account.now(invoice.customer), None
    if invoice.due:
        _ask_for_payment(account, invoice)
    if before is not None:
        account.emit("invoice.updated", invoice, before)
    account.emit("invoice.finalized", invoice)
    if not invoice.due:
        invoice.attempts += 1
        settle(account, invoice)


def _take_from(account: Account, customer: Customer, invoice: Invoice) -> None:
    """Take what is the customer's: the next number, and the credit or debt that he has."""
    before, balance = customer.body(), customer.balance
    invoice.number = f"{customer.invoice_prefix}-{customer.next_invoice:04d}"
    customer.next_invoice += 1
    invoice.starting_balance = balance
    customer.balance = invoice.ending_balance
    # A number that is used up alone is no news.
    if customer.balance != balance:
        account.emit("customer.updated", customer, before)


def _ask_for_payment(account: Account, invoice: Invoice) -> None:
    what = "Payment for Invoice"
    if invoice.subscription:
        what = f"Subscription {'creation' if invoice.reason == 'subscription_create' else 'update'}"
    intent = charging.begin(account, invoice.customer, invoice.due, invoice.currency, what)
    intent.invoice, invoice.payment_intent = invoice.id, intent.id
    payment = InvoicePayment(
        id=long_id("inpay_"),
        created=intent.created,
        livemode=account.livemode,
        invoice=invoice.id,
        customer=invoice.customer,
        payment_intent=intent.id,
        requested=invoice.due,
        currency=invoice.currency,
    )
    invoice.payment = account.add(payment).id


def await_client(account: Account, invoice: Invoice, card: PaymentMethod | None) -> None:
    """Have its payment wait to be confirmed, with the card that there is."""
    if card is not None:
        intent = account.get(PaymentIntent, invoice.payment_intent or "")
        intent.payment_method, intent.status = card.id, "requires_confirmation"


def settle(account: Account, invoice: Invoice, before: Body | None = None) -> None:
    """Note that it was paid in full, with or without a charge.

    With what it was `before`, it is also said to be updated.
    """
    invoice.status, invoice.auto_advance = "paid", False
    invoice.amount_paid = invoice.due
    invoice.next_attempt = None
    invoice.paid_at = account.now(invoice.customer)
    if before is not None:
        account.emit("invoice.updated", invoice, before)
    payment = account.find(InvoicePayment, invoice.payment)
    if payment is not None and invoice.outside:
        payment.canceled_at = invoice.paid_at
        charging.give_up(account, account.get(PaymentIntent, payment.payment_intent))
    elif payment is not None:
        payment.paid_at = invoice.paid_at
        account.emit("invoice_payment.paid", payment)
    account.emit("invoice.paid", invoice)
    if not invoice.outside:
        account.emit("invoice.payment_succeeded", invoice)


def close(account: Account, invoice: Invoice, status: str) -> None:
    """Take it back (`void`) or give it up (`uncollectible`)."""
    now = account.now(invoice.customer)
    with account.updating(invoice, "invoice.updated"):
        invoice.status, invoice.next_attempt, invoice.auto_advance = status, None, False
        if status == "void":
            invoice.voided_at = now
        else:
            invoice.uncollectible_at = now
    if status == "void" and invoice.payment_intent:
        charging.give_up(account, account.get(PaymentIntent, invoice.payment_intent))
    account.emit("invoice.voided" if status == "void" else "invoice.marked_uncollectible", invoice)
