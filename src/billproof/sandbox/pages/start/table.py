"""A table of the start page: rows of cells, and what can be unfolded below each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import orjson

Tone = Literal["", "good", "note", "bad", "soft", "mono", "strong"]


@dataclass(frozen=True)
class Cell:
    """One text; a `badge` stands in a frame."""

    text: str
    tone: Tone = ""
    badge: bool = False


@dataclass(frozen=True)
class Link:
    """A way to a page of a thing."""

    label: str
    url: str


@dataclass(frozen=True)
class Detail:
    """What a row unfolds: a title, then a table, a text as it is, or both."""

    title: str
    text: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()

    @property
    def words(self) -> str:
        """All that is in it."""
        return "\n".join([self.text, *(cell.text for row in self.rows for cell in row)])


@dataclass(frozen=True)
class Row:
    """One thing; what is folded away is written only for whoever asks for it."""

    id: str
    cells: tuple[Cell, ...]
    unfold: Callable[[], tuple[Detail, ...]]
    links: tuple[Link, ...] = ()

    @property
    def details(self) -> tuple[Detail, ...]:
        """What it unfolds."""
        return self.unfold()

    def shows(self, words: str) -> bool:
        """Whether what is in sight, or its id, contains a text in lower case."""
        return words in "\n".join([self.id, *(cell.text for cell in self.cells)]).casefold()

    def hides(self, words: str) -> bool:
        """Whether what is folded away contains a text in lower case."""
        return any(words in each.words.casefold() for each in self.details)


@dataclass(frozen=True)
class Hint:
    """What to do where there is nothing yet: a sentence, and a line to type."""

    text: str
    line: str = ""


@dataclass(frozen=True)
class Table:
    """Rows to be shown, of `total` that there are."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    total: int
    hint: Hint
    searched: int | None = None
    """Of how many things all was searched; None when that was everything."""

    @property
    def links(self) -> int:
        """How many links its rows have, at most."""
        return max((len(row.links) for row in self.rows), default=0)


def as_json(title: str, body: Any) -> Detail:
    """An object, indented."""
    return Detail(title, orjson.dumps(body, str, orjson.OPT_INDENT_2).decode())


def moment(instant: float) -> str:
    """Date and time in UTC: `3 Jan 2027 09:05:59`; clocks may stand in any year."""
    at = datetime.fromtimestamp(instant, UTC)
    return f"{at.day} {at:%b %Y %H:%M:%S}"
