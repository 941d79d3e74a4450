"""The calls on checkout sessions, and what paying one does."""

from __future__ import annotations

from dataclasses import dataclass

from billproof.sandbox.billing.anchors import anchor_ahead
from billproof.sandbox.billing.checkout_session import Session, SessionLine
from billproof.sandbox.billing.order_lines import basket, bill_once, check_currency
from billproof.sandbox.billing.periods import DAY
from billproof.sandbox.billing.session_rules import LATENESS, check, expiry
from billproof.sandbox.billing.subscribing import Order, start
from billproof.sandbox.billing.trials import trial_end
from billproof.sandbox.objects import payment_methods
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.cards import Asks, Card, accept
from billproof.sandbox.objects.customers import Customer, living
from billproof.sandbox.objects.customers import create as create_customer
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.identifiers import long_id, session_id
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.payment_methods import PaymentMethod

SOONEST_TRIAL_END = 2 * DAY


def create(account: Account, params: Params) -> Session:
    """A session; the sandbox sells subscriptions only."""
    check(params)
    lines = basket(account, params.children("line_items"), "line_items")
    check_currency(params, lines)
    details = params.child("subscription_data")
    customer = _customer(account, params)
    recurring = [(price, many) for price, many in lines if price.interval is not None]
    session = Session(
        id=session_id(livemode=account.livemode),
        created=account.now(customer),
        livemode=account.livemode,
        metadata=params.metadata(),
        asked=params,
        lines=[SessionLine(long_id("li_"), price, quantity) for price, quantity in lines],
        origin=account.origin,
        expires_at=expiry(account, params, customer),
        client_reference_id=params.text("client_reference_id"),
        customer=customer,
        customer_email=params.text("customer_email"),
        trial_end=trial_end(account, details, customer, soonest=SOONEST_TRIAL_END - LATENESS),
        trial_days=details.integer("trial_period_days"),
        anchor=anchor_ahead(account, details, customer, recurring),
        prorates=details.text("proration_behavior") != "none",
    )
    account.expect(session.expires_at, session)
    return account.add(session)


def update(account: Account, params: Params, identifier: str) -> Session:
    """Change a session's metadata."""
    session = account.get(Session, identifier)
    session.metadata = params.metadata(session.metadata)
    return session


def expire(account: Account, _params: Params, identifier: str) -> Session:
    """Close an open session."""
    session = account.get(Session, identifier)
    if session.status != "open":
        reason = (
            "Only Checkout Sessions with a status in ['open'] can be expired. This Checkout "
            f"Session has a status of {session.status}."
        )
        raise StripeError(Refusal.STATE, reason=reason)
    _close(account, session)
    return session


def expire_if_due(account: Account, session: Session) -> None:
    """Close a session whose time is over."""
    if session.status == "open" and session.expires_at <= account.now(session.customer):
        _close(account, session)


def _close(account: Account, session: Session) -> None:
    session.status = "expired"
    account.emit("checkout.session.expired", session)


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who pays a session, with which card; what a session knows already is not asked again."""

    card: str
    email: str | None = None
    name: str | None = None
    expires: tuple[int, int] = payment_methods.EXPIRES
    authenticated: bool | None = None
    """What he has answered his bank; None before it has asked."""


def pay(account: Account, session: Session, buyer: Buyer) -> None:
    """Complete a session as its page does: customer, card, subscription, invoice, events.

    StripeError when the card is declined, or when it asks for an authentication that the
    buyer has not given; then nothing has happened, and the session is still open.
    """
    if session.status != "open":
        reason = f"This Checkout Session is {session.status} and cannot be paid."
        raise StripeError(Refusal.STATE, reason=reason)
    due = session.due_today
    card = _accepted(session, buyer) if session.needs_card else None
    customer = _payer(account, session, buyer)
    method = None
    if card is not None:
        method = payment_methods.store(account, customer, card, buyer.name, buyer.expires)
        method.is_set_up = True
    for line in session.lines:
        if line.price.interval is None:
            bill_once(account, customer, line.price, line.quantity)
    subscription = start(account, _order(account, session, customer, method)).subscription
    if session.customer is None:
        session.customer = customer.id
        account.adopt(session)
    session.payer = {"email": customer.email, "name": buyer.name or customer.name}
    session.subscription, session.invoice = subscription.id, subscription.latest_invoice
    session.status = "complete"
    session.payment_status = "paid" if due else "no_payment_required"
    account.emit("checkout.session.completed", session)


def _accepted(session: Session, buyer: Buyer) -> Card:
    card = accept(buyer.card)
    if card.asks is not Asks.NEVER and not buyer.authenticated:
        asked = buyer.authenticated is not None
        raise StripeError(Refusal.NOT_AUTHENTICATED if asked else Refusal.AUTHENTICATION)
    if session.due_today and card.fails:
        raise card.fails.error()
    return card


def _order(
    account: Account, session: Session, customer: Customer, method: PaymentMethod | None
) -> Order:
    details, now = session.asked.child("subscription_data"), account.now(session.customer)
    return Order(
        customer=customer,
        lines=[(line.price, line.quantity) for line in session.recurring],
        metadata=details.metadata(),
        description=details.text("description"),
        trial_end=_trial_end(account, session),
        trial_settings=details.json("trial_settings"),
        anchor=max(session.anchor, now + 1) if session.anchor else None,
        prorates=session.prorates,
        part_from=session.created,
        card=method,
        authenticated=True,
    )


def _trial_end(account: Account, session: Session) -> int | None:
    """A trial in days begins with the payment, not with the session."""
    if session.trial_days is not None:
        return account.now(session.customer) + session.trial_days * DAY
    return session.trial_end


def _payer(account: Account, session: Session, buyer: Buyer) -> Customer:
    if session.customer is not None:
        return living(account, session.customer)
    address = session.customer_email or buyer.email or "buyer@example.com"
    said = {"email": address} | ({"name": buyer.name} if buyer.name else {})
    return create_customer(account, Params(said))


def _customer(account: Account, params: Params) -> str | None:
    identifier = params.text("customer")
    return living(account, identifier).id if identifier else None
