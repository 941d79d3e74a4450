"""The calls that make and change customers, with the cards that they name."""

from __future__ import annotations

from billproof.sandbox.objects import customers
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.cards import accept
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.payment_methods import PaymentMethod, give, presented, wanted

DEFAULT = "default_payment_method"


def create(account: Account, params: Params) -> Customer:
    """A new customer, with the card that is attached to it and perhaps its default one."""
    named, default = params.text("payment_method"), _default(params)
    if default is not None and default != named:
        raise StripeError(Refusal.NOT_ATTACHED, param=f"invoice_settings[{DEFAULT}]", id=default)
    method = _free(account, named) if named else None
    customer = customers.new(account, params)
    if method is not None and default is not None:
        customer.default_payment_method = method.id
    account.emit("customer.created", customer)
    if method is not None:
        give(account, method, customer.id)
    return customer


def _default(params: Params) -> str | None:
    return params.child("invoice_settings").text(DEFAULT)


def _free(account: Account, named: str) -> PaymentMethod:
    """A card that can be attached; looked at before there is a customer."""
    method = presented(account, None, named, "payment_method")
    if method.customer is not None:
        reason = "The payment method you provided has already been attached to a customer."
        raise StripeError(Refusal.STATE, param="payment_method", reason=reason)
    accept(method.card.number)
    return method


def update(account: Account, params: Params, identifier: str) -> Customer:
    """Change a customer; a deleted one is not there."""
    customer = account.get(Customer, identifier)
    if customer.is_deleted:
        raise StripeError(Refusal.NOT_FOUND, param="id", kind="customer", id=identifier)
    default = _default(params)
    param = f"invoice_settings[{DEFAULT}]"
    method = wanted(account, customer, default, param) if default else None
    with account.updating(customer, "customer.updated"):
        customers.apply(customer, params)
        if DEFAULT in params.child("invoice_settings"):
            customer.default_payment_method = method.id if method else None
    return customer
