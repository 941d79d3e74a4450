"""Proration: what a change in the middle of a period gives back, and what it costs.

Stripe counts by the second: the share of a period that is left, of the old price as a
credit and of the new one as a charge, each rounded to the currency's smallest unit; of three
decimals the last is zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from billproof.sandbox.billing.order_lines import wait
from billproof.sandbox.billing.periods import period_end
from billproof.sandbox.billing.subscription import Item, Subscription
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.currencies import step
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.objects.invoice_lines import Charged
from billproof.sandbox.objects.price import Price
from billproof.sandbox.objects.product import product_name


@dataclass(frozen=True, slots=True)
class Held:
    """What an item was for: its price, how many, and the period that is paid for."""

    price: Price
    quantity: int
    start: int
    end: int

    @classmethod
    def by(cls, item: Item) -> Held:
        """What an item is for now."""
        return cls(item.price, item.quantity, item.period_start, item.period_end)

    def share(self, at: int) -> int:
        """What the time from `at` on is worth, in the currency's smallest unit."""
        left, whole = max(0, self.end - max(at, self.start)), max(1, self.end - self.start)
        # Half up, in whole numbers: floats would lose cents of large amounts.
        unit = step(self.price.currency)
        whole *= unit
        return unit * ((2 * self.price.amount * self.quantity * left + whole) // (2 * whole))


def credit(account: Account, subscription: Subscription, item: Item, held: Held, at: int) -> None:
    """Give back what is left of the time that was paid for."""
    _wait(account, subscription, item, held, at, "Unused", -held.share(at))


def charge(account: Account, subscription: Subscription, item: Item, at: int) -> None:
    """Ask for what is left of the time with what the item is now."""
    held = Held.by(item)
    _wait(account, subscription, item, held, at, "Remaining", held.share(at))


def whole_until(price: Price, quantity: int, end: int) -> Held:
    """The whole period of a price that ends at `end`."""
    return Held(
        price, quantity, period_end(end, price.interval or "month", -price.interval_count), end
    )


def charge_part(account: Account, subscription: Subscription, item: Item, at: int) -> None:
    """Ask for a first period that is only the rest, from `at` on, of a whole one."""
    held = whole_until(item.price, item.quantity, item.period_end)
    _wait(account, subscription, item, held, at, "Remaining", held.share(at))


def _wait(  # noqa: PLR0913, PLR0917 - the words of one line
    account: Account,
    subscription: Subscription,
    item: Item,
    held: Held,
    at: int,
    word: str,
    amount: int,
) -> None:
    customer = account.get(Customer, subscription.customer)
    name = product_name(account, held.price.product)
    day = datetime.fromtimestamp(at, UTC)
    many = f"{held.quantity} \N{MULTIPLICATION SIGN} " if held.quantity != 1 else ""
    charged = Charged(
        amount=amount,
        currency=held.price.currency,
        description=f"{word} time on {many}{name} after {day.day} {day:%b %Y}",
        start=at,
        end=held.end,
        price=held.price.id,
        product=held.price.product,
        quantity=held.quantity,
        unit_amount=held.price.amount,
        subscription=subscription.id,
        item=item.id,
        proration=True,
    )
    wait(account, customer, charged)
