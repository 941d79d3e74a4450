"""Characters that neither XML 1.0 nor HTML can hold; a backend may send any."""

from __future__ import annotations

import re

# The last two of each plane are no characters either; of the planes above, nobody sends them.
_FORBIDDEN = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0001fffd"
    "\U00020000-\U0002fffd\U00030000-\U0003fffd\U000e0000-\U000efffd]"
)


def clean(text: str) -> str:
    """`text` with a replacement character for each of them."""
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
