"""An invoice as it is read: the same rows and sums on its page and in its PDF."""

from __future__ import annotations

from dataclasses import dataclass

from billproof.sandbox.objects.invoice import Invoice
from billproof.sandbox.objects.invoice_lines import Line
from billproof.sandbox.pages.money import day, money

TIMES, DASH = "\N{MULTIPLICATION SIGN}", "\N{EN DASH}"
HEADLINES = {
    "paid": "paid on",
    "void": "void since",
    "uncollectible": "given up on",
    "open": "due",
}


@dataclass(frozen=True)
class Row:
    """One line, in words; a proration has no price of one."""

    description: str
    period: str
    quantity: str
    unit_price: str
    amount: str


@dataclass(frozen=True)
class Sum:
    """One line below the rows; `strong` ones are what readers look for."""

    label: str
    amount: str
    strong: bool = False


@dataclass(frozen=True)
class Sheet:
    """A final invoice in words. Dates are in UTC."""

    id: str
    number: str
    status: str
    seller: str
    name: str
    email: str
    issued: int
    headline: str
    """Amount, status and date in one line."""
    amount: str
    note: str
    """The headline without its amount."""
    facts: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    sums: tuple[Sum, ...]
    due: str

    @classmethod
    def of(cls, invoice: Invoice) -> Sheet:
        """What `invoice`, which is final, says."""
        issued = invoice.finalized_at or invoice.created
        amount, note = money(invoice.due, invoice.currency), _note(invoice, issued)
        return cls(
            id=invoice.id,
            number=invoice.number or invoice.id,
            status=invoice.status,
            seller="billproof sandbox",
            name=invoice.name or "",
            email=invoice.email or "",
            issued=issued,
            headline=f"{amount} {note}",
            amount=amount,
            note=note[:1].upper() + note[1:],
            facts=_facts(invoice, issued),
            rows=tuple(_row(line) for line in invoice.lines),
            sums=_sums(invoice),
            due=money(invoice.due - invoice.amount_paid, invoice.currency),
        )


def _note(invoice: Invoice, issued: int) -> str:
    instant = {
        "paid": invoice.paid_at,
        "void": invoice.voided_at,
        "uncollectible": invoice.uncollectible_at,
    }.get(invoice.status, invoice.due_date)
    return f"{HEADLINES.get(invoice.status, 'due')} {day(instant or issued)}"


def _facts(invoice: Invoice, issued: int) -> tuple[tuple[str, str], ...]:
    found = [("Invoice number", invoice.number or invoice.id), ("Date of issue", day(issued))]
    if invoice.status == "paid":
        found.append(("Date paid", day(invoice.paid_at or issued)))
    else:
        found.append(("Date due", day(invoice.due_date or issued)))
    return tuple(found)


def _row(line: Line) -> Row:
    charged = line.charged
    alone = charged.proration
    begins, ends = day(line.start), day(line.end)
    return Row(
        description=charged.description.removeprefix(f"{line.quantity} {TIMES} "),
        period=begins if begins == ends else f"{begins} {DASH} {ends}",
        quantity=str(line.quantity),
        unit_price="" if alone else money(charged.unit_amount or line.amount, line.currency),
        amount=money(line.amount, line.currency),
    )


def _sums(invoice: Invoice) -> tuple[Sum, ...]:
    def shown(amount: int) -> str:
        return money(amount, invoice.currency)

    balance = invoice.due - invoice.total
    return (
        Sum("Subtotal", shown(invoice.total)),
        Sum("Tax", shown(0)),
        Sum("Total", shown(invoice.total), strong=True),
        *([Sum("Applied balance", shown(balance))] if balance else []),
        Sum("Amount paid", shown(invoice.amount_paid)),
        Sum("Amount due", shown(invoice.due - invoice.amount_paid), strong=True),
    )
