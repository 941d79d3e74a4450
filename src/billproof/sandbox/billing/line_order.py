"""In which order an invoice names what it bills.

Source: `lines` of the invoice in Stripe's reference. What waited and the items of a subscription
are newest first; what is added to a draft comes after them, oldest first.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from itertools import groupby

from billproof.sandbox.billing.subscription import Item
from billproof.sandbox.objects.invoice_lines import InvoiceItem


def newest_items(items: Iterable[Item]) -> list[Item]:
    """A subscription's items, newest first; those of one call as it named them."""
    return sorted(items, key=lambda item: -item.created)


def newest_waiting(waiting: Iterable[InvoiceItem]) -> list[InvoiceItem]:
    """What waited, newest first; the two halves of a proration as they were made."""
    in_time = sorted(waiting, key=lambda item: item.place)
    changes = [list(halves) for _, halves in groupby(in_time, key=_change)]
    return [item for halves in reversed(changes) for item in halves]


def _change(item: InvoiceItem) -> Hashable:
    """What is the same for what one change gives back and what it costs."""
    charged = item.charged
    return (charged.item, charged.start) if charged.proration else item.id
