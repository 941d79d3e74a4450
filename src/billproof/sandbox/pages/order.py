"""What a checkout session sells, in the words of its page."""

from __future__ import annotations

from dataclasses import dataclass

from billproof.sandbox.billing.checkout_session import Session, SessionLine
from billproof.sandbox.billing.periods import DAY
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.price import Price
from billproof.sandbox.objects.product import Product
from billproof.sandbox.pages.money import every, money


@dataclass(frozen=True)
class OrderLine:
    """One thing that is sold, and how often it is billed."""

    name: str
    description: str
    quantity: int
    unit_amount: str
    amount: str
    billed: str

    @classmethod
    def of(cls, account: Account, line: SessionLine) -> OrderLine:
        """A line of a session."""
        price = line.price
        product = account.find(Product, price.product)
        return cls(
            name=product.name if product else price.product,
            description=(product.description if product else None) or "",
            quantity=line.quantity,
            unit_amount=money(price.amount, price.currency),
            amount=money(line.amount, price.currency),
            billed=_billed(price),
        )


@dataclass(frozen=True)
class Order:
    """The whole of it; amounts are texts."""

    name: str
    lines: tuple[OrderLine, ...]
    subtotal: str
    total: str
    """Of each period."""
    every: str
    due_today: str
    taxed: bool
    """Whether a line for taxes is shown, as with automatic tax; the sandbox counts none."""
    tax: str
    trial_days: int | None
    needs_card: bool

    @property
    def verb(self) -> str:
        """What the button says."""
        return "Start trial" if self.trial_days else "Subscribe"

    @classmethod
    def of(cls, account: Account, session: Session) -> Order:
        """What a session sells."""
        price = session.recurring[0].price
        lines = tuple(OrderLine.of(account, line) for line in session.lines)
        others = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
        return cls(
            name=lines[0].name + others,
            lines=lines,
            subtotal=money(sum(line.amount for line in session.lines), price.currency),
            total=money(sum(line.amount for line in session.recurring), price.currency),
            every=every(price.interval, price.interval_count),
            due_today=money(session.due_today, price.currency),
            taxed=session.asked.child("automatic_tax").flag("enabled") is True,
            tax=money(0, price.currency),
            trial_days=_trial_days(account, session),
            needs_card=session.needs_card,
        )


def _billed(price: Price) -> str:
    if price.interval is None:
        return "once"
    return every(price.interval, price.interval_count).replace("per ", "every ")


def _trial_days(account: Account, session: Session) -> int | None:
    if session.trial_days is not None:
        return session.trial_days
    if session.trial_end is None:
        return None
    return max(1, -((account.now(session.customer) - session.trial_end) // DAY))
