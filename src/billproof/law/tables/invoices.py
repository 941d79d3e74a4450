"""Stripe's invoices: what they are shown as, and with which amount."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from billproof.law.frozen import Frozen

InvoiceStatus = Literal["draft", "open", "paid", "void", "uncollectible"]


class Member(Frozen):
    """A member of an invoice on the wire, and where it comes from."""

    member: str
    stripes: str
    """The member of Stripe's invoice that it copies."""
    nullable: bool
    """Whether it is null where Stripe has none."""


class InvoiceRow(Frozen):
    """Invoices of one status, and what they are shown as."""

    name: str
    status: InvoiceStatus
    attempted: bool | None
    """Whether attempt_count is above 0; null where it is all the same."""
    overdue: bool | None
    """Whether due_date is over; null where it is all the same."""
    display_status: Literal["paid", "open", "past_due", "void", "uncollectible"] | None
    """Null for what is not listed."""
    label: str | None
    """Text of its badge on the page."""
    says: str | None = None
    """What the page says beside a badge that stands for several."""
    amount: Literal["amount_due", "amount_paid"] | None
    """The amount that the page shows."""
    payable: bool
    """Whether the page offers to pay it."""
    reason: str


class InvoiceTable(Frozen):
    """All invoices."""

    members: tuple[Member, ...] = Field(min_length=1)
    rows: tuple[InvoiceRow, ...] = Field(min_length=1)

    def rows_of(self, status: str, *, attempted: bool, overdue: bool) -> list[InvoiceRow]:
        """All rows of such an invoice; the linter wants one."""
        return [
            row
            for row in self.rows
            if row.status == status
            and row.attempted in {None, attempted}
            and row.overdue in {None, overdue}
        ]
