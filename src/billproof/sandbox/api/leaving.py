"""Calls on one object that reach into others: deleting a customer, listing what hangs on one."""

from __future__ import annotations

from billproof.sandbox.api import lists
from billproof.sandbox.billing.ending import leave
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.invoice import Invoice
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.payment_methods import PaymentMethod
from billproof.sandbox.objects.resource import Body


def delete_customer(account: Account, _params: Params, identifier: str) -> Customer:
    """Delete a customer, once."""
    customer = account.get(Customer, identifier)
    if customer.is_deleted:
        raise StripeError(Refusal.NOT_FOUND, param="id", kind="customer", id=identifier)
    leave(account, customer)
    return customer


def cards_of_customer(account: Account, params: Params, identifier: str) -> Body:
    """The cards of a customer."""
    account.get(Customer, identifier)
    cards = params.text("type") in {None, "card"}
    found = account.of(identifier, PaymentMethod) if cards else []
    return lists.page(found, params, f"/v1/customers/{identifier}/payment_methods")


def lines_of_invoice(account: Account, params: Params, identifier: str) -> Body:
    """The lines of an invoice."""
    invoice = account.get(Invoice, identifier)
    return lists.page(invoice.lines[::-1], params, f"/v1/invoices/{identifier}/lines")
