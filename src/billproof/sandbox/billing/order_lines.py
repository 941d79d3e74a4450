"""Prices and quantities as calls give them: `items` of subscriptions, `line_items` of checkout."""

from __future__ import annotations

from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.identifiers import long_id
from billproof.sandbox.objects.invoice_lines import Charged, InvoiceItem
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.price import Price
from billproof.sandbox.objects.prices import LARGEST
from billproof.sandbox.objects.prices import create as create_price
from billproof.sandbox.objects.product import product_name

DISCOUNTS = {"coupon": "coupon", "promotion_code": "promotion code", "discount": "discount"}

MOST_ITEMS = 20
"""Of one subscription; Stripe's page "Subscriptions with multiple products"."""


def price_of(account: Account, line: Params) -> Price:
    """The price a line names, or one made of its `price_data`."""
    line.only_one_of("price", "price_data")
    if "price_data" in line:
        return create_price(account, line.child("price_data"))
    price = account.referred(Price, line.required("price"), line.named("price"))
    if not price.active:
        reason = (
            f"The price specified is inactive. This field only accepts active prices: {price.id}"
        )
        raise StripeError(Refusal.STATE, param=line.named("price"), reason=reason)
    return price


def refuse_discounts(params: Params) -> None:
    """There are none: what a call names is unknown, and to ignore it would charge in full."""
    for discount in params.children("discounts"):
        for name, kind in DISCOUNTS.items():
            if said := discount.text(name):
                raise StripeError(Refusal.NO_SUCH, param=discount.named(name), kind=kind, id=said)


def recurring_lines(account: Account, lines: list[Params], param: str) -> list[tuple[Price, int]]:
    """Lines for a subscription: at least one, each recurring, all in one currency."""
    found = _lines(account, lines, param)
    for line, (price, _) in zip(lines, found, strict=True):
        if price.interval is None:
            reason = "The price specified is set to `type=one_time` but this field only accepts "
            reason += "prices with `type=recurring`."
            raise StripeError(Refusal.STATE, param=line.named("price"), reason=reason)
    check_items([price for price, _ in found], param)
    return found


def check_items(prices: list[Price], param: str) -> None:
    """What a subscription is to have: at most 20 items, each of another price."""
    names = [price.id for price in prices]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        reason = f"Cannot add multiple subscription items with the same plan: {twice}"
        raise StripeError(Refusal.STATE, param=param, reason=reason)
    if len(names) > MOST_ITEMS:
        reason = f"A subscription can have at most {MOST_ITEMS} items."
        raise StripeError(Refusal.STATE, param=param, reason=reason)


def basket(account: Account, lines: list[Params], param: str) -> list[tuple[Price, int]]:
    """Lines for a checkout: at least one recurring, beside what is paid once, in one currency."""
    for line in lines:
        many, reason = line.integer("quantity"), None
        if many is None:
            reason = f"Quantity is required. Add `quantity` to `{line.path}`"
        elif many < 1:
            reason = "This value must be greater than or equal to 1."
        if reason:
            raise StripeError(Refusal.STATE, param=line.named("quantity"), reason=reason)
    found = _lines(account, lines, param)
    if all(price.interval is None for price, _ in found):
        reason = "You must provide at least one recurring price in `subscription` mode."
        raise StripeError(Refusal.STATE, param=param, reason=reason)
    return found


def _lines(account: Account, lines: list[Params], param: str) -> list[tuple[Price, int]]:
    if not lines:
        raise StripeError(Refusal.MISSING, param=param)
    found = [(price_of(account, line), quantity(line)) for line in lines]
    if len({price.currency for price, _ in found}) > 1:
        reason = "All prices must use the same currency."
        raise StripeError(Refusal.STATE, param=param, reason=reason)
    bounded(sum(price.amount * many for price, many in found), param)
    return found


def check_currency(params: Params, lines: list[tuple[Price, int]]) -> None:
    """The `currency` of a call is that of its prices, which have but one here."""
    wished, held = params.text("currency"), lines[0][0].currency
    if wished is not None and wished.lower() != held:
        reason = f"The prices are in {held}, and have no other currency."
        raise StripeError(Refusal.STATE, param="currency", reason=reason)


def once(price: Price, param: str) -> Price:
    """A price that is paid once; StripeError for one that comes again."""
    if price.interval is not None:
        reason = "The price specified is set to `type=recurring` but this field only accepts "
        reason += "prices with `type=one_time`."
        raise StripeError(Refusal.STATE, param=param, reason=reason)
    return price


def one_off(account: Account, customer: Customer, lines: list[Params]) -> None:
    """Things that are billed once, with the customer's next invoice."""
    found = [(line, once(price_of(account, line), line.named("price"))) for line in lines]
    for line, price in found:
        many = quantity(line)
        bounded(price.amount * many, line.named("quantity"))
        bill_once(account, customer, price, many)


def bill_once(account: Account, customer: Customer, price: Price, many: int) -> None:
    """Some of one thing, with the customer's next invoice."""
    now = account.now(customer.id)
    charged = Charged(
        amount=price.amount * many,
        currency=price.currency,
        description=product_name(account, price.product),
        start=now,
        end=now,
        price=price.id,
        product=price.product,
        quantity=many,
        unit_amount=price.amount,
    )
    wait(account, customer, charged)


def wait(account: Account, customer: Customer, charged: Charged) -> InvoiceItem:
    """Something for the customer's next invoice."""
    item = InvoiceItem(
        id=long_id("ii_"),
        created=account.now(customer.id),
        livemode=account.livemode,
        customer=customer.id,
        charged=charged,
    )
    customer.pending += (account.add(item).id,)
    account.emit("invoiceitem.created", item)
    return item


def bounded(amount: int, param: str) -> int:
    """An amount of Stripe's size; StripeError when it has more than eight digits."""
    if abs(amount) > LARGEST:
        raise StripeError(Refusal.AMOUNT, param=param, most=str(LARGEST))
    return amount


def quantity(line: Params) -> int:
    """How many; one when it is not said."""
    wanted = line.integer("quantity")
    if wanted is not None and wanted < 0:
        reason = "This value must be greater than or equal to 0."
        raise StripeError(Refusal.STATE, param=line.named("quantity"), reason=reason)
    return 1 if wanted is None else wanted
