"""What each list call leaves out: its filters, read once for all objects that are walked."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from billproof.sandbox.billing.checkout_session import Session
from billproof.sandbox.billing.configurations import Configuration
from billproof.sandbox.billing.subscription import OVER, Item, Subscription
from billproof.sandbox.objects.charges import Charge, Dispute, Refund
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.events import Event
from billproof.sandbox.objects.invoice import Invoice, InvoicePayment
from billproof.sandbox.objects.invoice_lines import InvoiceItem
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.payment_intents import PaymentIntent
from billproof.sandbox.objects.payment_methods import PaymentMethod
from billproof.sandbox.objects.price import Price
from billproof.sandbox.objects.product import Product
from billproof.sandbox.objects.resource import Resource
from billproof.sandbox.objects.setup_intents import SetupIntent

Fits = Callable[[Any], bool]
"""Whether an object of the filter's kind is on the list."""


def fitting(kind: type[Resource], params: Params) -> Fits:
    """The filter of a kind's list call."""
    make = FILTERS.get(kind)
    own = make(params) if make else _anything
    if "created" not in params:
        return own
    within = _within("created", params)
    return lambda each: within(each) and own(each)


def _anything(_: object) -> bool:
    return True


def _within(name: str, params: Params) -> Fits:
    """A filter by an instant, or by bounds for it."""
    instant = attrgetter(name)
    exactly = params.integer(name)
    if exactly is not None:
        return lambda each: bool(instant(each) == exactly)
    bounds = params.child(name)
    least = max(
        bounds.integer("gte") or 0, (bounds.integer("gt") or 0) + 1 if "gt" in bounds else 0
    )
    below = bounds.integer("lt"), bounds.integer("lte")
    most = min((each for each in (_before(below[0]), below[1]) if each is not None), default=None)
    return lambda each: instant(each) >= least and (most is None or instant(each) <= most)


def _before(instant: int | None) -> int | None:
    return None if instant is None else instant - 1


def _same(names: str) -> Callable[[Params], Fits]:
    """Filters that are members of the same name."""
    known = names.split()

    def make(params: Params) -> Fits:
        asked = [(name, value) for name in known if (value := params.text(name)) is not None]
        if not asked:
            return _anything
        return lambda each: all(getattr(each, name) == value for name, value in asked)

    return make


def _active(params: Params) -> Fits:
    wanted = params.flag("active")
    return _anything if wanted is None else lambda each: each.active is wanted


def _customer(params: Params) -> Fits:
    clock, same = params.text("test_clock"), _same("email")(params)
    return lambda each: not each.is_deleted and each.test_clock == clock and same(each)


def _product(params: Params) -> Fits:
    ids, active = params.texts("ids"), _active(params)
    return lambda each: active(each) and (not ids or each.id in ids)


def _price(params: Params) -> Fits:
    keys, kind, active = params.texts("lookup_keys"), params.text("type"), _active(params)
    same = _same("product currency")(params)
    return lambda each: (
        active(each)
        and same(each)
        and (not keys or each.lookup_key in keys)
        and kind in {None, "recurring" if each.interval else "one_time"}
    )


def _subscription(params: Params) -> Fits:
    price, clock, status = (params.text(name) for name in ("price", "test_clock", "status"))
    # Who asks neither for a customer nor for a clock is shown nothing of clocks.
    any_clock = params.text("customer") is not None
    same = _same("customer collection_method test_clock")(params)
    return lambda each: (
        (any_clock or each.test_clock == clock)
        and same(each)
        and (price is None or price in {item.price.id for item in each.items})
        and _has_status(each.status, status)
    )


def _has_status(status: str, wanted: str | None) -> bool:
    if wanted is None:
        return status != "canceled"
    return status in OVER if wanted == "ended" else wanted in {"all", status}


def _session(params: Params) -> Fits:
    if params.text("payment_intent") or params.text("payment_link"):
        return lambda _: False
    email = params.child("customer_details").text("email")
    same = _same("customer subscription status")(params)
    return lambda each: same(each) and email in {None, each.payer.get("email")}


def _event(params: Params) -> Fits:
    types, one = params.texts("types"), params.text("type")
    if types and one is not None:
        raise StripeError(Refusal.EXCLUSIVE, param="types", names="type, types")
    taken = params.flag("delivery_success")
    return lambda each: (
        _is_of(each.type, one)
        and (not types or each.type in types)
        and taken in {None, not each.waiting}
    )


def _is_of(kind: str, wanted: str | None) -> bool:
    if wanted is not None and wanted.endswith(".*"):
        return kind.startswith(wanted[:-1])
    return wanted in {None, kind}


def _invoice(params: Params) -> Fits:
    same = _same("customer status subscription collection_method")(params)
    if "due_date" not in params:
        return same
    due = _within("due_date", params)
    return lambda each: each.due_date is not None and due(each) and same(each)


def _invoice_item(params: Params) -> Fits:
    waits, same = params.flag("pending"), _same("customer invoice")(params)
    return lambda each: same(each) and waits in {None, each.invoice is None}


def _payment_method(params: Params) -> Fits:
    same = _same("customer")(params)
    return lambda each: params.text("type") in {None, "card"} and same(each)


def _configuration(params: Params) -> Fits:
    asked = [(name, params.flag(name)) for name in ("active", "is_default")]
    return lambda each: all(flag in {None, getattr(each, name)} for name, flag in asked)


FILTERS: dict[type[Resource], Callable[[Params], Fits]] = {
    Customer: _customer,
    Product: _product,
    Price: _price,
    Subscription: _subscription,
    Session: _session,
    Event: _event,
    Invoice: _invoice,
    InvoiceItem: _invoice_item,
    InvoicePayment: _same("invoice"),
    PaymentIntent: _same("customer"),
    SetupIntent: _same("customer payment_method"),
    Charge: _same("customer payment_intent"),
    Refund: _same("charge payment_intent"),
    Dispute: _same("charge payment_intent"),
    Configuration: _configuration,
    Item: _same("subscription"),
    PaymentMethod: _payment_method,
}
