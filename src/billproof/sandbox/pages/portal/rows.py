"""Subscriptions and cards as the portal shows them: all in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from billproof.sandbox.billing.subscription import Subscription
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.objects.invoice import Invoice
from billproof.sandbox.objects.payment_methods import PaymentMethod, usual
from billproof.sandbox.objects.price import Price
from billproof.sandbox.objects.product import product_name
from billproof.sandbox.pages.money import day, every, money
from billproof.sandbox.pages.rendering import GOOD, NOTABLE

Tone = Literal["", "good", "note"]
BRANDS = {"amex": "American Express", "mastercard": "Mastercard"}
DOTS = "\N{BULLET}" * 4


@dataclass(frozen=True, slots=True)
class Badge:
    """A status in a word or two."""

    text: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class CardRow:
    """A card that a customer has."""

    id: str
    name: str
    expires: str
    is_default: bool
    is_in_use: bool
    """Whether something that goes on is charged to it."""

    @classmethod
    def of(cls, method: PaymentMethod, customer: Customer, *, is_in_use: bool = False) -> CardRow:
        """One of his cards."""
        month, year = method.expires
        brand = BRANDS.get(method.card.brand, method.card.brand.capitalize())
        is_default = method.id == customer.default_payment_method
        return cls(
            id=method.id,
            name=f"{brand} {DOTS} {method.card.number[-4:]}",
            expires=f"{month:02}/{year}",
            is_default=is_default,
            is_in_use=is_in_use,
        )


def described(account: Account, price: Price, quantity: int) -> str:
    """What somebody subscribes to: its product, and how many if there are several."""
    times = f" \N{MULTIPLICATION SIGN} {quantity}" if quantity != 1 else ""
    return product_name(account, price.product) + times


@dataclass(frozen=True, slots=True)
class Owed:
    """What a customer has not paid, and where he can."""

    amount: str
    url: str

    @classmethod
    def by(cls, account: Account, subscription: Subscription) -> Owed | None:
        """What the latest invoice of a subscription still asks for."""
        invoice = account.find(Invoice, subscription.latest_invoice)
        if invoice is None or invoice.status != "open":
            return None
        return cls(money(invoice.due, invoice.currency), f"/invoice/{invoice.id}")


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    """A subscription."""

    id: str
    name: str
    amount: str
    every: str
    badge: Badge
    notes: tuple[str, ...]
    card: CardRow | None
    ended: str
    owed: Owed | None

    @classmethod
    def of(cls, account: Account, subscription: Subscription) -> SubscriptionRow:
        """What an account has of it."""
        first = subscription.items[0]
        names = [described(account, each.price, each.quantity) for each in subscription.items]
        total = sum(each.price.amount * each.quantity for each in subscription.items)
        customer = account.get(Customer, subscription.customer)
        card = usual(account, customer, subscription.default_payment_method)
        return cls(
            id=subscription.id,
            name=", ".join(names),
            amount=money(total, subscription.currency),
            every=every(first.price.interval, first.price.interval_count),
            badge=_badge(subscription),
            notes=_notes(subscription),
            card=CardRow.of(card, customer) if card else None,
            ended=day(subscription.ended_at) if subscription.ended_at else "",
            owed=Owed.by(account, subscription),
        )


def _badge(subscription: Subscription) -> Badge:
    status = subscription.status
    if subscription.ends is not None:
        return Badge(f"Cancels {day(subscription.ends)}", "note")
    if subscription.pause_collection is not None:
        return Badge("Paused", "note")
    tone: Tone = "good" if status in GOOD else "note" if status in NOTABLE else ""
    return Badge(status.replace("_", " ").capitalize(), tone)


STALLED = {
    "incomplete": "The first payment has not been made yet.",
    "past_due": "Your last payment did not go through.",
    "unpaid": "Your last payment did not go through.",
    "paused": "Your trial has ended, and there was no payment method to go on with.",
}
"""What is said instead of a renewal that may not come."""


def _course(subscription: Subscription) -> str:
    """How it goes on."""
    ends = subscription.ends
    if ends is not None:
        return f"Your subscription will be canceled on {day(ends)} (UTC). You keep it until then."
    if subscription.status == "trialing" and subscription.trial_end is not None:
        last = day(subscription.trial_end)
        return f"Your trial ends on {last} (UTC). The first payment is due then."
    renews = f"Your subscription renews on {day(subscription.period_end)} (UTC)."
    return STALLED.get(subscription.status, renews)


def _notes(subscription: Subscription) -> tuple[str, ...]:
    pause = subscription.pause_collection
    first = _course(subscription)
    if pause is None:
        return (first,)
    until = pause.get("resumes_at")
    lasts = f"until {day(until)} (UTC)" if until else "until you resume it"
    return (first, f"Payment collection is paused {lasts}.")
