"""What a test may do to its database, on every driver, and the next test sees nothing of it."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from billproof.database import Database
from tests.suite.database.conftest import Begin
from tests.suite.database.drivers import DRIVERS
from tests.suite.database.elsewhere import asked, connected
from tests.suite.database.turns import ALL, Turns, add, runs


def test_a_commit_is_seen_by_other_connections(turns: Turns) -> None:
    """And nothing before it is."""
    turns.begin()
    writer, reader = turns.hand(), turns.hand()
    writer.run(add("ada"))
    before = reader.run(ALL)
    reader.rollback()

    writer.commit()

    assert before == []
    assert reader.run(ALL) == [(1, "ada")]
    writer.close()
    reader.close()


def test_a_commit_is_seen_by_other_processes(turns: Turns) -> None:
    """By the URL alone."""
    database = turns.begin()
    before = asked(database.url, ALL)
    turns.commit(add("ada"))

    assert before == "[]"
    assert asked(database.url, ALL) == "[(1, 'ada')]"


def test_two_transactions_do_not_see_each_other(turns: Turns) -> None:
    """One has written, and the other reads the same again, until the first commits."""
    turns.begin()
    turns.commit(add("ada"))
    reader, writer = turns.hand(), turns.hand()
    before = reader.run(ALL)
    writer.run(add("bob"))

    during = reader.run(ALL)

    own = writer.run(ALL)
    reader.rollback()
    writer.commit()
    assert during == before == [(1, "ada")]
    assert reader.run(ALL) == own == [(1, "ada"), (2, "bob")]
    reader.close()
    writer.close()


def test_two_writers_conflict(turns: Turns) -> None:
    """The second is refused while the first is not done, as in production."""
    turns.begin()
    turns.commit(add("ada"))
    first, second = turns.hand(), turns.hand()
    first.run("UPDATE users SET name = 'first'")
    second.run(turns.words.impatience)

    with pytest.raises(DBAPIError, match=r"database is locked|lock timeout"):
        second.run("UPDATE users SET name = 'second'")

    first.commit()
    second.rollback()
    assert second.run(ALL) == [(1, "first")]
    second.run("UPDATE users SET name = 'second'")
    second.commit()
    assert turns.rows() == [(1, "second")]
    first.close()
    second.close()


def test_eight_write_at_once_and_nothing_is_lost(turns: Turns) -> None:
    """Threads, or tasks where the driver is awaited, each with a connection of its own."""
    database = turns.begin()
    names = [[f"user-{number}-{each}" for each in range(5)] for number in range(8)]

    if turns.loop is None:
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda mine: turns.commit(*map(add, mine)), names))
    else:
        turns.loop.run_until_complete(_all_at_once(database, names))

    assert turns.rows("SELECT count(DISTINCT name), count(DISTINCT id) FROM users") == [(40, 40)]


async def _all_at_once(database: Database, names: list[list[str]]) -> None:
    async def write(mine: list[str]) -> None:
        async with database.async_engine.begin() as connection:
            for name in mine:
                await connection.execute(text(add(name)))

    await asyncio.gather(*map(write, names))


def test_what_the_app_rolls_back_is_gone(turns: Turns) -> None:
    """And what it commits afterwards is not."""
    turns.begin()
    one = turns.hand()
    one.run(add("ada"))
    one.rollback()
    one.run(add("bob"))
    one.commit()
    one.close()

    assert [name for _, name in turns.rows()] == ["bob"]


def test_each_test_begins_with_the_first_id(turns: Turns) -> None:
    """With nothing of the one before."""
    found: list[object] = []
    for name in ("ada", "bob", "eve"):
        turns.begin()
        found.append(turns.rows())
        turns.commit(add(name))
        found.append(turns.rows())
        turns.end()

    assert found == [[], [(1, "ada")], [], [(1, "bob")], [], [(1, "eve")]]


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize(
    "change", ["DELETE FROM users WHERE id = 2", "UPDATE users SET name = 'eve'", add("ada")]
)
def test_seeded_rows_come_back(begin: Begin, driver: str, change: str) -> None:
    """After each kind of change, and as often as there is one."""
    turns = begin(driver, runs(add("ann"), add("ben")))
    found, changed = [], []
    for _ in range(3):
        turns.begin()
        found.append(turns.rows())
        turns.commit(change)
        changed.append(turns.rows())
        turns.end()

    assert found == [[(1, "ann"), (2, "ben")]] * 3
    assert changed[0] == changed[1] == changed[2] != found[0]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE more (x integer)",
        "DROP TABLE users",
        "ALTER TABLE users ADD COLUMN more integer",
        "CREATE INDEX more ON users (id)",
        "CREATE VIEW more AS SELECT 1 AS x",
    ],
)
def test_changes_of_the_schema_are_undone(turns: Turns, statement: str) -> None:
    """Each is possible, and gone in the next test."""
    turns.begin()
    made = turns.rows(turns.words.schema)
    turns.commit(statement)
    changed = turns.rows(turns.words.schema)
    turns.end()

    turns.begin()

    assert changed != made
    assert turns.rows(turns.words.schema) == made


def test_a_late_write_stays_in_its_own_test(turns: Turns) -> None:
    """A connection that the test before has kept reaches nobody: refused, or written to nowhere."""
    turns.begin()
    late = turns.hand()
    late.run(add("early"))
    late.commit()
    early = turns.rows()
    leaks = turns.end()
    turns.begin()
    turns.commit(add("ada"))

    with suppress(SQLAlchemyError):
        late.run(add("late"))
        late.commit()

    assert [Path(leak.file).name for leak in leaks] == ["hands.py"]
    assert early == [(1, "early")]
    assert turns.rows() == [(1, "ada")]
    with suppress(SQLAlchemyError):
        late.close()


def test_a_connection_that_was_leaked_is_closed_for_good(turns: Turns) -> None:
    """However often it tries: it does not connect anew, to what is now another test's."""
    turns.begin()
    leaked = turns.hand()
    leaked.run(add("ada"))
    assert turns.end()

    turns.begin()
    for _ in range(3):
        with suppress(SQLAlchemyError):
            leaked.run(add("late"))
            leaked.commit()
        with suppress(SQLAlchemyError):
            leaked.rollback()

    assert turns.rows() == []


def test_a_late_write_of_another_process_stays_there_too(turns: Turns) -> None:
    """It sits idle over the reset, where no lock tells of it."""
    with connected(turns.begin().url) as other:
        other.run(add("early"))
        early = turns.rows()
        turns.end()
        turns.begin()
        turns.commit(add("ada"))

        other.run(add("late"))

    assert early == [(1, "early")]
    assert turns.rows() == [(1, "ada")]


def test_a_test_may_end_in_a_transaction(turns: Turns) -> None:
    """The next one neither waits for it nor sees it."""
    turns.begin()
    held = turns.hand()
    held.run(add("held"))
    seen = held.run(ALL)

    turns.end()
    turns.begin()

    turns.commit(add("ada"))
    assert seen == [(1, "held")]
    assert turns.rows() == [(1, "ada")]
    with suppress(SQLAlchemyError):
        held.close()
