"""The calls on checkout sessions, and what paying one does."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from billproof.sandbox.billing.checkout_session import PLACEHOLDER, Session, SessionLine
from billproof.sandbox.billing.order_lines import recurring_lines
from billproof.sandbox.billing.periods import DAY
from billproof.sandbox.billing.subscribing import Order, start
from billproof.sandbox.billing.trials import trial_end
from billproof.sandbox.objects import payment_methods
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.cards import Asks, accept
from billproof.sandbox.objects.customers import EMAIL, Customer, living
from billproof.sandbox.objects.customers import create as create_customer
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.identifiers import long_id, session_id
from billproof.sandbox.objects.params import Params

SHORTEST, LONGEST = 30 * 60, DAY
SOONEST_TRIAL_END = 2 * DAY
LONGEST_REFERENCE = 200
LATENESS = 60
"""Seconds by which `expires_at` may miss its bounds: the caller's clock and the way here."""


def create(account: Account, params: Params) -> Session:
    """A session; the sandbox sells subscriptions only."""
    _check(params)
    lines = recurring_lines(account, params.children("line_items"), "line_items")
    details = params.child("subscription_data")
    customer = _customer(account, params)
    session = Session(
        id=session_id(livemode=account.livemode),
        created=account.now(customer),
        livemode=account.livemode,
        metadata=params.metadata(),
        asked=params,
        lines=[SessionLine(long_id("li_"), price, quantity) for price, quantity in lines],
        origin=account.origin,
        expires_at=_expiry(account, params, customer),
        client_reference_id=params.text("client_reference_id"),
        customer=customer,
        customer_email=params.text("customer_email"),
        trial_end=trial_end(account, details, customer, soonest=SOONEST_TRIAL_END - LATENESS),
        trial_days=details.integer("trial_period_days"),
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
    card = accept(buyer.card)
    if card.asks is not Asks.NEVER and not buyer.authenticated:
        asked = buyer.authenticated is not None
        raise StripeError(Refusal.NOT_AUTHENTICATED if asked else Refusal.AUTHENTICATION)
    trial_ends = _trial_end(account, session)
    if trial_ends is None and card.fails:
        raise card.fails.error()
    customer = _payer(account, session, buyer)
    method = payment_methods.store(account, customer, card, buyer.name, buyer.expires)
    method.is_set_up = True
    details = session.asked.child("subscription_data")
    order = Order(
        customer=customer,
        lines=[(line.price, line.quantity) for line in session.lines],
        metadata=details.metadata(),
        description=details.text("description"),
        trial_end=trial_ends,
        trial_settings=details.json("trial_settings"),
        card=method,
        authenticated=True,
    )
    subscription = start(account, order).subscription
    if session.customer is None:
        session.customer = customer.id
        account.adopt(session)
    session.payer = {"email": customer.email, "name": buyer.name or customer.name}
    session.subscription, session.invoice = subscription.id, subscription.latest_invoice
    session.status = "complete"
    session.payment_status = "no_payment_required" if session.trial else "paid"
    account.emit("checkout.session.completed", session)


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


def _check(params: Params) -> None:
    if params.required("mode") != "subscription":
        reason = "The billproof sandbox sells subscriptions only: mode must be `subscription`."
        raise StripeError(Refusal.STATE, param="mode", reason=reason)
    params.only_one_of("customer", "customer_email")
    if "customer_creation" in params:
        reason = "`customer_creation` can only be used in `payment` mode."
        raise StripeError(Refusal.STATE, param="customer_creation", reason=reason)
    params.required("success_url")
    for name in ("success_url", "cancel_url"):
        _check_url(params, name)
    reference = params.text("client_reference_id") or ""
    if len(reference) > LONGEST_REFERENCE:
        raise StripeError(
            Refusal.TOO_LONG,
            param="client_reference_id",
            value=reference[:40] + "...",
            limit=str(LONGEST_REFERENCE),
        )
    email = params.text("customer_email")
    if email is not None and not EMAIL.match(email):
        raise StripeError(Refusal.EMAIL, param="customer_email", value=email)


def _check_url(params: Params, name: str) -> None:
    url = params.text(name)
    if url is None:
        return
    try:
        parts = urlsplit(url.replace(PLACEHOLDER, "x"))
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        fits = False
    if not fits:
        raise StripeError(Refusal.URL, param=name)


def _expiry(account: Account, params: Params, customer: str | None) -> int:
    wanted = params.integer("expires_at")
    now = account.now(customer)
    if wanted is None:
        return now + LONGEST
    if wanted < now + SHORTEST - LATENESS:
        reason = (
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation."
        )
        raise StripeError(Refusal.STATE, param="expires_at", reason=reason)
    if wanted > now + LONGEST + LATENESS:
        reason = (
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation."
        )
        raise StripeError(Refusal.STATE, param="expires_at", reason=reason)
    return wanted


def _customer(account: Account, params: Params) -> str | None:
    identifier = params.text("customer")
    return living(account, identifier).id if identifier else None
