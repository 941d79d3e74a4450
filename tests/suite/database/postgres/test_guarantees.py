"""What a test may do to its database, and the next test sees nothing of it."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from billproof.database import Database
from tests.suite.database.conftest import ALL, Turns, add
from tests.suite.database.postgres.conftest import refusal
from tests.suite.database.postgres.elsewhere import asked, connected

TABLES = """
SELECT c.relname, array_agg(attname ORDER BY attnum)::text FROM pg_class c
JOIN pg_attribute ON attrelid = c.oid AND attnum > 0
WHERE relnamespace = 'public'::regnamespace GROUP BY c.relname ORDER BY c.relname
"""


def test_a_commit_is_seen_by_other_connections(turns: Turns) -> None:
    """And nothing before it is."""
    turns.begin()
    writer, reader = turns.hand(), turns.hand()
    writer.run(add("ada"))
    before = reader.run(ALL)

    writer.commit()

    assert before == []
    assert reader.run(ALL) == [(1, "ada")]
    writer.close()
    reader.close()


def test_a_commit_is_seen_by_other_processes(turns: Turns) -> None:
    """By the URL alone."""
    database = turns.begin()
    turns.commit(add("ada"))

    assert asked(database.url, ALL) == "[(1, 'ada')]"


def test_two_transactions_do_not_see_each_other(turns: Turns) -> None:
    """One reads while the other writes and commits, and reads the same again."""
    turns.begin()
    turns.commit(add("ada"))
    reader, writer = turns.hand(), turns.hand()
    reader.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    before = reader.run(ALL)
    writer.run(add("bob"))
    writer.commit()

    assert reader.run(ALL) == before == [(1, "ada")]
    assert writer.run(ALL) == [(1, "ada"), (2, "bob")]
    for each in (reader, writer):
        each.close()


def test_what_one_has_locked_the_other_waits_for(turns: Turns) -> None:
    """FOR UPDATE holds until the commit, and no longer."""
    turns.begin()
    turns.commit(add("ada"), add("bob"))
    first, second = turns.hand(), turns.hand()
    first.run("SELECT * FROM users WHERE id = 1 FOR UPDATE")

    skipped = second.run(f"{ALL} FOR UPDATE SKIP LOCKED")
    second.rollback()
    with pytest.raises(DBAPIError, match="could not obtain lock"):
        second.run(f"{ALL} FOR UPDATE NOWAIT")

    second.rollback()
    first.commit()
    assert skipped == [(2, "bob")]
    assert len(second.run(f"{ALL} FOR UPDATE NOWAIT")) == 2
    first.close()
    second.close()


def test_two_writers_conflict(turns: Turns) -> None:
    """The second is refused what it read before the first had changed it."""
    turns.begin()
    turns.commit(add("ada"))
    first, second = turns.hand(), turns.hand()
    for each in (first, second):
        each.run("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
        each.run(ALL)
    first.run("UPDATE users SET name = 'first'")
    first.commit()

    with pytest.raises(DBAPIError, match="could not serialize"):
        second.run("UPDATE users SET name = 'second'")

    second.rollback()
    assert second.run(ALL) == [(1, "first")]
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

    assert turns.rows("SELECT count(*), count(DISTINCT id) FROM users") == [(40, 40)]


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
    """With nothing of the one before, in the same database and on the same connection."""
    found: list[object] = []
    urls: set[object] = set()
    backends: set[object] = set()
    for name in ("ada", "bob", "eve"):
        urls.add(turns.begin().url)
        backends.update(turns.rows("SELECT pg_backend_pid()"))
        turns.commit(add(name))
        found.append(turns.rows())
        turns.end()

    assert found == [[(1, "ada")], [(1, "bob")], [(1, "eve")]]
    assert (len(urls), len(backends)) == (1, 1)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE more (x integer)",
        "DROP TABLE users",
        "ALTER TABLE users ADD COLUMN more integer",
        "CREATE INDEX more ON users (id)",
    ],
)
def test_changes_of_the_schema_are_undone(turns: Turns, statement: str) -> None:
    """Each is possible, and gone in the next test."""
    turns.begin()
    made = turns.rows(TABLES)
    turns.commit(statement)
    changed = turns.rows(TABLES)
    turns.end()

    turns.begin()

    assert refusal(turns) == "the schema was changed"
    assert changed != made
    assert turns.rows(TABLES) == made


def test_a_late_write_stays_in_its_own_test(turns: Turns) -> None:
    """A connection that the test before has kept reaches nobody."""
    turns.begin()
    late = turns.hand()
    late.run(add("early"))
    late.commit()
    leaks = turns.end()
    turns.begin()
    turns.commit(add("ada"))

    with suppress(SQLAlchemyError):
        late.run(add("late"))
        late.commit()

    assert [Path(leak.file).name for leak in leaks] == ["hands.py"]
    assert turns.rows() == [(1, "ada")]
    with suppress(SQLAlchemyError):
        late.close()


def test_a_late_write_of_another_process_stays_there_too(turns: Turns) -> None:
    """It sits idle over the reset, where no lock tells of it; it is seen all the same."""
    with connected(turns.begin().url) as other:
        assert other.run(add("early")) == "done"
        assert turns.rows() == [(1, "early")]
        turns.end()
        turns.begin()
        turns.commit(add("ada"))

        told = other.run(add("late"))

    assert refusal(turns) == "somebody else is connected"
    assert told == "AdminShutdown"
    assert turns.rows() == [(1, "ada")]


def test_a_test_may_end_in_a_transaction(turns: Turns) -> None:
    """The next one neither waits for it nor sees it."""
    turns.begin()
    held = turns.hand()
    held.run(add("held"))

    turns.end()
    turns.begin()

    turns.commit(add("ada"))
    assert turns.rows() == [(1, "ada")]
    with suppress(SQLAlchemyError):
        held.close()
