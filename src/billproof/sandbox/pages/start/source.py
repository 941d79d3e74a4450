"""Where the rows of a table come from: things, walked from the newest as far as is needed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.resource import Resource
from billproof.sandbox.pages.start.table import Hint, Row, Table

AT_ONCE = 32
"""How many things a search looks at before others have their turn: the API does not wait for it."""
SEARCHED = 2000
"""In how many of the newest things a search also looks at what is folded away."""


@dataclass(frozen=True)
class Things:
    """What a table is about."""

    count: int
    newest: Callable[[], Iterator[Any]]

    @classmethod
    def held(cls, account: Account, kind: type[Resource]) -> Things:
        """The objects of a kind that an account holds."""
        shelf = account.shelf(kind)
        return cls(len(shelf), shelf.older)

    @classmethod
    def of(cls, found: Sequence[Any]) -> Things:
        """Those of a list whose last is the newest."""
        # A copy: what is walked while others have their turn must not change.
        copy = list(found)
        return cls(len(copy), lambda: reversed(copy))


@dataclass(frozen=True)
class Source:
    """What a table is made from, and how one thing becomes a row."""

    name: str
    title: str
    columns: tuple[str, ...]
    things: Things
    row: Callable[[Any], Row]
    hint: Hint

    async def table(self, words: str, limit: int) -> Table:
        """The newest rows that contain `words`, `limit` at most."""
        rows: list[Row] = []
        async for row in self._found(words.casefold()):
            rows.append(row)
            if len(rows) == limit:
                break
        is_partial = bool(words) and len(rows) < limit and self.things.count > SEARCHED
        return Table(
            name=self.name,
            title=self.title,
            columns=self.columns,
            rows=tuple(rows),
            total=self.things.count,
            hint=self.hint,
            searched=SEARCHED if is_partial else None,
        )

    async def _found(self, words: str) -> AsyncIterator[Row]:
        for number, thing in enumerate(self.things.newest(), 1):
            row = self.row(thing)
            if not words or row.shows(words) or (number <= SEARCHED and row.hides(words)):
                yield row
            if words and number % AT_ONCE == 0:
                await asyncio.sleep(0)
