"""The calls on prices, and the catalogue that is seeded into every account."""

from __future__ import annotations

from typing import Any

from billproof.sandbox.objects import products
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.catalogue import Plan
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


def create_product(account: Account, params: Params) -> Product:
    """A new product, with its first price where that is given."""
    product = products.new(account, params)
    if "default_price_data" in params:
        first = {**params.json("default_price_data"), "product": product.id}
        product.default_price = create(account, Params(first)).id
    return product


def create(account: Account, params: Params) -> Price:
    """A new price; its product is named, or made of `product_data`."""
    params.only_one_of("product", "product_data")
    if "product_data" in params:
        product = products.new(account, params.child("product_data"))
    else:
        product = account.referred(Product, params.required("product"), params.named("product"))
    recurring = params.child("recurring")
    _claim(account, params)
    price = Price(
        id=long_id("price_"),
        created=account.now(None),
        livemode=account.livemode,
        product=product.id,
        currency=_currency(params),
        amount=_amount(params),
        interval=recurring.text("interval"),
        interval_count=_count(recurring),
        nickname=params.text("nickname"),
        lookup_key=params.text("lookup_key"),
        metadata=params.metadata(),
    )
    account.add(price)
    account.emit("price.created", price)
    return price


def update(account: Account, params: Params, identifier: str) -> Price:
    """Change what may change of a price; amount and interval never do."""
    price = account.get(Price, identifier)
    with account.updating(price, "price.updated"):
        price.metadata = params.metadata(price.metadata)
        for name in ("nickname", "lookup_key"):
            if name in params:
                setattr(price, name, params.text(name))
        if "active" in params:
            price.active = params.flag("active") is True
    return price


def _claim(account: Account, params: Params) -> None:
    """Make a lookup key free, or refuse it: one price has it."""
    key = params.text("lookup_key")
    holder = next((each for each in account.all(Price) if key and each.lookup_key == key), None)
    if holder is None:
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
    if amount > LARGEST:
        reason = f"This value must be less than or equal to {LARGEST}."
        raise StripeError(Refusal.STATE, param=params.named("unit_amount"), reason=reason)
    return int(amount)
