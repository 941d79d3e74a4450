"""The calls on prices, and the catalogue that is seeded into every account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from billproof.sandbox.objects import products
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.catalogue import Plan
from billproof.sandbox.objects.currencies import currency_of, fitting
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.identifiers import long_id
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.price import Price
from billproof.sandbox.objects.product import Product

LARGEST = 99_999_999
"""Stripe's amounts have eight digits."""
LONGEST_YEARS = 3
IN_A_YEAR = {"day": 365, "week": 52, "month": 12, "year": 1}


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


@dataclass(frozen=True, slots=True)
class Terms:
    """What a price asks for: an amount, once or each period."""

    currency: str
    amount: int
    interval: str | None
    count: int

    @classmethod
    def of(cls, params: Params) -> Terms:
        """Those that a call names; StripeError for what no price can be."""
        params.only_one_of("unit_amount", "unit_amount_decimal")
        recurring, currency = params.child("recurring"), currency_of(params)
        amount = fitting(_amount(params), currency, params.named("unit_amount"))
        return cls(currency, amount, recurring.text("interval"), _count(recurring))


def create_product(account: Account, params: Params) -> Product:
    """A new product, with its first price where that is given."""
    first = params.child("default_price_data")
    terms = Terms.of(first) if "default_price_data" in params else None
    product = products.new(account, params)
    if terms is not None:
        product.default_price = _new(account, product, terms, first).id
    return product


def create(account: Account, params: Params) -> Price:
    """A new price; its product is named, or made of `product_data`."""
    params.only_one_of("product", "product_data")
    terms = Terms.of(params)
    _claim(account, params)
    if "product_data" in params:
        product = products.new(account, params.child("product_data"))
    else:
        product = account.referred(Product, params.required("product"), params.named("product"))
    return _new(account, product, terms, params)


def _new(account: Account, product: Product, terms: Terms, params: Params) -> Price:
    price = Price(
        id=long_id("price_"),
        created=account.now(None),
        livemode=account.livemode,
        product=product.id,
        currency=terms.currency,
        amount=terms.amount,
        interval=terms.interval,
        interval_count=terms.count,
        nickname=params.text("nickname"),
        lookup_key=params.text("lookup_key"),
        metadata=params.metadata(),
    )
    price.active = params.flag("active") is not False
    account.add(price)
    account.emit("price.created", price)
    return price


def update(account: Account, params: Params, identifier: str) -> Price:
    """Change what may change of a price; amount and interval never do."""
    price = account.get(Price, identifier)
    product = account.find(Product, price.product)
    if params.flag("active") is False and product and product.default_price == identifier:
        reason = "This price cannot be archived because it is the default price of its product."
        raise StripeError(Refusal.STATE, reason=reason)
    _claim(account, params, price)
    with account.updating(price, "price.updated"):
        price.metadata = params.metadata(price.metadata)
        for name in ("nickname", "lookup_key"):
            if name in params:
                setattr(price, name, params.text(name))
        if "active" in params:
            price.active = params.flag("active") is True
    return price


def _claim(account: Account, params: Params, wants: Price | None = None) -> None:
    """Make a lookup key free, or refuse it: one price has it."""
    key = params.text("lookup_key")
    holder = next((each for each in account.all(Price) if key and each.lookup_key == key), None)
    if holder is None or holder is wants:
        return
    if not params.flag("transfer_lookup_key"):
        reason = f"A price ({holder.id}) already uses that lookup key."
        raise StripeError(Refusal.STATE, param="lookup_key", reason=reason)
    with account.updating(holder, "price.updated"):
        holder.lookup_key = None


def _count(recurring: Params) -> int:
    """How many intervals make a period: three years at most."""
    count = recurring.integer("interval_count")
    interval = recurring.text("interval")
    if count is None or interval is None:
        return 1
    if not 1 <= count <= LONGEST_YEARS * IN_A_YEAR[interval]:
        reason = "A period is one interval or more, and at most three years."
        raise StripeError(Refusal.STATE, param=recurring.named("interval_count"), reason=reason)
    return count


def _amount(params: Params) -> int:
    amount: Any = params.integer("unit_amount")
    if amount is None:
        amount = params.number("unit_amount_decimal")
    if amount is None:
        raise StripeError(Refusal.MISSING, param=params.named("unit_amount"))
    if amount < 0:
        reason = "This value must be greater than or equal to 0."
        raise StripeError(Refusal.STATE, param=params.named("unit_amount"), reason=reason)
    if amount > LARGEST:
        reason = f"This value must be less than or equal to {LARGEST}."
        raise StripeError(Refusal.STATE, param=params.named("unit_amount"), reason=reason)
    return int(amount)
