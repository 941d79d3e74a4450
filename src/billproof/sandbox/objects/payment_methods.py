"""Cards: the test numbers, and the payment methods made of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.customers import Customer, living
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.identifiers import long_id
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.resource import Body, Resource, nulls

GOOD = "4242424242424242"
DECLINES = {
    "4000000000000002": (Refusal.DECLINED, "generic_decline"),
    "4000000000009995": (Refusal.FUNDS, "insufficient_funds"),
}
DECLINES_LATER = {"4000000000000341": (Refusal.DECLINED, "generic_decline")}
"""Cards that can be attached, and whose charges fail."""
TOKENS = {
    "pm_card_chargeCustomerFail": "4000000000000341",
    "pm_card_visa": GOOD,
    "pm_card_chargeDeclined": "4000000000000002",
    "pm_card_visa_chargeDeclined": "4000000000000002",
    "pm_card_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_visa_chargeDeclinedInsufficientFunds": "4000000000009995",
}
"""Stripe's ready-made payment methods for test code."""


@dataclass(kw_only=True)
class PaymentMethod(Resource):
    """A card, attached to a customer or not."""

    kind: ClassVar[str] = "payment_method"
    number: str
    customer: str | None = None
    email: str | None = None
    name: str | None = None

    def body(self) -> Body:
        """The payment method; of the number only the last four digits."""
        return {
            **self.head(),
            "allow_redisplay": "unspecified",
            "billing_details": {
                **nulls("phone tax_id"),
                "address": nulls("city country line1 line2 postal_code state"),
                "email": self.email,
                "name": self.name,
            },
            "card": self._card(),
            "customer": self.customer,
            "customer_account": None,
            "type": "card",
        }

    def _card(self) -> Body:
        checks = {"address_line1_check": None, "address_postal_code_check": None}
        return {
            **nulls("generated_from wallet"),
            "brand": "visa",
            "checks": {**checks, "cvc_check": "pass"},
            "country": "US",
            "display_brand": "visa",
            "exp_month": 12,
            "exp_year": 2034,
            "fingerprint": "Xt5EWLLDS7FJjR1c",
            "funding": "credit",
            "last4": self.number[-4:],
            "networks": {"available": ["visa"], "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True},
        }

    @property
    def owner(self) -> str | None:
        """Whose card it is."""
        return self.customer


def accept(number: str) -> str:
    """The number when it can be attached; else the decline as Stripe words it."""
    digits = "".join(number.split())
    if digits in DECLINES:
        raise _decline(*DECLINES[digits])
    if digits != GOOD and digits not in DECLINES_LATER:
        raise StripeError(Refusal.CARD_NUMBER, param="number")
    return digits


def declined(number: str) -> StripeError | None:
    """Why a charge on an attached card fails; None when it succeeds."""
    return _decline(*DECLINES_LATER[number]) if number in DECLINES_LATER else None


def _decline(refusal: Refusal, reason: str) -> StripeError:
    return StripeError(refusal, extra={"decline_code": reason})


def store(account: Account, customer: Customer, number: str, name: str | None) -> PaymentMethod:
    """A card attached to a customer."""
    method = PaymentMethod(
        id=long_id("pm_"),
        created=account.now(),
        livemode=account.livemode,
        number=number,
        customer=customer.id,
        email=customer.email,
        name=name,
    )
    account.add(method)
    account.emit("payment_method.attached", method)
    return method


def attach(account: Account, params: Params, identifier: str) -> PaymentMethod:
    """Attach a card, or one of the ready-made ones, to a customer."""
    customer = living(account, params.required("customer"))
    if identifier in TOKENS:
        return store(account, customer, accept(TOKENS[identifier]), None)
    method = account.get(PaymentMethod, identifier)
    if method.customer not in (None, customer.id):
        reason = "The payment method you provided has already been attached to a customer."
        raise StripeError(Refusal.STATE, reason=reason)
    method.customer = customer.id
    account.emit("payment_method.attached", method)
    return method


def detach(account: Account, _params: Params, identifier: str) -> PaymentMethod:
    """Take a card from its customer."""
    method = account.get(PaymentMethod, identifier)
    before = method.body()
    account.emit("payment_method.detached", method, before)
    method.customer = None
    return method


def chargeable(account: Account, customer: Customer, wanted: str | None) -> PaymentMethod | None:
    """The card a new subscription is charged on: the named one, else the customer's default."""
    identifier = wanted or customer.default_payment_method
    if identifier is None:
        return None
    if identifier in TOKENS:
        return store(account, customer, accept(TOKENS[identifier]), None)
    return account.referred(PaymentMethod, identifier, "default_payment_method")
