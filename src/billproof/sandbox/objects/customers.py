"""Customers; their cards are in `customer_cards`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.identifiers import short_id
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.resource import NONE, Body, Resource, deleted, nulls
from billproof.sandbox.objects.test_clock import TestClock

ADDRESS = "city country line1 line2 postal_code state"
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\Z")


@dataclass(kw_only=True, slots=True)
class Customer(Resource):
    """A customer; once deleted, only its id is shown."""

    kind: ClassVar[str] = "customer"
    invoice_prefix: str
    email: str | None = None
    name: str | None = None
    description: str | None = None
    phone: str | None = None
    address: Any = None
    shipping: Any = None
    preferred_locales: tuple[str, ...] = ()
    tax_exempt: str = "none"
    balance: int = 0
    currency: str | None = None
    default_payment_method: str | None = None
    invoicing: Mapping[str, Any] = field(default_factory=lambda: NONE)
    """What else its `invoice_settings` say."""
    next_invoice: int = 1
    delinquent: bool = False
    is_deleted: bool = False
    test_clock: str | None = None
    pending: tuple[str, ...] = ()
    """The invoice items that may still wait for an invoice."""

    def body(self) -> Body:
        """The customer, or what is left of it."""
        if self.is_deleted:
            return deleted(self.kind, self.id)
        # No merging: a list of ten is asked for more often than anything else.
        return {
            "id": self.id,
            "object": "customer",
            "address": self.address,
            "balance": self.balance,
            "created": self.created,
            "currency": self.currency,
            "customer_account": None,
            "default_source": None,
            "delinquent": self.delinquent,
            "description": self.description,
            "discount": None,
            "email": self.email,
            "invoice_prefix": self.invoice_prefix,
            "invoice_settings": {
                "custom_fields": self.invoicing.get("custom_fields"),
                "default_payment_method": self.default_payment_method,
                "footer": self.invoicing.get("footer"),
                "rendering_options": self.invoicing.get("rendering_options"),
            },
            "livemode": self.livemode,
            "metadata": dict(self.metadata),
            "name": self.name,
            "next_invoice_sequence": self.next_invoice,
            "phone": self.phone,
            "preferred_locales": list(self.preferred_locales),
            "shipping": self.shipping,
            "tax_exempt": self.tax_exempt,
            "test_clock": self.test_clock,
        }

    @property
    def owner(self) -> str:
        """Itself."""
        return self.id


def create(account: Account, params: Params) -> Customer:
    """A new customer, told by event."""
    customer = new(account, params)
    account.emit("customer.created", customer)
    return customer


def new(account: Account, params: Params) -> Customer:
    """A new customer of whom nobody has been told."""
    identifier = short_id("cus_")
    clock = params.text("test_clock")
    if clock is not None:
        found = account.referred(TestClock, clock, "test_clock")
        account.timeline.attach(identifier, clock, found.frozen_time)
    customer = Customer(
        id=identifier,
        created=account.now(identifier),
        test_clock=clock,
        livemode=account.livemode,
        invoice_prefix=short_id("")[:8].upper(),
    )
    apply(customer, params)
    return account.add(customer)


def living(account: Account, identifier: str, param: str = "customer") -> Customer:
    """The customer a parameter names; a deleted one is as good as none."""
    customer = account.referred(Customer, identifier, param)
    if customer.is_deleted:
        raise StripeError(Refusal.NO_SUCH, param=param, kind="customer", id=identifier)
    return customer


def apply(customer: Customer, params: Params) -> None:
    """Change what a call names, but for cards."""
    email = params.text("email")
    if email is not None and not EMAIL.match(email):
        raise StripeError(Refusal.EMAIL, param="email", value=email)
    for name in ("email", "name", "description", "phone"):
        if name in params:
            setattr(customer, name, params.text(name))
    for name in ("address", "shipping"):
        if name in params:
            setattr(customer, name, _whole(params.json(name), name))
    if "preferred_locales" in params:
        customer.preferred_locales = tuple(params.texts("preferred_locales"))
    customer.tax_exempt = params.text("tax_exempt") or customer.tax_exempt
    if "balance" in params:
        customer.balance = params.integer("balance") or 0
    customer.invoice_prefix = params.text("invoice_prefix") or customer.invoice_prefix
    _apply_settings(customer, params.child("invoice_settings"))
    customer.metadata = params.metadata(customer.metadata)


def _apply_settings(customer: Customer, settings: Params) -> None:
    for name in ("custom_fields", "footer", "rendering_options"):
        if name in settings:
            customer.invoicing = {**customer.invoicing, name: settings.json(name)}


def _whole(given: dict[str, Any] | None, name: str) -> dict[str, Any] | None:
    """An address, or where something is shipped to, with all its members."""
    if given is None:
        return None
    if name == "shipping":
        return {**nulls("phone"), **given, "address": _whole(given.get("address") or {}, "address")}
    return nulls(ADDRESS) | {member: text or None for member, text in given.items()}
