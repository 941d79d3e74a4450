"""Lists as Stripe gives them: newest first, filtered, in pages that a cursor walks both ways."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from billproof.sandbox.billing.checkout_session import Session
from billproof.sandbox.billing.configurations import Configuration
from billproof.sandbox.billing.subscription import OVER, Item, Subscription
from billproof.sandbox.objects.account import Account
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
from billproof.sandbox.objects.resource import Body, Resource, listing
from billproof.sandbox.objects.setup_intents import SetupIntent

LARGEST = 100
USUAL = 10


def page(found: Sequence[Resource], params: Params, url: str) -> Body:
    """One page of `found`, which comes oldest first."""
    params.only_one_of("starting_after", "ending_before")
    newest = list(reversed(found))
    before, after = params.text("ending_before"), params.text("starting_after")
    if before is not None:
        place = len(newest) - _position(newest, before, "ending_before")
        return _backwards(found[place:], params, url)
    rest = newest[_position(newest, after, "starting_after") + 1 :] if after else newest
    return _forwards(rest, params, url)


def _forwards(older: Iterable[Resource], params: Params, url: str) -> Body:
    """A page of what comes newest first; it looks no further than it must."""
    limit = page_size(params)
    chosen = list(islice(older, limit + 1))
    data = [each.body() for each in chosen[:limit]]
    return listing(data, url, has_more=len(chosen) > limit)


def _backwards(newer: Iterable[Resource], params: Params, url: str) -> Body:
    """The same for what comes oldest first; the page itself is newest first again."""
    limit = page_size(params)
    chosen = list(islice(newer, limit + 1))
    data = [each.body() for each in reversed(chosen[:limit])]
    return listing(data, url, has_more=len(chosen) > limit)


def page_size(params: Params) -> int:
    """How many objects a page has."""
    limit = params.integer("limit")
    if limit is None:
        return USUAL
    if not 1 <= limit <= LARGEST:
        bound = "greater than or equal to 1" if limit < 1 else "less than or equal to 100"
        reason = f"This value must be {bound} (it currently is '{limit}')."
        raise StripeError(Refusal.STATE, param="limit", reason=reason)
    return limit


def _position(found: list[Resource], identifier: str, param: str) -> int:
    for index, each in enumerate(found):
        if each.id == identifier:
            return index
    raise StripeError(Refusal.NO_SUCH, param=param, kind="object", id=identifier)


def lister(kind: type[Resource], url: str) -> Callable[[Account, Params], Body]:
    """The list call of a kind."""

    def call(account: Account, params: Params) -> Body:
        params.only_one_of("starting_after", "ending_before")
        owner = params.text("customer")
        if owner is not None:
            account.referred(Customer, owner, "customer")
            mine = [each for each in account.of(owner, kind) if _fits(each, params)]
            return page(mine, params, url)
        before, after = _cursor(account, kind, params, "ending_before"), None
        if before is not None:
            newer = account.shelf(kind).newer(before)
            return _backwards((each for each in newer if _fits(each, params)), params, url)
        after = _cursor(account, kind, params, "starting_after")
        older = account.shelf(kind).older(after)
        return _forwards((each for each in older if _fits(each, params)), params, url)

    return call


def _cursor(account: Account, kind: type[Resource], params: Params, name: str) -> Resource | None:
    identifier = params.text(name)
    found = account.find(kind, identifier)
    if identifier is not None and found is None:
        raise StripeError(Refusal.NO_SUCH, param=name, kind="object", id=identifier)
    return found


def _fits(resource: Resource, params: Params) -> bool:
    own = FILTERS.get(type(resource))
    return _created_within(resource, params) and (own is None or own(resource, params))


def _created_within(resource: Resource, params: Params) -> bool:
    exactly = params.integer("created")
    if exactly is not None:
        return resource.created == exactly
    bounds = params.child("created")
    at = resource.created
    return (
        at > (bounds.integer("gt") if "gt" in bounds else -1)  # type: ignore[operator]
        and at >= (bounds.integer("gte") or 0)
        and ("lt" not in bounds or at < (bounds.integer("lt") or 0))
        and ("lte" not in bounds or at <= (bounds.integer("lte") or 0))
    )


def _same(resource: Resource, params: Params, names: str) -> bool:
    wanted = {name: params.text(name) for name in names.split()}
    return all(value is None or getattr(resource, name) == value for name, value in wanted.items())


def _active(resource: Product | Price, params: Params) -> bool:
    wanted = params.flag("active")
    return wanted is None or resource.active is wanted


def _customer(resource: Resource, params: Params) -> bool:
    if not isinstance(resource, Customer):
        return False
    clock = params.text("test_clock")
    return (
        not resource.is_deleted
        and resource.test_clock == clock
        and _same(resource, params, "email")
    )


def _product(resource: Resource, params: Params) -> bool:
    ids = params.texts("ids")
    return (
        isinstance(resource, Product)
        and _active(resource, params)
        and (not ids or resource.id in ids)
    )


def _price(resource: Resource, params: Params) -> bool:
    keys = params.texts("lookup_keys")
    return (
        isinstance(resource, Price)
        and _active(resource, params)
        and _same(resource, params, "product currency")
        and (not keys or resource.lookup_key in keys)
        and params.text("type") in {None, "recurring" if resource.interval else "one_time"}
    )


def _subscription(resource: Resource, params: Params) -> bool:
    if not isinstance(resource, Subscription):
        return False
    price, clock = params.text("price"), params.text("test_clock")
    # Who asks neither for a customer nor for a clock is shown nothing of clocks.
    shown = params.text("customer") is not None or resource.test_clock == clock
    return (
        shown
        and _same(resource, params, "customer collection_method test_clock")
        and (price is None or price in {item.price.id for item in resource.items})
        and _has_status(resource.status, params.text("status"))
    )


def _has_status(status: str, wanted: str | None) -> bool:
    if wanted is None:
        return status != "canceled"
    return status in OVER if wanted == "ended" else wanted in {"all", status}


def _session(resource: Resource, params: Params) -> bool:
    email = params.child("customer_details").text("email")
    return (
        isinstance(resource, Session)
        and _same(resource, params, "customer subscription status")
        and params.text("payment_intent") is None
        and params.text("payment_link") is None
        and email in {None, resource.payer.get("email")}
    )


def _event(resource: Resource, params: Params) -> bool:
    types = params.texts("types")
    one = params.text("type")
    if not isinstance(resource, Event):
        return False
    if one is not None and one.endswith(".*"):
        return resource.type.startswith(one[:-1])
    return one in {None, resource.type} and (not types or resource.type in types)


def _invoice_item(resource: Resource, params: Params) -> bool:
    waits = params.flag("pending")
    return (
        isinstance(resource, InvoiceItem)
        and _same(resource, params, "customer invoice")
        and waits in {None, resource.invoice is None}
    )


def _configuration(resource: Resource, params: Params) -> bool:
    return isinstance(resource, Configuration) and all(
        params.flag(name) in {None, getattr(resource, name)} for name in ("active", "is_default")
    )


FILTERS: dict[type[Resource], Callable[[Resource, Params], bool]] = {
    Customer: _customer,
    Product: _product,
    Price: _price,
    Subscription: _subscription,
    Session: _session,
    Event: _event,
    Invoice: lambda each, params: _same(
        each, params, "customer status subscription collection_method"
    ),
    InvoiceItem: _invoice_item,
    InvoicePayment: lambda each, params: _same(each, params, "invoice"),
    PaymentIntent: lambda each, params: _same(each, params, "customer"),
    SetupIntent: lambda each, params: _same(each, params, "customer payment_method"),
    Charge: lambda each, params: _same(each, params, "customer payment_intent"),
    Refund: lambda each, params: _same(each, params, "charge payment_intent"),
    Dispute: lambda each, params: _same(each, params, "charge payment_intent"),
    Configuration: _configuration,
    Item: lambda each, params: _same(each, params, "subscription"),
    PaymentMethod: lambda each, params: _same(each, params, "customer"),
}
