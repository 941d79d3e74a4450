"""Which letters a PDF can show: those of the font that it carries.

The font has Latin, Greek and Cyrillic. It is a hundredth of the size of one with Chinese,
Japanese, Korean and emoji; what it lacks is shown as a question mark, one for each sign that
a reader sees.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Container

UNSEEN = frozenset({"Mn", "Me", "Cf", "Cc", "Sk"})
"""Categories of what only changes its neighbour: accents, joiners, skin tones."""
JOINER = "\N{ZERO WIDTH JOINER}"
SPACES = frozenset({"Zs", "Zl", "Zp"})


def showable(text: str, letters: Container[int]) -> str:
    """`text` in signs whose code points are among `letters`."""
    shown: list[str] = []
    joined = False
    for sign in unicodedata.normalize("NFC", text):
        if ord(sign) in letters:
            shown.append(sign)
        elif unicodedata.category(sign) in SPACES or sign in "\t\n\r":
            shown.append(" ")
        elif unicodedata.category(sign) not in UNSEEN and not joined:
            shown.append("?")
        joined = sign == JOINER
    return "".join(shown)
