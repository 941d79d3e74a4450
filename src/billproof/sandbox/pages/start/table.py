"""A table of the start page: rows of cells, newest first, and what can be unfolded below each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Literal

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
    """What a row unfolds: a title and a text as it is."""

    title: str
    text: str


@dataclass(frozen=True)
class Row:
    """One thing."""

    id: str
    cells: tuple[Cell, ...]
    details: tuple[Detail, ...]
    links: tuple[Link, ...] = ()

    def says(self, words: str) -> bool:
        """Whether it contains a text, in whatever case."""
        texts = [cell.text for cell in self.cells] + [each.text for each in self.details]
        return words.casefold() in "\n".join([self.id, *texts]).casefold()


@dataclass(frozen=True)
class Hint:
    """What to do where there is nothing yet: a sentence, and a line to type."""

    text: str
    line: str = ""


@dataclass(frozen=True)
class Source:
    """What a table is made from: `things`, oldest first, and how one becomes a row."""

    name: str
    title: str
    columns: tuple[str, ...]
    things: Sequence[Any]
    row: Callable[[Any], Row]
    hint: Hint

    def table(self, words: str, limit: int) -> Table:
        """The newest rows that contain `words`, `limit` at most."""
        rows = (self.row(thing) for thing in reversed(self.things))
        found: Iterator[Row] = (row for row in rows if not words or row.says(words))
        return Table(
            name=self.name,
            title=self.title,
            columns=self.columns,
            rows=tuple(islice(found, limit)),
            total=len(self.things),
            hint=self.hint,
        )


@dataclass(frozen=True)
class Table:
    """Rows to be shown, of `total` that there are."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    total: int
    hint: Hint

    @property
    def links(self) -> int:
        """How many links its rows have, at most."""
        return max((len(row.links) for row in self.rows), default=0)


def as_json(title: str, body: Any) -> Detail:
    """An object, indented."""
    return Detail(title, json.dumps(body, indent=2, ensure_ascii=False, default=str))


def moment(instant: float) -> str:
    """Date and time in UTC: `3 Jan 09:05:59`."""
    at = datetime.fromtimestamp(instant, UTC)
    return f"{at.day} {at:%b %H:%M:%S}"
