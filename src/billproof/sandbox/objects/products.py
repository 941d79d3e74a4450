"""The calls on products; making one with its first price is in `prices`."""

from __future__ import annotations

from typing import Any

from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.identifiers import short_id
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.price import Price
from billproof.sandbox.objects.product import ECHOED, Product
from billproof.sandbox.objects.resource import Body, deleted


def new(account: Account, params: Params) -> Product:
    """A new product."""
    product = Product(
        id=params.text("id") or short_id("prod_"),
        created=account.now(None),
        livemode=account.livemode,
        name=params.required("name"),
        description=params.text("description"),
        active=params.flag("active") is not False,
        metadata=params.metadata(),
        updated=account.now(None),
    )
    _say(product, params)
    account.add(product)
    account.emit("product.created", product)
    return product


def _say(product: Product, params: Params) -> None:
    for name in (*ECHOED.split(), "images", "marketing_features"):
        if name in params:
            empty: Any = [] if name in {"images", "marketing_features"} else None
            product.said[name] = params.json(name) or empty


def update(account: Account, params: Params, identifier: str) -> Product:
    """Change a product."""
    product = account.get(Product, identifier)
    with account.updating(product, "product.updated"):
        product.name = params.text("name") or product.name
        product.default_price = params.text("default_price") or product.default_price
        product.metadata = params.metadata(product.metadata)
        product.updated = account.now(None)
        _say(product, params)
        if "description" in params:
            product.description = params.text("description")
        if "active" in params:
            product.active = params.flag("active") is True
    return product


def delete(account: Account, _params: Params, identifier: str) -> Body:
    """Delete a product that nothing is sold by."""
    product = account.get(Product, identifier)
    if any(price.product == identifier for price in account.all(Price)):
        reason = "This product cannot be deleted because it has one or more user-created prices."
        raise StripeError(Refusal.STATE, reason=reason)
    account.emit("product.deleted", product)
    account.remove(product)
    return deleted(product.kind, identifier)
