"""A font that draws the same everywhere: each character is a block of the same size.

Real glyphs differ with the machine's fonts and with what smooths them; of text, the pictures
hold where it stands, how large it is, how heavy and in which colour.
"""

from __future__ import annotations

import base64
from functools import cache
from io import BytesIO

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

EM, ADVANCE, HEIGHT = 1000, 500, 700
CHARACTERS = (*range(0x20, 0x24F), *range(0x2000, 0x2070), *range(0x20A0, 0x20C0))
INK = {"normal": 400, "bold": 460}
"""How wide a block is, in thousandths: what is bold has narrower gaps."""
BLANKS = (0x20, 0xA0, 0x2002, 0x2003, 0x2009, 0x202F)


@cache
def style() -> str:
    """A style sheet that has all text drawn so."""
    faces = "".join(
        f"@font-face {{ font-family: Blocks; font-weight: {weight};"
        f" src: url(data:font/ttf;base64,{base64.b64encode(_font(ink)).decode()}); }}\n"
        for weight, ink in INK.items()
    )
    return f"{faces}*, ::placeholder {{ font-family: Blocks !important; }}"


def _font(ink: int) -> bytes:
    names = {code: f"u{code:04X}" for code in CHARACTERS}
    order = [".notdef", *names.values()]
    blank = TTGlyphPen(None).glyph()
    blanks = {names[code] for code in BLANKS}
    font = FontBuilder(EM, isTTF=True)
    font.setupGlyphOrder(order)
    font.setupCharacterMap(names)
    font.setupGlyf({name: blank if name in blanks else _block(ink) for name in order})
    font.setupHorizontalMetrics(dict.fromkeys(order, (ADVANCE, 0)))
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": "Blocks", "styleName": "Regular"})
    font.setupOS2(sTypoAscender=800, sTypoDescender=-200, usWinAscent=800, usWinDescent=200)
    font.setupPost()
    # The same bytes each time.
    font.font["head"].created = font.font["head"].modified = 0
    font.font.recalcTimestamp = False
    made = BytesIO()
    font.save(made)
    return made.getvalue()


def _block(ink: int) -> object:
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for point in ((0, HEIGHT), (ink, HEIGHT), (ink, 0)):
        pen.lineTo(point)
    pen.closePath()
    return pen.glyph()
