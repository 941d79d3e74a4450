"""What a test may do to its database, and the next test sees nothing of it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from billproof.database import Database
from tests.suite.database.conftest import ALL, Turns, add

ELSEWHERE = (
    "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchall())"
)
IDLE = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
with connection:
    connection.execute(sys.argv[2])
print("written", flush=True)
sys.stdin.readline()
try:
    with connection:
        connection.execute(sys.argv[3])
except sqlite3.OperationalError:
    pass
"""


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
    turns.commit(add("ada"))

    seen = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, str(database.url.database), ALL],
        capture_output=True,
        text=True,
        check=True,
    )

    assert seen.stdout.strip() == "[(1, 'ada')]"


def test_two_transactions_do_not_see_each_other(turns: Turns) -> None:
    """One reads while the other has written, and reads the same again."""
    turns.begin()
    turns.commit(add("ada"))
    reader, writer = turns.hand(), turns.hand()
    before = reader.run(ALL)
    writer.run(add("bob"))

    assert reader.run(ALL) == before == [(1, "ada")]
    for each in (reader, writer):
        each.rollback()
        each.close()


def test_two_writers_conflict(turns: Turns) -> None:
    """The second is refused while the first is not done, as in production."""
    turns.begin()
    first, second = turns.hand(), turns.hand()
    first.run(add("ada"))
    second.run("PRAGMA busy_timeout = 50")

    with pytest.raises(OperationalError, match="locked"):
        second.run(add("bob"))

    first.commit()
    second.rollback()
    second.run(add("bob"))
    second.commit()
    assert turns.rows() == [(1, "ada"), (2, "bob")]
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
    """With nothing of the one before."""
    found = []
    for name in ("ada", "bob"):
        turns.begin()
        turns.commit(add(name))
        found.append(turns.rows())
        turns.end()

    assert found == [[(1, "ada")], [(1, "bob")]]


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
    query = "SELECT name, sql FROM sqlite_master ORDER BY name"
    turns.begin()
    made = turns.rows(query)
    turns.commit(statement)
    changed = turns.rows(query)
    turns.end()

    turns.begin()

    assert changed != made
    assert turns.rows(query) == made


def test_a_late_write_stays_in_its_own_test(turns: Turns) -> None:
    """A connection that the test before has kept reaches nobody: refused, or written to nowhere."""
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
    """It sits idle over the reset, where no lock tells of it."""
    database = turns.begin()
    words = [sys.executable, "-c", IDLE, str(database.url.database), add("early"), add("late")]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "written\n"
        assert turns.rows() == [(1, "early")]
        turns.end()
        turns.begin()
        turns.commit(add("ada"))

        other.communicate("go\n", timeout=20)

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
