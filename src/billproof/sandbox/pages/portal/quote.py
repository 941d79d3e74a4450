"""What a change of plan costs, in words: the same sums as `invoices/create_preview` answers."""

from __future__ import annotations

from dataclasses import dataclass

from billproof.sandbox.billing.plan_change import PlanChange
from billproof.sandbox.billing.preview import Upcoming
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.objects.payment_methods import usual
from billproof.sandbox.pages.money import day, every, money
from billproof.sandbox.pages.portal.rows import CardRow, described


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One line of the invoice that would come."""

    text: str
    amount: str


@dataclass(frozen=True, slots=True)
class Quote:
    """What is due today, what at the next renewal, and what after that."""

    before: str
    after: str
    at_once: bool
    lines: tuple[QuoteLine, ...]
    due_today: str
    next_day: str
    next_due: str
    amount: str
    every: str
    card: CardRow | None

    @classmethod
    def of(cls, account: Account, change: PlanChange) -> Quote:
        """What a change costs; StripeError when it cannot be made."""
        coming, subscription = change.preview(account), change.subscription
        item, currency = subscription.items[0], subscription.currency
        customer = account.get(Customer, subscription.customer)
        card = usual(account, customer, subscription.default_payment_method)
        whole = change.price.amount * change.quantity
        # What is kept of an invoice over less than nothing is used up by the next one.
        later = max(0, whole + coming.invoice.ending_balance)
        return cls(
            before=described(account, item.price, item.quantity),
            after=described(account, change.price, change.quantity),
            at_once=coming.at_once,
            lines=_lines(coming),
            due_today=money(coming.invoice.due if coming.at_once else 0, currency),
            next_day=day(coming.renews),
            next_due=money(later if coming.at_once else coming.invoice.due, currency),
            amount=money(whole, currency),
            every=every(change.price.interval, change.price.interval_count),
            card=CardRow.of(card, customer) if card else None,
        )


def _lines(coming: Upcoming) -> tuple[QuoteLine, ...]:
    invoice = coming.invoice
    lines = [
        QuoteLine(each.charged.description, money(each.amount, invoice.currency))
        for each in invoice.lines
    ]
    rest = invoice.due - invoice.total
    if rest:
        label = "Applied balance" if invoice.starting_balance else "Kept for your next invoices"
        lines.append(QuoteLine(label, money(rest, invoice.currency)))
    return tuple(lines)
