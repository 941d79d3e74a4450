"""The calls this Stripe answers: method, path, parameters, and what is done."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from billproof.sandbox.api import expansion, leaving, lists, search
from billproof.sandbox.billing import (
    checkout,
    clocks,
    configurations,
    invoice_calls,
    invoice_items,
    payment_intents,
    portal,
    preview,
    refunds,
    setup_intents,
    subscription_items,
    subscriptions,
    updating,
)
from billproof.sandbox.billing.checkout_session import Session
from billproof.sandbox.billing.configurations import Configuration
from billproof.sandbox.billing.subscription import Item, Subscription
from billproof.sandbox.objects import customer_cards, payment_methods, prices, products
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
from billproof.sandbox.objects.resource import Body, Resource
from billproof.sandbox.objects.setup_intents import SetupIntent
from billproof.sandbox.objects.test_clock import TestClock
from billproof.sandbox.webhooks import endpoints
from billproof.sandbox.webhooks.endpoints import Endpoint

Handler = Callable[..., Any]


@dataclass(frozen=True)
class Operation:
    """One call; `call` names its parameters in parameters.json, and its kind before the dot."""

    method: str
    path: str
    call: str
    handler: Handler

    @cached_property
    def form(self) -> re.Pattern[str]:
        """What its path looks like."""
        return re.compile(re.sub(r"\{\w+\}", "([^/]+)", self.path) + r"\Z")

    @property
    def kind(self) -> str:
        """The kind of object it is about."""
        return self.call.rpartition(".")[0]

    @property
    def creates(self) -> bool:
        """Whether it makes an object of its kind."""
        return self.call.endswith(".create")

    def run(self, account: Account, params: Params, ids: tuple[str, ...]) -> Body:
        """The answer's body in the call's API version, expanded as asked."""
        found = self.handler(account, params, *ids)
        body = account.shown(found.body() if isinstance(found, Resource) else found)
        return expansion.expanded(account, body, params.texts("expand"))


def _retriever(kind: type[Resource]) -> Handler:
    def call(account: Account, params: Params, identifier: str) -> Resource:
        del params
        return account.get(kind, identifier)

    return call


def _noun(kind: type[Resource], path: str) -> list[Operation]:
    """The two calls that every kind has."""
    return [
        Operation("GET", f"{path}/{{id}}", f"{kind.kind}.retrieve", _retriever(kind)),
        Operation("GET", path, f"{kind.kind}.list", lists.lister(kind, path)),
    ]


def _search(kind: type[Resource], path: str) -> Operation:
    """Has to stand before the call that retrieves by an id: `search` is none."""
    where = f"{path}/search"
    return Operation("GET", where, f"{kind.kind}.search", search.searcher(kind, where))


SESSIONS = "/v1/checkout/sessions"
PORTAL = "/v1/billing_portal"
CONFIGURATIONS = f"{PORTAL}/configurations"
ITEMS = "/v1/subscription_items"
INVOICES = "/v1/invoices"
UPCOMING = frozenset({f"{INVOICES}/upcoming", f"{INVOICES}/upcoming/lines"})
"""Calls that basil removed; their last word would be read as an id."""
WAITING = "/v1/invoiceitems"
PAYMENTS = "/v1/payment_intents"
SETUPS = "/v1/setup_intents"
CLOCKS = "/v1/test_helpers/test_clocks"
OPERATIONS = (
    _search(Customer, "/v1/customers"),
    _search(Subscription, "/v1/subscriptions"),
    _search(Invoice, "/v1/invoices"),
    _search(Price, "/v1/prices"),
    _search(Product, "/v1/products"),
    _search(Charge, "/v1/charges"),
    _search(PaymentIntent, "/v1/payment_intents"),
    *_noun(Product, "/v1/products"),
    Operation("POST", "/v1/products", "product.create", prices.create_product),
    Operation("POST", "/v1/products/{id}", "product.update", products.update),
    Operation("DELETE", "/v1/products/{id}", "product.delete", products.delete),
    *_noun(Price, "/v1/prices"),
    Operation("POST", "/v1/prices", "price.create", prices.create),
    Operation("POST", "/v1/prices/{id}", "price.update", prices.update),
    *_noun(Customer, "/v1/customers"),
    Operation("POST", "/v1/customers", "customer.create", customer_cards.create),
    Operation("POST", "/v1/customers/{id}", "customer.update", customer_cards.update),
    Operation("DELETE", "/v1/customers/{id}", "customer.delete", leaving.delete_customer),
    Operation(
        "GET",
        "/v1/customers/{id}/payment_methods",
        "customer.payment_methods",
        leaving.cards_of_customer,
    ),
    *_noun(PaymentMethod, "/v1/payment_methods"),
    Operation("POST", "/v1/payment_methods", "payment_method.create", payment_methods.create),
    Operation("POST", "/v1/payment_methods/{id}", "payment_method.update", payment_methods.update),
    Operation(
        "POST",
        "/v1/payment_methods/{id}/attach",
        "payment_method.attach",
        payment_methods.attach,
    ),
    Operation(
        "POST",
        "/v1/payment_methods/{id}/detach",
        "payment_method.detach",
        payment_methods.detach,
    ),
    *_noun(Session, SESSIONS),
    Operation("POST", SESSIONS, "checkout.session.create", checkout.create),
    Operation("POST", f"{SESSIONS}/{{id}}", "checkout.session.update", checkout.update),
    Operation("POST", f"{SESSIONS}/{{id}}/expire", "checkout.session.expire", checkout.expire),
    Operation(
        "GET",
        f"{SESSIONS}/{{id}}/line_items",
        "checkout.session.line_items",
        expansion.list_line_items,
    ),
    *_noun(Subscription, "/v1/subscriptions"),
    Operation("POST", "/v1/subscriptions", "subscription.create", subscriptions.create),
    Operation("POST", "/v1/subscriptions/{id}", "subscription.update", updating.update),
    Operation("DELETE", "/v1/subscriptions/{id}", "subscription.cancel", subscriptions.cancel),
    Operation("POST", "/v1/subscriptions/{id}/resume", "subscription.resume", subscriptions.resume),
    *_noun(Item, ITEMS),
    Operation("POST", ITEMS, "subscription_item.create", subscription_items.create),
    Operation("POST", f"{ITEMS}/{{id}}", "subscription_item.update", subscription_items.update),
    Operation("DELETE", f"{ITEMS}/{{id}}", "subscription_item.delete", subscription_items.delete),
    *_noun(Invoice, "/v1/invoices"),
    Operation("POST", INVOICES, "invoice.create", invoice_calls.create),
    Operation("POST", f"{INVOICES}/create_preview", "invoice.create_preview", preview.create),
    Operation("POST", f"{INVOICES}/{{id}}", "invoice.update", invoice_calls.update),
    Operation("DELETE", f"{INVOICES}/{{id}}", "invoice.delete", invoice_calls.delete),
    Operation("POST", f"{INVOICES}/{{id}}/finalize", "invoice.finalize", invoice_calls.finalize),
    Operation("POST", f"{INVOICES}/{{id}}/send", "invoice.send", invoice_calls.send),
    Operation("POST", f"{INVOICES}/{{id}}/pay", "invoice.pay", invoice_calls.pay),
    Operation("POST", f"{INVOICES}/{{id}}/void", "invoice.void", invoice_calls.void),
    Operation(
        "POST",
        f"{INVOICES}/{{id}}/mark_uncollectible",
        "invoice.mark_uncollectible",
        invoice_calls.mark_uncollectible,
    ),
    Operation("GET", "/v1/invoices/{id}/lines", "invoice.line_items", leaving.lines_of_invoice),
    *_noun(InvoiceItem, WAITING),
    Operation("POST", WAITING, "invoiceitem.create", invoice_items.create),
    Operation("POST", f"{WAITING}/{{id}}", "invoiceitem.update", invoice_items.update),
    Operation("DELETE", f"{WAITING}/{{id}}", "invoiceitem.delete", invoice_items.delete),
    *_noun(InvoicePayment, "/v1/invoice_payments"),
    *_noun(PaymentIntent, PAYMENTS),
    Operation("POST", PAYMENTS, "payment_intent.create", payment_intents.create),
    Operation("POST", f"{PAYMENTS}/{{id}}", "payment_intent.update", payment_intents.update),
    Operation(
        "POST",
        f"{PAYMENTS}/{{id}}/confirm",
        "payment_intent.confirm",
        payment_intents.confirm,
    ),
    Operation("POST", f"{PAYMENTS}/{{id}}/cancel", "payment_intent.cancel", payment_intents.cancel),
    *_noun(SetupIntent, SETUPS),
    Operation("POST", SETUPS, "setup_intent.create", setup_intents.create),
    Operation("POST", f"{SETUPS}/{{id}}/confirm", "setup_intent.confirm", setup_intents.confirm),
    Operation("POST", f"{SETUPS}/{{id}}/cancel", "setup_intent.cancel", setup_intents.cancel),
    *_noun(Charge, "/v1/charges"),
    *_noun(Refund, "/v1/refunds"),
    Operation("POST", "/v1/refunds", "refund.create", refunds.create),
    *_noun(Dispute, "/v1/disputes"),
    Operation("POST", "/v1/disputes/{id}/close", "dispute.close", refunds.close_dispute),
    *_noun(TestClock, CLOCKS),
    Operation("POST", CLOCKS, "test_helpers.test_clock.create", clocks.create),
    Operation(
        "POST", f"{CLOCKS}/{{id}}/advance", "test_helpers.test_clock.advance", clocks.advance
    ),
    Operation("DELETE", f"{CLOCKS}/{{id}}", "test_helpers.test_clock.delete", clocks.delete),
    Operation("POST", f"{PORTAL}/sessions", "billing_portal.session.create", portal.create),
    *_noun(Configuration, CONFIGURATIONS),
    Operation("POST", CONFIGURATIONS, "billing_portal.configuration.create", configurations.create),
    Operation(
        "POST",
        f"{CONFIGURATIONS}/{{id}}",
        "billing_portal.configuration.update",
        configurations.update,
    ),
    *_noun(Event, "/v1/events"),
    *_noun(Endpoint, "/v1/webhook_endpoints"),
    Operation("POST", "/v1/webhook_endpoints", "webhook_endpoint.create", endpoints.create),
    Operation("POST", "/v1/webhook_endpoints/{id}", "webhook_endpoint.update", endpoints.update),
    Operation("DELETE", "/v1/webhook_endpoints/{id}", "webhook_endpoint.delete", endpoints.delete),
)


def _by_shape() -> dict[tuple[str, int], list[Operation]]:
    """The operations by method and number of segments: few are left to compare with."""
    found: dict[tuple[str, int], list[Operation]] = {}
    for operation in OPERATIONS:
        found.setdefault((operation.method, operation.path.count("/")), []).append(operation)
    return found


SHAPES = _by_shape()


def find(method: str, path: str) -> tuple[Operation, tuple[str, ...]] | None:
    """The operation of a method and path, and the ids in the path; None when there is none."""
    if method == "GET" and path in UPCOMING:
        return None
    for operation in SHAPES.get((method, path.count("/")), ()):
        if operation.path == path:
            return operation, ()
    for operation in SHAPES.get((method, path.count("/")), ()):
        if match := operation.form.match(path):
            return operation, match.groups()
    return None


def no_route(method: str, path: str) -> StripeError:
    """What is said where there is no operation; of a past one, what has taken its place."""
    if method == "GET" and path in UPCOMING:
        now, since = f"POST {INVOICES}/create_preview", "2025-03-31.basil"
        return StripeError(Refusal.REPLACED, method=method, path=path, instead=now, since=since)
    return StripeError(Refusal.NO_ROUTE, method=method, path=path)
