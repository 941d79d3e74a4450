"""Products and prices, and the catalogue that is seeded into every account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.catalogue import Plan
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.identifiers import long_id, short_id
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.resource import Body, Resource, nulls


@dataclass(kw_only=True)
class Product(Resource):
    """What is sold."""

    kind: ClassVar[str] = "product"
    name: str
    active: bool = True
    description: str | None = None
    default_price: str | None = None
    updated: int

    def body(self) -> Body:
        """The product."""
        return {
            **self.head(),
            **nulls("package_dimensions shippable statement_descriptor tax_code unit_label url"),
            "active": self.active,
            "default_price": self.default_price,
            "description": self.description,
            "images": [],
            "marketing_features": [],
            "name": self.name,
            "type": "service",
            "updated": self.updated,
        }


@dataclass(kw_only=True)
class Price(Resource):
    """What it costs, once or each interval; amounts are in the currency's smallest unit."""

    kind: ClassVar[str] = "price"
    product: str
    currency: str
    amount: int
    interval: str | None = None
    interval_count: int = 1
    active: bool = True
    nickname: str | None = None
    lookup_key: str | None = None

    def body(self) -> Body:
        """The price."""
        return {
            **self.head(),
            **nulls("custom_unit_amount tiers_mode transform_quantity"),
            "active": self.active,
            "billing_scheme": "per_unit",
            "currency": self.currency,
            "lookup_key": self.lookup_key,
            "nickname": self.nickname,
            "product": self.product,
            "recurring": self._recurring(),
            "tax_behavior": "unspecified",
            "type": "recurring" if self.interval else "one_time",
            "unit_amount": self.amount,
            "unit_amount_decimal": str(self.amount),
        }

    def _recurring(self) -> Body | None:
        if self.interval is None:
            return None
        return {
            "interval": self.interval,
            "interval_count": self.interval_count,
            "meter": None,
            "trial_period_days": None,
            "usage_type": "licensed",
        }

    def plan(self) -> Body:
        """The same as the `plan` of older API versions, which items still carry."""
        return {
            **self.head(),
            **nulls("meter nickname tiers_mode transform_usage trial_period_days"),
            "object": "plan",
            "active": self.active,
            "amount": self.amount,
            "amount_decimal": str(self.amount),
            "billing_scheme": "per_unit",
            "currency": self.currency,
            "interval": self.interval,
            "interval_count": self.interval_count,
            "product": self.product,
            "usage_type": "licensed",
        }


def seed(account: Account, plans: tuple[Plan, ...]) -> None:
    """Put the catalogue's products and prices into a new account."""
    for plan in plans:
        product = Product(
            id=f"prod_{plan.price.removeprefix('price_')}",
            created=account.now(None),
            livemode=account.livemode,
            name=plan.name,
            updated=account.now(None),
            default_price=plan.price,
        )
        account.add(product)
        account.add(
            Price(
                id=plan.price,
                created=account.now(None),
                livemode=account.livemode,
                product=product.id,
                currency=plan.currency,
                amount=plan.amount,
                interval=plan.interval,
            )
        )


def create_product(account: Account, params: Params) -> Product:
    """A new product."""
    product = Product(
        id=params.text("id") or short_id("prod_"),
        created=account.now(None),
        livemode=account.livemode,
        name=params.required("name"),
        description=params.text("description"),
        active=params.flag("active") is not False,
        metadata=params.merged("metadata", {}),
        updated=account.now(None),
    )
    account.add(product)
    account.emit("product.created", product)
    return product


def update_product(account: Account, params: Params, identifier: str) -> Product:
    """Change a product."""
    product = account.get(Product, identifier)
    with account.updating(product, "product.updated"):
        product.name = params.text("name") or product.name
        product.default_price = params.text("default_price") or product.default_price
        product.metadata = params.merged("metadata", product.metadata)
        if "description" in params:
            product.description = params.text("description")
        if "active" in params:
            product.active = params.flag("active") is True
    return product


def create_price(account: Account, params: Params) -> Price:
    """A new price; its product is named, or made of `product_data`."""
    params.only_one_of("product", "product_data")
    if "product_data" in params:
        product = create_product(account, params.child("product_data"))
    else:
        product = account.referred(Product, params.required("product"), params.named("product"))
    recurring = params.child("recurring")
    price = Price(
        id=long_id("price_"),
        created=account.now(None),
        livemode=account.livemode,
        product=product.id,
        currency=_currency(params),
        amount=_amount(params),
        interval=recurring.text("interval"),
        interval_count=recurring.integer("interval_count") or 1,
        nickname=params.text("nickname"),
        lookup_key=params.text("lookup_key"),
        metadata=params.merged("metadata", {}),
    )
    account.add(price)
    account.emit("price.created", price)
    return price


def update_price(account: Account, params: Params, identifier: str) -> Price:
    """Change what may change of a price; amount and interval never do."""
    price = account.get(Price, identifier)
    with account.updating(price, "price.updated"):
        price.metadata = params.merged("metadata", price.metadata)
        for name in ("nickname", "lookup_key"):
            if name in params:
                setattr(price, name, params.text(name))
        if "active" in params:
            price.active = params.flag("active") is True
    return price


def _currency(params: Params) -> str:
    code = params.required("currency").lower()
    if len(code) != 3 or not (code.isascii() and code.isalpha()):  # noqa: PLR2004 - ISO 4217
        reason = f"Invalid currency: {code[:40]}."
        raise StripeError(Refusal.STATE, param=params.named("currency"), reason=reason)
    return code


def _amount(params: Params) -> int:
    amount: Any = params.integer("unit_amount")
    if amount is None:
        amount = params.number("unit_amount_decimal")
    if amount is None:
        raise StripeError(Refusal.MISSING, param=params.named("unit_amount"))
    if amount < 0:
        reason = "This value must be greater than or equal to 0."
        raise StripeError(Refusal.STATE, param=params.named("unit_amount"), reason=reason)
    return int(amount)


def product_name(account: Account, product: str) -> str:
    """What a product is called; its id when it is no more."""
    found = account.find(Product, product)
    return found.name if found else product
