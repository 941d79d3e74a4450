"""Paper for a PDF: one font in two weights, lines of text, thin rules, a footer on every page.

Imported when the first document is asked for: fpdf2 takes longer than a start may.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import Align
from fpdf.fonts import CoreFont, TTFFont

from billproof import __version__
from billproof.sandbox.pages.letters import showable

FONTS = Path(__file__).parent / "fonts"
FAMILY = "NotoSans"
LEFT, RIGHT, TOP, BOTTOM = 54.0, 541.0, 54.0, 770.0
"""The type area in points; what is below `BOTTOM` is the footer's."""
INK, SOFT, RULE = (22, 24, 43), (86, 90, 115), (217, 219, 232)
SIZE, LEADING = 9.5, 15.0


class Paper(FPDF):
    """A4; coordinates are points from the top left corner. `issued` is when it was made."""

    def __init__(self, title: str, author: str, issued: int, footer: tuple[str, str]) -> None:
        super().__init__(unit="pt", format="A4")
        self._footer = footer
        self.set_auto_page_break(auto=False)
        self.set_margins(LEFT, TOP, self.w - RIGHT)
        self.c_margin = 0
        for style, name in (("", "Regular"), ("B", "Bold")):
            self.add_font(FAMILY, style, FONTS / f"NotoSans-{name}.ttf")
        self._letters = _letters(self.fonts[FAMILY.lower()])
        self.set_title(self._shown(title))
        self.set_author(author)
        self.set_producer(f"billproof {__version__}")
        self.set_lang("en")
        self.set_creation_date(datetime.fromtimestamp(issued, UTC))
        self.alias_nb_pages("{pages}")
        self.add_page()

    def _shown(self, text: str) -> str:
        return showable(text, self._letters)

    def width_of(self, text: str, size: float) -> float:
        """How wide a bold text is."""
        self.set_font(FAMILY, "B", size)
        return float(self.get_string_width(text))

    def write_at(  # noqa: PLR0913 - where, what and how
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = SIZE,
        bold: bool = False,
        ink: tuple[int, int, int] = INK,
        ends: bool = False,
    ) -> None:
        """One line of text whose top is at `y`; it begins at `x`, or `ends` there."""
        self.set_font(FAMILY, "B" if bold else "", size)
        self.set_text_color(*ink)
        shown = self._shown(text)
        width = self.get_string_width(shown)
        self.set_xy(x - width if ends else x, y)
        self.cell(width, size * 1.4, shown, align=Align.L)

    def write_lines(self, x: float, y: float, texts: list[str], width: float) -> float:
        """Texts below one another, broken where they are too long; where they end."""
        for text in filter(None, texts):
            for line in self.broken(text, width):
                self.write_at(x, y, line)
                y += LEADING
        return y

    def broken(self, text: str, width: float) -> list[str]:
        """`text` in lines that are no wider than `width`."""
        self.set_font(FAMILY, "", SIZE)
        shown = self._shown(text)
        lines = self.multi_cell(width, LEADING, shown, align=Align.L, dry_run=True, output="LINES")
        return lines if isinstance(lines, list) else []

    def rule(self, y: float, begins: float = LEFT) -> None:
        """A thin line to the right margin."""
        self.set_draw_color(*RULE)
        self.set_line_width(0.75)
        self.line(begins, y, RIGHT, y)

    def make_room(self, height: float) -> bool:
        """Turn the page when `height` does not fit below; whether it was turned."""
        if self.get_y() + height <= BOTTOM:
            return False
        self.add_page()
        self.set_y(TOP)
        return True

    def footer(self) -> None:
        """What stands below every page."""
        self.rule(BOTTOM + 16)
        for number, text in enumerate(self._footer):
            self.write_at(LEFT, BOTTOM + 24 + 13 * number, text, size=8, ink=SOFT)
        # The number of pages stands in later, and is narrower than its name.
        page = f"Page {self.page_no()} of {{pages}}"
        self.write_at(RIGHT - 50, BOTTOM + 24, page, size=8, ink=SOFT)


def _letters(font: CoreFont | TTFFont) -> frozenset[int]:
    return frozenset(font.cmap) if isinstance(font, TTFFont) else frozenset()
