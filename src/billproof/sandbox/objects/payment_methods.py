"""Payment methods: cards, attached to customers or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.cards import BY_NAME, Asks, Card, accept, known
from billproof.sandbox.objects.customers import ADDRESS, Customer, living
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.identifiers import long_id
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.resource import Body, Resource, nulls

MONTHS, LONGEST_YEARS = 12, 50
EXPIRES = (12, 2034)
"""The month and the year that a card has on which nobody has typed another."""


@dataclass(kw_only=True, slots=True)
class PaymentMethod(Resource):
    """A card, attached to a customer or not."""

    kind: ClassVar[str] = "payment_method"
    card: Card
    customer: str | None = None
    email: str | None = None
    name: str | None = None
    expires: tuple[int, int] = EXPIRES
    """Month and year."""
    phone: str | None = None
    address: Any = None
    is_spent: bool = False
    """Whether it was taken from its customer, so that it can never be used again."""
    is_set_up: bool = False
    """Whether its owner has agreed to be charged in his absence."""

    def asks(self, *, on_session: bool) -> bool:
        """Whether a charge now needs its owner's authentication."""
        if self.card.asks is Asks.ONCE:
            return on_session or not self.is_set_up
        return self.card.asks is Asks.ALWAYS

    def body(self) -> Body:
        """The payment method; of the number only the last four digits."""
        return {
            **self.head(),
            "allow_redisplay": "unspecified",
            "billing_details": {
                "address": nulls(ADDRESS) | (self.address or {}),
                "email": self.email,
                "name": self.name,
                "phone": self.phone,
                "tax_id": None,
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
            "brand": self.card.brand,
            "checks": {**checks, "cvc_check": "pass"},
            "country": "US",
            "display_brand": self.card.brand,
            "exp_month": self.expires[0],
            "exp_year": self.expires[1],
            "fingerprint": f"{int(self.card.number):016x}"[-16:],
            "funding": "credit",
            "last4": self.card.number[-4:],
            "networks": {"available": [self.card.brand], "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True},
        }

    @property
    def owner(self) -> str | None:
        """Whose card it is."""
        return self.customer


def store(
    account: Account,
    customer: Customer | None,
    card: Card,
    name: str | None = None,
    expires: tuple[int, int] = EXPIRES,
) -> PaymentMethod:
    """A payment method of a card, attached to a customer when one is given."""
    method = PaymentMethod(
        id=long_id("pm_"),
        created=account.now(customer.id if customer else None),
        livemode=account.livemode,
        card=card,
        customer=customer.id if customer else None,
        email=customer.email if customer else None,
        name=name,
        expires=expires,
        is_set_up=card.is_set_up,
    )
    account.add(method)
    if customer is not None:
        account.emit("payment_method.attached", method)
    return method


def create(account: Account, params: Params) -> PaymentMethod:
    """A payment method of a token or of a number; attached to nobody."""
    if params.required("type") != "card":
        reason = "The billproof sandbox knows cards only: type must be `card`."
        raise StripeError(Refusal.STATE, param="type", reason=reason)
    given = params.child("card")
    token = given.text("token")
    if token is not None and token not in BY_NAME:
        raise StripeError(Refusal.NO_SUCH, param="card[token]", kind="token", id=token)
    card = BY_NAME[token] if token else known(given.required("number"))
    expires = _expiry(account, given, EXPIRES)
    method = store(account, None, card, None, expires)
    _bill_to(method, params.child("billing_details"))
    method.metadata = params.metadata()
    return method


def _expiry(account: Account, given: Params, current: tuple[int, int]) -> tuple[int, int]:
    """The month and the year that a call names, which must not be over."""
    month, year = given.integer("exp_month"), given.integer("exp_year")
    month, year = month or current[0], year or current[1]
    today = datetime.fromtimestamp(account.now(None), UTC)
    if not 1 <= month <= MONTHS:
        raise StripeError(Refusal.EXPIRY_MONTH, param="exp_month")
    if not today.year <= year <= today.year + LONGEST_YEARS:
        raise StripeError(Refusal.EXPIRY_YEAR, param="exp_year")
    if (year, month) < (today.year, today.month):
        raise StripeError(Refusal.EXPIRY_MONTH, param="exp_month")
    return month, year


def _bill_to(method: PaymentMethod, details: Params) -> None:
    for name in ("email", "name", "phone"):
        if name in details:
            setattr(method, name, details.text(name))
    if "address" in details:
        method.address = details.json("address")


def update(account: Account, params: Params, identifier: str) -> PaymentMethod:
    """Change whose name it bears, its expiry, its metadata."""
    method = account.get(PaymentMethod, identifier)
    expires = _expiry(account, params.child("card"), method.expires)
    with account.updating(method, "payment_method.updated"):
        method.metadata = params.metadata(method.metadata)
        method.expires = expires
        _bill_to(method, params.child("billing_details"))
    return method


def attach(account: Account, params: Params, identifier: str) -> PaymentMethod:
    """Attach a card, or one of the ready-made ones, to a customer."""
    customer = living(account, params.required("customer"))
    if identifier in BY_NAME:
        return store(account, customer, accept(BY_NAME[identifier].number))
    method = account.get(PaymentMethod, identifier)
    if method.customer not in (None, customer.id):
        reason = "The payment method you provided has already been attached to a customer."
        raise StripeError(Refusal.STATE, reason=reason)
    _refuse_spent(method)
    accept(method.card.number)
    if method.customer is None:
        give(account, method, customer.id)
    return method


def _refuse_spent(method: PaymentMethod) -> None:
    if method.is_spent:
        reason = (
            "This PaymentMethod was previously used without being attached to a Customer or was "
            "detached from a Customer, and may not be used again."
        )
        raise StripeError(Refusal.STATE, reason=reason)


def give(account: Account, method: PaymentMethod, customer: str) -> None:
    """A card of nobody becomes a customer's."""
    method.customer = customer
    account.adopt(method)
    account.emit("payment_method.attached", method)


def detach(account: Account, _params: Params, identifier: str) -> PaymentMethod:
    """Take a card from its customer."""
    method = account.get(PaymentMethod, identifier)
    if method.customer is None:
        reason = "The payment method you provided is not attached to a customer."
        raise StripeError(Refusal.STATE, reason=reason)
    before = method.body()
    owner = account.find(Customer, method.customer)
    account.emit("payment_method.detached", method, before)
    method.customer, method.is_spent = None, True
    if owner is not None and owner.default_payment_method == method.id:
        owner.default_payment_method = None
    return method


def wanted(account: Account, customer: Customer, identifier: str, param: str) -> PaymentMethod:
    """The card that a parameter names, which must be the customer's; ready-made ones become his."""
    if identifier in BY_NAME:
        return store(account, customer, accept(BY_NAME[identifier].number))
    method = account.referred(PaymentMethod, identifier, param)
    if method.customer != customer.id:
        raise StripeError(Refusal.NOT_ATTACHED, param=param, id=identifier)
    return method


def presented(account: Account, customer: str | None, identifier: str, param: str) -> PaymentMethod:
    """The card that somebody pays or is set up with: of the customer, or of nobody.

    A ready-made one is nobody's, so that it may still be declined.
    """
    if identifier in BY_NAME:
        return store(account, None, BY_NAME[identifier])
    method = account.referred(PaymentMethod, identifier, param)
    _refuse_spent(method)
    if customer is None or method.customer is None:
        return method
    return wanted(account, account.get(Customer, customer), identifier, param)


def usual(account: Account, customer: Customer, *preferred: str | None) -> PaymentMethod | None:
    """The first card of `preferred` that is still there, else the customer's default."""
    for identifier in (*preferred, customer.default_payment_method):
        method = account.find(PaymentMethod, identifier)
        if method is not None and method.customer == customer.id:
            return method
    return None
