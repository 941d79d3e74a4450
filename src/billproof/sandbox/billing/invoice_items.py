"""The calls on invoice items: what waits for the next invoice."""

from __future__ import annotations

from dataclasses import replace

from billproof.sandbox.billing import invoices
from billproof.sandbox.billing.order_lines import bounded, once, quantity, wait
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.currencies import currency_of
from billproof.sandbox.objects.customers import living
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.invoice import Invoice
from billproof.sandbox.objects.invoice_lines import Charged, InvoiceItem
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.price import Price
from billproof.sandbox.objects.product import product_name
from billproof.sandbox.objects.resource import Body, deleted

FARTHEST = 1 << 36
"""No period ends later: years have four digits."""


def create(account: Account, params: Params) -> InvoiceItem:
    """Something to be billed, with the next invoice or on the draft that is named."""
    params.only_one_of("amount", "pricing", "price", "price_data")
    customer = living(account, params.required("customer"))
    named = params.text("invoice")
    draft = account.referred(Invoice, named, "invoice") if named else None
    if draft is not None and (draft.status != "draft" or draft.customer != customer.id):
        reason = f"The invoice {draft.id} is no draft of this customer."
        raise StripeError(Refusal.STATE, param="invoice", reason=reason)
    usual = customer.currency or (draft.currency if draft else None)
    charged = _charged(account, params, usual, account.now(customer.id))
    if draft is not None and draft.currency != charged.currency:
        reason = f"The currency of the invoice item must be the invoice's, {draft.currency}."
        raise StripeError(Refusal.STATE, param="currency", reason=reason)
    with account.updating(customer, "customer.updated"):
        customer.currency = customer.currency or charged.currency
    item = wait(account, customer, charged)
    item.metadata = params.metadata()
    if draft is not None:
        item.invoice = draft.id
        invoices.add_line(account, draft, item.charged, item.id)
    return item


def _charged(account: Account, params: Params, usual: str | None, now: int) -> Charged:
    older = params.text("price")  # before basil (2025-03-31)
    named, param = params.child("pricing").text("price"), "pricing[price]"
    named, param = (older, "price") if older else (named, param)
    if named is not None:
        price = once(account.referred(Price, named, param), param)
        return _of_price(account, price, quantity(params), now)
    data = params.child("price_data")
    unit = data.integer("unit_amount") if "price_data" in params else params.integer("amount")
    if unit is None:
        raise StripeError(Refusal.MISSING, param="amount")
    given = data if "currency" in data else params
    currency = usual if usual and "currency" not in given else currency_of(given)
    period = params.child("period")
    return Charged(
        amount=bounded(unit * (quantity(params) if "price_data" in params else 1), "amount"),
        currency=currency,
        description=params.text("description") or "Invoice item",
        start=min(period.integer("start") or now, FARTHEST),
        end=min(period.integer("end") or now, FARTHEST),
        quantity=quantity(params),
        unit_amount=unit,
        subscription=params.text("subscription"),
    )


def _of_price(account: Account, price: Price, many: int, now: int) -> Charged:
    return Charged(
        amount=bounded(price.amount * many, "quantity"),
        currency=price.currency,
        description=product_name(account, price.product),
        start=now,
        end=now,
        price=price.id,
        product=price.product,
        quantity=many,
        unit_amount=price.amount,
    )


def update(account: Account, params: Params, identifier: str) -> InvoiceItem:
    """Change what still waits."""
    item = account.get(InvoiceItem, identifier)
    _require_waiting(item)
    amount = params.integer("amount")
    item.charged = replace(
        item.charged,
        amount=item.charged.amount if amount is None else bounded(amount, "amount"),
        description=params.text("description") or item.charged.description,
    )
    item.metadata = params.metadata(item.metadata)
    return item


def delete(account: Account, _params: Params, identifier: str) -> Body:
    """Take back what still waits."""
    item = account.get(InvoiceItem, identifier)
    _require_waiting(item)
    account.emit("invoiceitem.deleted", item)
    account.remove(item)
    return deleted(item.kind, identifier)


def _require_waiting(item: InvoiceItem) -> None:
    if item.invoice is not None:
        reason = "You can only change an invoice item as long as it is on no invoice."
        raise StripeError(Refusal.STATE, reason=reason)
