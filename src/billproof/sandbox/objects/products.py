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
    name, identifier = params.required("name"), params.text("id")
    if account.find(Product, identifier) is not None:
        raise StripeError(Refusal.EXISTS, param="id", kind="Product")
    product = Product(
        id=identifier or short_id("prod_"),
        created=account.now(None),
        livemode=account.livemode,
        name=name,
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
    default = _own_price(account, product, params.text("default_price"))
    with account.updating(product, "product.updated"):
        product.name = params.text("name") or product.name
        product.default_price = default or product.default_price
        product.metadata = params.metadata(product.metadata)
        product.updated = account.now(None)
        _say(product, params)
        if "description" in params:
            product.description = params.text("description")
        if "active" in params:
            product.active = params.flag("active") is True
    return product


def _own_price(account: Account, product: Product, identifier: str | None) -> str | None:
    """A price that may be the product's default one: of its own, and still sold."""
    if identifier is None:
        return None
    price = account.referred(Price, identifier, "default_price")
    if price.product != product.id or not price.active:
        reason = f"The price {identifier} is {'archived' if not price.active else 'not of it'}."
        reason = f"The default price of {product.id} must be one of its active prices. {reason}"
        raise StripeError(Refusal.STATE, param="default_price", reason=reason)
    return identifier


def delete(account: Account, _params: Params, identifier: str) -> Body:
    """Delete a product that nothing is sold by."""
    product = account.get(Product, identifier)
    if any(price.product == identifier for price in account.all(Price)):
        reason = "This product cannot be deleted because it has one or more user-created prices."
        raise StripeError(Refusal.STATE, reason=reason)
    account.emit("product.deleted", product)
    account.remove(product)
    return deleted(product.kind, identifier)
