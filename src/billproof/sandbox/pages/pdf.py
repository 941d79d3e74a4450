"""An invoice as a PDF, laid out with fpdf2. The same invoice is the same file, to the byte."""

from __future__ import annotations

from billproof.sandbox.pages.invoice_sheet import Row, Sheet, Sum
from billproof.sandbox.pages.paper import LEADING, LEFT, RIGHT, SOFT, TOP, Paper

ACCENT = (79, 70, 229)
STAMPS = {"paid": (11, 107, 58), "void": SOFT, "uncollectible": (180, 35, 24)}
COLUMNS = {
    "quantity": ("Qty", 340.0),
    "unit_price": ("Unit price", 440.0),
    "amount": ("Amount", RIGHT),
}
"""The columns of numbers: their labels, and where they end."""
DESCRIPTION_WIDTH = 240.0
MIDDLE = 300.0
NOTE = "Made by the billproof sandbox. No money has moved."


def document(sheet: Sheet) -> bytes:
    """The file."""
    said = f"{sheet.number} · {sheet.headline}"
    paper = Paper(f"Invoice {sheet.number}", sheet.seller, sheet.issued, (said, NOTE))
    paper.set_y(_head(paper, sheet))
    _table_head(paper)
    for row in sheet.rows:
        _row(paper, row)
    paper.make_room(23.0 * len(sheet.sums) + 8)
    paper.set_y(paper.get_y() + 8)
    for each in sheet.sums:
        _sum(paper, each)
    return bytes(paper.output())


def _head(paper: Paper, sheet: Sheet) -> float:
    """Seller, dates, buyer, and what it is all about in one line; where that ends."""
    _mark(paper, LEFT, TOP)
    paper.write_at(LEFT + 28, TOP + 2, sheet.seller, size=12, bold=True)
    paper.write_at(RIGHT, TOP - 6, "Invoice", size=22, bold=True, ends=True)
    y = TOP + 46
    for label, value in sheet.facts:
        paper.write_at(LEFT, y, label, ink=SOFT)
        paper.write_at(LEFT + 96, y, value, bold=label == "Invoice number")
        y += 16
    paper.write_at(LEFT, y, "Dates are in UTC.", size=8, ink=SOFT)
    paper.write_at(MIDDLE, TOP + 46, "Bill to", bold=True)
    y = paper.write_lines(MIDDLE, TOP + 62, [sheet.name, sheet.email], RIGHT - MIDDLE)
    y = max(y, TOP + 128)
    paper.write_at(LEFT, y, sheet.headline, size=17, bold=True)
    _stamp(paper, sheet.status, y - 4)
    return y + 44


def _mark(paper: Paper, x: float, y: float) -> None:
    paper.set_fill_color(*ACCENT)
    paper.rect(x, y, 20, 20, style="F", round_corners=True, corner_radius=5)
    paper.set_draw_color(255)
    paper.set_line_width(2)
    paper.line(x + 5, y + 8, x + 15, y + 8)
    paper.line(x + 5, y + 12.5, x + 11, y + 12.5)


def _stamp(paper: Paper, status: str, y: float) -> None:
    """The status in a frame, slightly turned, unless the invoice is simply open."""
    ink = STAMPS.get(status)
    if ink is None:
        return
    word = status.upper()
    width = paper.width_of(word, 15) + 24
    x = RIGHT - width - 4
    with paper.rotation(8, x + width / 2, y + 14):
        paper.set_draw_color(*ink)
        paper.set_line_width(1.6)
        paper.rect(x, y, width, 29, style="D", round_corners=True, corner_radius=5)
        paper.write_at(x + 12, y + 4, word, size=15, bold=True, ink=ink)


def _table_head(paper: Paper) -> None:
    y = paper.get_y()
    paper.write_at(LEFT, y, "Description", size=8.5, ink=SOFT)
    for label, end in COLUMNS.values():
        paper.write_at(end, y, label, size=8.5, ink=SOFT, ends=True)
    paper.rule(y + 18)
    paper.set_y(y + 18)


def _row(paper: Paper, row: Row) -> None:
    broken = paper.broken(row.description, DESCRIPTION_WIDTH)
    if paper.make_room(LEADING * len(broken) + 26):
        _table_head(paper)
    top = y = paper.get_y() + 9
    for line in broken:
        paper.write_at(LEFT, y, line)
        y += LEADING
    paper.write_at(LEFT, y - 1, row.period, size=8.5, ink=SOFT)
    for name, (_, end) in COLUMNS.items():
        paper.write_at(end, top, getattr(row, name), ends=True)
    paper.rule(y + 18)
    paper.set_y(y + 18)


def _sum(paper: Paper, each: Sum) -> None:
    y = paper.get_y()
    paper.write_at(MIDDLE, y + 4, each.label, bold=each.strong)
    paper.write_at(RIGHT, y + 4, each.amount, bold=each.strong, ends=True)
    paper.rule(y + 23, MIDDLE)
    paper.set_y(y + 23)
