"""The history of invoices, read live from Stripe."""

from __future__ import annotations

from datetime import UTC, datetime

import stripe

from reference_impl.cursors import InvalidCursor, read_cursor, write_cursor
from reference_impl.problems import Problem
from reference_impl.provider import CustomerGoneError, GoneError
from reference_impl.service import Service, answering_in_time
from reference_impl.store import UserRow
from reference_impl.wire.models import DisplayStatus, Invoice, InvoiceList

SETTLED = frozenset({"paid", "void", "uncollectible"})
"""Stripe's own statuses of what is not to be paid any more."""


async def list_invoices(
    service: Service, user_id: int, limit: int, cursor: str | None
) -> InvoiceList:
    """A page of the caller's invoices, newest first, drafts left out."""
    now, secret = datetime.now(UTC), service.settings.bot_token
    try:
        after = read_cursor(cursor, user_id, secret, now) if cursor is not None else None
    except InvalidCursor as problem:
        raise Problem(400, "invalid-cursor") from problem
    async with service.store.read() as session:
        user = await session.get(UserRow, user_id)
    if user is None or user.customer_id is None:
        return InvoiceList(invoices=[], next_cursor=None)
    async with answering_in_time():
        # One more than asked for tells whether there is a next page.
        seen = await _some(service, user.customer_id, after, limit + 1)
    more = len(seen) > limit
    return InvoiceList(
        invoices=[_shown(invoice, now) for invoice in seen[:limit]],
        next_cursor=write_cursor(seen[limit - 1].id, user_id, secret, now) if more else None,
    )


async def _some(
    service: Service, customer_id: str, after: str | None, count: int
) -> list[stripe.Invoice]:
    found: list[stripe.Invoice] = []
    try:
        async for invoice in service.provider.invoices(customer_id, after):
            if invoice.status != "draft":
                found.append(invoice)
            if len(found) == count:
                break
    except CustomerGoneError:
        return []
    except GoneError as gone:
        if after is None:
            raise
        # It was an invoice of a customer that has been replaced since.
        raise Problem(400, "invalid-cursor") from gone
    return found


def _shown(invoice: stripe.Invoice, now: datetime) -> Invoice:
    return Invoice(
        id=invoice.id or "",
        number=invoice.number or None,
        created=datetime.fromtimestamp(invoice.created, UTC),
        display_status=_display_status(invoice, now),
        amount_due=invoice.amount_due,
        amount_paid=invoice.amount_paid,
        currency=invoice.currency,
        hosted_invoice_url=invoice.hosted_invoice_url or None,
        invoice_pdf=invoice.invoice_pdf or None,
    )


def _display_status(invoice: stripe.Invoice, now: datetime) -> DisplayStatus:
    overdue = invoice.due_date is not None and invoice.due_date < now.timestamp()
    if invoice.status == "open" and (invoice.attempt_count > 0 or overdue):
        return DisplayStatus.past_due
    # What Stripe may add one day is shown as what it is not: settled. Its name may be one of ours.
    return DisplayStatus(invoice.status) if invoice.status in SETTLED else DisplayStatus.open
