"""Charging a card: payment intents from their creation to success, refusal or authentication."""

from __future__ import annotations

from billproof.sandbox.billing.periods import DAY
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.cards import Decline
from billproof.sandbox.objects.charges import Charge, Dispute
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.identifiers import long_id
from billproof.sandbox.objects.payment_intents import PAYABLE, PaymentIntent
from billproof.sandbox.objects.payment_methods import PaymentMethod, give

RESPONSE_DAYS = 7
"""How long a merchant has to answer a dispute."""


def begin(
    account: Account, customer: str | None, amount: int, currency: str, description: str | None
) -> PaymentIntent:
    """A payment intent that waits for a card."""
    identifier = long_id("pi_")
    intent = PaymentIntent(
        id=identifier,
        created=account.now(customer),
        livemode=account.livemode,
        customer=customer,
        amount=amount,
        currency=currency,
        secret=f"{identifier}_secret_{long_id('')}",
        description=description,
    )
    account.emit("payment_intent.created", account.add(intent))
    return intent


def confirm(
    account: Account,
    intent: PaymentIntent,
    method: PaymentMethod,
    *,
    on_session: bool,
    authenticated: bool = False,
) -> StripeError | None:
    """Try to collect it from a card; what stood in the way, after saying so by event."""
    intent.payment_method = method.id
    if not authenticated and method.asks(on_session=on_session):
        return _ask(account, intent, on_session=on_session)
    decline = method.card.refused or method.card.fails
    charge = _charge(account, intent, method, decline)
    if decline is not None:
        error = decline.error()
        error.extra["charge"] = charge.id
        return _fail(account, intent, error)
    intent.status, intent.last_error, intent.next_url = "succeeded", None, None
    method.is_set_up |= intent.setup_future_usage == "off_session"
    if intent.setup_future_usage and intent.customer and method.customer is None:
        give(account, method, intent.customer)
    account.emit("payment_intent.succeeded", intent)
    if method.card.disputed:
        dispute(account, charge, "fraudulent")
    return None


def _ask(account: Account, intent: PaymentIntent, *, on_session: bool) -> StripeError:
    error = StripeError(Refusal.AUTHENTICATION, extra={"decline_code": "authentication_required"})
    if not on_session and intent.invoice is None:
        return _fail(account, intent, error)  # nobody is there to answer
    intent.status = "requires_action"
    intent.next_url = f"{account.origin}/3ds/{intent.id}"
    account.emit("payment_intent.requires_action", intent)
    error.extra["payment_intent"] = intent.body()
    return error


def refuse(account: Account, intent: PaymentIntent) -> StripeError:
    """Its owner did not authenticate: it waits for another card."""
    return _fail(account, intent, StripeError(Refusal.NOT_AUTHENTICATED))


def _fail(account: Account, intent: PaymentIntent, error: StripeError) -> StripeError:
    method = account.find(PaymentMethod, intent.payment_method)
    error.extra["payment_method"] = method.body() if method else None
    intent.last_error = error.kept(account.mode)
    intent.status, intent.payment_method, intent.next_url = "requires_payment_method", None, None
    account.emit("payment_intent.payment_failed", intent)
    error.extra["payment_intent"] = intent.body()
    return error


def _charge(
    account: Account, intent: PaymentIntent, method: PaymentMethod, decline: Decline | None
) -> Charge:
    charge = Charge(
        id=long_id("ch_"),
        created=account.now(intent.customer),
        livemode=account.livemode,
        customer=intent.customer,
        amount=intent.amount,
        currency=intent.currency,
        payment_intent=intent.id,
        invoice=intent.invoice,
        method=method,
        decline=decline,
    )
    intent.latest_charge = account.add(charge).id
    account.emit("charge.failed" if decline else "charge.succeeded", charge)
    return charge


def give_up(account: Account, intent: PaymentIntent, reason: str = "void_invoice") -> None:
    """Cancel what has not been paid."""
    if intent.status in PAYABLE:
        intent.status, intent.next_url = "canceled", None
        intent.canceled_at = account.now(intent.customer)
        intent.cancellation_reason = reason
        account.emit("payment_intent.canceled", intent)


def dispute(account: Account, charge: Charge, reason: str) -> Dispute:
    """The payer's bank takes a charge back."""
    now = account.now(charge.customer)
    charge.disputed = True
    found = Dispute(
        id=long_id("du_"),
        created=now,
        livemode=account.livemode,
        customer=charge.customer,
        amount=charge.amount,
        currency=charge.currency,
        charge=charge.id,
        payment_intent=charge.payment_intent,
        reason=reason,
        due_by=now + RESPONSE_DAYS * DAY,
    )
    account.emit("charge.dispute.created", account.add(found))
    account.emit("charge.dispute.funds_withdrawn", found)
    return found
