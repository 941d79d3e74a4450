"""The invoice history: the newest invoices first, and more of them on demand."""

from __future__ import annotations

from dataclasses import dataclass

from billproof.sandbox.objects.invoice import Invoice
from billproof.sandbox.pages.money import money, short_day
from billproof.sandbox.pages.portal.visit import Visit

FEW = 12
MORE = 50
LONGEST = 6


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """A line of the invoice history."""

    id: str
    day: str
    number: str
    status: str
    total: str

    @classmethod
    def of(cls, invoice: Invoice) -> InvoiceRow:
        """A final invoice."""
        return cls(
            invoice.id,
            short_day(invoice.created),
            invoice.number or invoice.id,
            invoice.status.capitalize(),
            money(invoice.total, invoice.currency),
        )


@dataclass(frozen=True, slots=True)
class History:
    """The newest invoices, and where more are shown; drafts are nobody's business yet."""

    rows: tuple[InvoiceRow, ...]
    more: str | None

    @classmethod
    def of(cls, visit: Visit) -> History:
        """As many as a visitor has asked for."""
        wanted = visit.said.get("invoices", "")
        is_number = wanted.isascii() and wanted.isdecimal() and len(wanted) <= LONGEST
        count = max(FEW, int(wanted)) if is_number else FEW
        every = [each for each in visit.account.of(visit.customer.id, Invoice) if each.page]
        rows = tuple(InvoiceRow.of(each) for each in every[::-1][:count])
        # The first of those that are new is where the reader goes on.
        more = visit.at(f"?invoices={count + MORE}#invoice-{count + 1}")
        return cls(rows, more if count < len(every) else None)
