"""Collecting invoices: attempts, what they do to the subscription, and the next attempt."""

from __future__ import annotations

from billproof.sandbox.billing import charging, invoices
from billproof.sandbox.billing.ending import end
from billproof.sandbox.billing.periods import DAY
from billproof.sandbox.billing.subscription import Subscription
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.invoice import Invoice
from billproof.sandbox.objects.payment_intents import PaymentIntent
from billproof.sandbox.objects.payment_methods import PaymentMethod, usual
from billproof.sandbox.objects.resource import Body
from billproof.sandbox.objects.settings import AfterRetries

RECOVERING = frozenset({"incomplete", "past_due", "unpaid", "paused"})
"""What a subscription leaves when its latest invoice is paid; a paused one has begun to resume."""


def usual_card(account: Account, invoice: Invoice) -> PaymentMethod | None:
    """The card an invoice is charged on when none is named."""
    subscription = account.find(Subscription, invoice.subscription)
    preferred = subscription.default_payment_method if subscription else None
    customer = account.get(Customer, invoice.customer)
    return usual(account, customer, invoice.default_payment_method, preferred)


def collect(
    account: Account,
    invoice: Invoice,
    method: PaymentMethod | None,
    *,
    on_session: bool,
    authenticated: bool = False,
) -> StripeError | None:
    """Charge a card for all that is due; what stood in the way, once its events are out."""
    before = invoice.body()
    if not on_session or not invoice.attempts:
        invoice.attempts += 1  # what a customer tries besides is no part of the schedule
    if method is None:
        error: StripeError | None = StripeError(Refusal.NO_PAYMENT_METHOD)
    else:
        intent = account.get(PaymentIntent, invoice.payment_intent or "")
        error = charging.confirm(
            account, intent, method, on_session=on_session, authenticated=authenticated
        )
        invoice.charge = intent.latest_charge
    if error is None:
        invoices.settle(account, invoice, before)
        mark_delinquent(account, invoice, owes=False)
        recover(account, invoice, method)
    else:
        _failed(account, invoice, error, before, on_session=on_session)
    return error


def authenticate(account: Account, intent: PaymentIntent, *, agreed: bool) -> StripeError | None:
    """The owner has answered his bank's question about a payment that waits for it."""
    invoice = account.find(Invoice, intent.invoice)
    method = account.get(PaymentMethod, intent.payment_method or "")
    if agreed and invoice is not None:
        return collect(account, invoice, method, on_session=True, authenticated=True)
    if agreed:
        return charging.confirm(account, intent, method, on_session=True, authenticated=True)
    error = charging.refuse(account, intent)
    if invoice is not None:
        account.emit("invoice.payment_failed", invoice)
    return error


def _failed(
    account: Account, invoice: Invoice, error: StripeError, before: Body, *, on_session: bool
) -> None:
    last = invoice.auto_advance and not on_session
    if invoice.auto_advance and (not on_session or invoice.attempts == 1):
        last &= not _plan_next(account, invoice)
    if invoice.body() != before:
        account.emit("invoice.updated", invoice, before)
    asked = error.refusal is Refusal.AUTHENTICATION
    if asked:
        account.emit("invoice.payment_action_required", invoice)
    if not (asked and on_session):
        account.emit("invoice.payment_failed", invoice)
    if not on_session:
        mark_delinquent(account, invoice, owes=True)
    subscription = account.find(Subscription, invoice.subscription)
    if subscription is not None and invoice.reason != "subscription_create":
        fall_behind(account, subscription, last=last)


def _plan_next(account: Account, invoice: Invoice) -> bool:
    """Whether there is a next attempt."""
    days = account.settings.retry_days
    if invoice.attempts > len(days):
        invoice.auto_advance, invoice.next_attempt = False, None
        return False
    pause = days[invoice.attempts - 1] * DAY
    invoice.next_attempt = account.now(invoice.customer) + pause
    account.expect(invoice.next_attempt, invoice)
    return True


def fall_behind(account: Account, subscription: Subscription, *, last: bool) -> None:
    """A payment is overdue; after the `last` attempt the merchant's setting says what follows."""
    then = account.settings.after_retries if last else AfterRetries.PAST_DUE
    with account.updating(subscription, "customer.subscription.updated"):
        if subscription.status in {"active", "trialing"}:
            subscription.status = "past_due"
        if then is AfterRetries.UNPAID:
            subscription.status = "unpaid"
    if then is AfterRetries.CANCEL:
        end(account, subscription, account.now(subscription.customer), "payment_failed")


def recover(account: Account, invoice: Invoice, method: PaymentMethod | None = None) -> None:
    """A subscription whose latest invoice is paid, in whatever way, is in order again.

    The card that has paid becomes its default where it is to keep cards.
    """
    subscription = account.find(Subscription, invoice.subscription)
    if subscription is None or subscription.latest_invoice != invoice.id:
        return
    was_paused = subscription.status == "paused"
    with account.updating(subscription, "customer.subscription.updated"):
        if subscription.status in RECOVERING:
            subscription.status = "active"
        if subscription.keeps_cards and method is not None and method.customer is not None:
            subscription.default_payment_method = method.id
    if was_paused:
        account.emit("customer.subscription.resumed", subscription)


def forgive(account: Account, invoice: Invoice) -> None:
    """What keeps a subscription paused has been given up: it resumes."""
    subscription = account.find(Subscription, invoice.subscription)
    if subscription is not None and subscription.status == "paused":
        recover(account, invoice)


def mark_delinquent(account: Account, invoice: Invoice, *, owes: bool) -> None:
    """Note on the customer how the latest change of an invoice of his went."""
    customer = account.get(Customer, invoice.customer)
    with account.updating(customer, "customer.updated"):
        customer.delinquent = owes


def turn(account: Account, invoice: Invoice) -> None:
    """Do what is due for an invoice: finalise a draft, try a failed payment again."""
    now = account.now(invoice.customer)
    if invoice.status == "draft" and invoice.finalizes_at and invoice.finalizes_at <= now:
        advance(account, invoice)
    elif invoice.status == "open" and invoice.next_attempt and invoice.next_attempt <= now:
        collect(account, invoice, usual_card(account, invoice), on_session=False)
    elif invoice.status == "open" and invoice.due_date and invoice.due_date <= now:
        mark_delinquent(account, invoice, owes=True)
        overdue = account.find(Subscription, invoice.subscription)
        if overdue is not None:
            fall_behind(account, overdue, last=False)


def advance(account: Account, invoice: Invoice) -> None:
    """Finalise a draft; charge it, unless the customer is to pay it himself."""
    invoices.finalize(account, invoice, stood=True)
    if invoice.status == "paid":
        recover(account, invoice)
    elif invoice.collection_method == "charge_automatically":
        collect(account, invoice, usual_card(account, invoice), on_session=False)
    else:
        account.emit("invoice.sent", invoice)
        account.expect(invoice.due_date or invoice.created, invoice)
