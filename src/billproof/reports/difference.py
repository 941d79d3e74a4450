"""Where what came differs from what was expected, for eyes."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from difflib import SequenceMatcher, ndiff
from typing import Literal

MOST_CHARACTERS = 4000
"""Longer texts are not compared word by word: it takes too long, and says too little."""

_WORDS = re.compile(r"\w+|\W")


@dataclass(frozen=True)
class Piece:
    """A part of a text, and whether the other text has it, too."""

    text: str
    same: bool


@dataclass(frozen=True)
class Line:
    """A line of a comparison: of both, of what was expected, or of what came."""

    side: Literal["both", "expected", "got"]
    text: str


def pieces(expected: str, got: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces; two texts that have little in common are one piece each."""
    mine, theirs = _WORDS.findall(expected), _WORDS.findall(got)
    matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
    too_long = max(len(expected), len(got)) > MOST_CHARACTERS
    if too_long or matcher.ratio() < 0.5:  # noqa: PLR2004 - half alike
        return [Piece(expected, same=False)], [Piece(got, same=False)]
    blocks = matcher.get_opcodes()
    return (
        [Piece("".join(mine[a:b]), tag == "equal") for tag, a, b, _, _ in blocks if a < b],
        [Piece("".join(theirs[a:b]), tag == "equal") for tag, _, _, a, b in blocks if a < b],
    )


def lines(expected: str, got: str) -> list[Line]:
    """Line by line, where both are objects or lists; nothing where one is a plain value."""
    mine, theirs = _document(expected), _document(got)
    if mine is None or theirs is None:
        return []
    sides: dict[str, Literal["both", "expected", "got"]] = {
        "  ": "both",
        "- ": "expected",
        "+ ": "got",
    }
    compared = ndiff(mine.splitlines(), theirs.splitlines())
    return [Line(sides[line[:2]], line[2:]) for line in compared if line[:2] in sides]


def _document(text: str) -> str | None:
    """An object or a list as indented JSON; None when it is neither."""
    for read in (json.loads, ast.literal_eval):
        try:
            value = read(text)
            if isinstance(value, dict | list) and value:
                return json.dumps(value, indent=2, sort_keys=True, default=repr, ensure_ascii=False)
        # TypeError: Python's own have keys, such as a counter's labels, that JSON has not.
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            continue
    return None
