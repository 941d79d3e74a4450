"""`expand[]`: ids in an answer replaced by the objects that they name, four levels deep."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from billproof.sandbox.billing.checkout_session import Session
from billproof.sandbox.billing.subscription import Subscription
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.charges import Refund
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.invoice import Invoice, InvoicePayment
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.payment_intents import PAYABLE, PaymentIntent
from billproof.sandbox.objects.product import product_name
from billproof.sandbox.objects.resource import Body, listing

DEEPEST = 4
LISTS = frozenset({"list", "search_result"})


def expanded(account: Account, body: Body, paths: list[str]) -> Body:
    """`body`, which nobody else holds, with every path of the call followed.

    It is in the call's version already, and so is what is put into it.
    """
    for path in paths:
        steps = path.split(".")
        if len(steps) > DEEPEST:  # the `data` of a list is one of them
            raise StripeError(Refusal.TOO_DEEP, param="expand", path=path)
        if body.get("object") in LISTS and steps[0] not in body:
            raise StripeError(Refusal.NOT_OF_THE_LIST, param="expand", path=path)
        _follow(account, body, steps, path)
    return body


def _follow(account: Account, node: Any, steps: list[str], path: str) -> None:
    if not steps or node is None:
        return
    if isinstance(node, list):
        for each in node:
            _follow(account, each, steps, path)
        return
    name = steps[0]
    if isinstance(node, dict):
        if node.get("deleted"):
            # What may be expanded is a matter of the kind, and one that is gone has none of it.
            return
        include = INCLUDED.get((str(node.get("object")), name))
        if include is not None:
            node[name] = account.shown(include(account, str(node["id"])))
    if not isinstance(node, dict) or name not in node:
        raise StripeError(Refusal.NOT_EXPANDABLE, param="expand", path=path)
    node[name] = _opened(account, node[name], path)
    _follow(account, node[name], steps[1:], path)


def _opened(account: Account, value: Any, path: str) -> Any:
    found = account.any(value) if isinstance(value, str) else None
    if found is not None:
        return account.shown(found.body())
    if isinstance(value, dict | list | None):
        return value
    raise StripeError(Refusal.NOT_EXPANDABLE, param="expand", path=path)


def line_items(account: Account, identifier: str) -> Body:
    """The basket of a session."""
    session = account.get(Session, identifier)
    data = [line.body(product_name(account, line.price.product)) for line in session.lines]
    return listing(data, f"/v1/checkout/sessions/{identifier}/line_items")


def _subscriptions(account: Account, identifier: str) -> Body:
    data = [
        each.body()
        for each in reversed(account.of(identifier, Subscription))
        if each.status != "canceled"
    ]
    return listing(data, f"/v1/customers/{identifier}/subscriptions")


def _payments(account: Account, identifier: str) -> Body:
    payment = account.find(InvoicePayment, account.get(Invoice, identifier).payment)
    data = [payment.body()] if payment else []
    return listing(data, f"/v1/invoice_payments?invoice={identifier}")


def _confirmation_secret(account: Account, identifier: str) -> Body | None:
    """What a client confirms the payment of an invoice with."""
    invoice = account.get(Invoice, identifier)
    intent = account.find(PaymentIntent, invoice.payment_intent)
    if intent is None or intent.status not in PAYABLE:
        return None
    return {"client_secret": intent.secret, "type": "payment_intent"}


def _refunds(account: Account, identifier: str) -> Body:
    data = [each.body() for each in reversed(account.all(Refund)) if each.charge == identifier]
    return listing(data, f"/v1/charges/{identifier}/refunds")


INCLUDED: dict[tuple[str, str], Callable[[Account, str], Body | None]] = {
    ("checkout.session", "line_items"): line_items,
    ("customer", "subscriptions"): _subscriptions,
    ("invoice", "payments"): _payments,
    ("invoice", "confirmation_secret"): _confirmation_secret,
    ("charge", "refunds"): _refunds,
}
"""Members that are there only when they are asked for."""


def list_line_items(account: Account, params: Params, identifier: str) -> Body:
    """The call that lists a session's basket; it is never long enough for a second page."""
    del params
    return line_items(account, identifier)
