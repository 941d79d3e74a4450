"""The start page's tables are searched without holding up anybody else."""

from __future__ import annotations

import asyncio

from billproof.sandbox.pages.start.source import AT_ONCE, SEARCHED, Source, Things
from billproof.sandbox.pages.start.table import Cell, Detail, Hint, Row, Table

MANY = SEARCHED + 500


def _row(number: int) -> Row:
    return Row(f"id-{number}", (Cell(f"seen {number}"),), lambda: (Detail("", f"deep {number}"),))


def _source(count: int) -> Source:
    return Source("n", "Numbers", ("Number",), Things.of(range(count)), _row, Hint("None."))


def _search(words: str, count: int = MANY, limit: int = 9) -> Table:
    return asyncio.run(_source(count).table(words, limit))


def _ids(table: Table) -> list[str]:
    return [row.id for row in table.rows]


def test_others_have_their_turn_meanwhile() -> None:
    """However much there is: between a few rows each, somebody else may answer."""
    turns = 0

    async def others(search: asyncio.Task[Table]) -> None:
        nonlocal turns
        while not search.done():
            turns += 1
            await asyncio.sleep(0)

    async def both() -> Table:
        search = asyncio.create_task(_source(MANY).table("nobody", 9))
        await others(search)
        return await search

    assert asyncio.run(both()).rows == ()
    assert turns >= MANY // AT_ONCE


def test_what_is_in_sight_is_found_however_old() -> None:
    """By a cell and by its id, in whatever case."""
    assert _ids(_search("SEEN 7", count=9)) == ["id-7"]
    assert _ids(_search("seen 17", limit=MANY))[-1] == "id-17"
    assert _ids(_search("ID-0")) == ["id-0"]


def test_what_is_folded_away_is_found_in_the_newest_only() -> None:
    """And then the page says so; where everything was searched there is nothing to say."""
    oldest = MANY - SEARCHED
    found, missed, all_of_few = (
        _search(f"deep {oldest}"),
        _search(f"deep {oldest - 1}"),
        _search("deep 0", count=9),
    )

    assert (_ids(found), _ids(missed), _ids(all_of_few)) == ([f"id-{oldest}"], [], ["id-0"])
    assert (missed.searched, all_of_few.searched) == (SEARCHED, None)


def test_nothing_is_unfolded_that_is_not_shown() -> None:
    """Without words the newest rows are made, and no more; their details when asked for."""
    made: list[int] = []

    def row(number: int) -> Row:
        made.append(number)
        return _row(number)

    source = Source("n", "Numbers", ("Number",), Things.of(range(MANY)), row, Hint("None."))
    table = asyncio.run(source.table("", 3))

    assert made == [MANY - 1, MANY - 2, MANY - 3]
    assert table.total == MANY
    assert table.rows[0].details[0].text == f"deep {MANY - 1}"
