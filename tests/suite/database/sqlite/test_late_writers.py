"""Whoever writes to a test's file when that test is over reaches no other test, nor sees it."""

from __future__ import annotations

import multiprocessing
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from billproof.database import Database
from tests.suite.database.conftest import Begin
from tests.suite.database.drivers import ON_SQLITE
from tests.suite.database.elsewhere import asked, connected
from tests.suite.database.turns import ALL, Turns, add
from tests.suite.database.waiting import PATIENCE_SECONDS

EARLY = [(1, "early")]


def assert_own_rows_alone(turns: Turns) -> None:
    """Whatever connection of the pool is asked, before a commit of this test and after it."""
    with turns.hands(3) as hands:
        before = [each.run(ALL) for each in hands]
        for each in hands:
            each.rollback()
        hands[0].run("UPDATE users SET name = 'again'")
        hands[0].commit()
        after = [each.run(ALL) for each in hands]
    assert before == [[(1, "ada")]] * 3
    assert after == [[(1, "again")]] * 3


STATES: dict[str, tuple[str, ...]] = {
    "idle": (),
    "reading": ("BEGIN", ALL),
    "writing": ("BEGIN IMMEDIATE", "UPDATE users SET name = 'held'"),
    "holding": ("BEGIN EXCLUSIVE",),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("journal", ["DELETE", "WAL"])
def test_a_connection_of_the_tests_own(turns: Turns, state: str, journal: str) -> None:
    """Made by the URL, it is in no pool; it may even be in a transaction."""
    database = turns.begin()
    turns.commit(f"PRAGMA journal_mode = {journal}", add("early"))
    with closing(sqlite3.connect(str(database.url.database), isolation_level=None)) as own:
        early = own.execute(ALL).fetchall()
        for each in STATES[state]:
            own.execute(each).fetchone()
        turns.end()
        turns.begin()
        turns.commit(add("ada"))

        with suppress(sqlite3.Error):
            own.execute(add("late"))
            if own.in_transaction:
                own.commit()

        assert early == EARLY
        assert_own_rows_alone(turns)
        assert {"ada", "again"}.isdisjoint(_names(lambda: own.execute(ALL).fetchall()))


def test_a_connection_that_begins_late(turns: Turns) -> None:
    """SQLite opens a file as it connects, and reads it when it is first asked."""
    database = turns.begin()
    turns.commit(add("early"))
    with closing(sqlite3.connect(str(database.url.database), isolation_level=None)) as own:
        turns.end()
        turns.begin()
        turns.commit(add("ada"))

        with suppress(sqlite3.Error):
            own.execute(add("late"))

        assert_own_rows_alone(turns)
        assert "again" not in _names(lambda: own.execute(ALL).fetchall())


def test_another_engine_by_the_url(begin: Begin) -> None:
    """An app that is given the URL makes its own, which keeps connections in its own pool."""
    turns = begin("sqlite")
    other = create_engine(turns.begin().url)
    with other.begin() as connection:
        connection.execute(text(add("early")))
    early = turns.rows()
    turns.end()
    turns.begin()
    turns.commit(add("ada"))

    with suppress(SQLAlchemyError), other.begin() as connection:
        connection.execute(text(add("late")))

    assert early == EARLY
    assert_own_rows_alone(turns)
    other.dispose()


def _engine(database: Database) -> Engine:
    is_awaited = database.url.get_dialect().is_async
    return database.async_engine.sync_engine if is_awaited else database.engine


LISTED = "SELECT file FROM pragma_database_list WHERE name = 'main'"
PATHS: dict[str, Callable[[Turns, Database], object]] = {
    "url": lambda _, database: database.url.database,
    "engine": lambda _, database: _engine(database).url.database,
    "list": lambda turns, _: turns.rows(LISTED)[0][0],
}


@pytest.mark.parametrize("path", PATHS)
def test_a_path_that_is_used_late(turns: Turns, path: str) -> None:
    """Somebody has noted it, and connects to it when its test is over."""
    database = turns.begin()
    turns.commit(add("early"))
    known = str(PATHS[path](turns, database))
    with closing(sqlite3.connect(known)) as own:
        early = own.execute(ALL).fetchall()
    turns.end()
    turns.begin()
    turns.commit(add("ada"))

    with closing(sqlite3.connect(known)) as late:
        with suppress(sqlite3.Error), late:
            late.execute(add("late"))
        seen = _names(lambda: late.execute(ALL).fetchall())

    assert early == EARLY
    assert "ada" not in seen
    assert_own_rows_alone(turns)


def test_a_file_that_is_written_over(turns: Turns) -> None:
    """By its path, and by what was open already: as who copies a backup over it does."""
    path = Path(str(turns.begin().url.database))
    turns.commit(add("early"))
    image = path.read_bytes()
    with path.open("r+b") as own:
        turns.end()
        turns.begin()
        turns.commit(add("ada"))

        own.write(image)
        own.flush()
        path.write_bytes(image)

    assert b"early" in image
    assert_own_rows_alone(turns)


def test_another_process(turns: Turns) -> None:
    """In a transaction over the end of its test; and it sees nothing of the next one."""
    with connected(turns.begin().url) as other:
        told = [other.run(each) for each in (add("early"), "BEGIN IMMEDIATE", add("held"))]
        early = turns.rows()
        turns.end()
        url = turns.begin().url
        turns.commit(add("ada"))

        late = [other.run(each) for each in (add("late"), "COMMIT")]

        assert told == ["done"] * 3
        assert early == EARLY
        assert len(late) == 2
        assert asked(url, ALL) == "[(1, 'ada')]"
        assert_own_rows_alone(turns)


def test_a_connection_that_was_taken_out_of_the_pool(turns: Turns) -> None:
    """`detach` leaves it to whoever has it, who may close it late or never."""
    turns.begin()
    one = turns.hand()
    one.detach()
    one.run(add("early"))
    one.commit()
    early = turns.rows()
    turns.end()
    turns.begin()
    turns.commit(add("ada"))

    with suppress(SQLAlchemyError):
        one.run(add("late"))
        one.commit()

    assert early == EARLY
    assert_own_rows_alone(turns)
    with suppress(SQLAlchemyError):
        one.close()


@contextmanager
def forked(late: Callable[[], None]) -> Iterator[Callable[[], str]]:
    """A copy of this process; what is yielded has it write, and is what became of that."""
    ours, theirs = multiprocessing.Pipe()

    def wait_and_write(pipe: Pipe) -> None:
        pipe.recv()
        try:
            late()
        except (SQLAlchemyError, sqlite3.Error) as error:
            pipe.send(type(error).__name__)
        else:
            pipe.send("done")

    process = multiprocessing.get_context("fork").Process(target=wait_and_write, args=(theirs,))
    process.start()

    def go() -> str:
        ours.send("go")
        assert ours.poll(PATIENCE_SECONDS), "it never wrote"
        return str(ours.recv())

    try:
        yield go
    finally:
        process.kill()
        process.join()


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("is_late", [True, False], ids=["late", "in-time"])
@pytest.mark.parametrize("disposes", [True, False], ids=["anew", "inherited"])
def test_a_copy_of_the_process(begin: Begin, *, is_late: bool, disposes: bool) -> None:
    """It has the engine, and what is in its pool; in time, its write is seen."""
    turns = begin("sqlite")
    database = turns.begin()
    with turns.hands(3) as hands:
        hands[0].run(add("early"))
        hands[0].commit()

    def late() -> None:
        if disposes:
            database.engine.dispose(close=False)
        with database.engine.begin() as connection:
            connection.execute(text(add("late")))

    with forked(late) as go:
        told = [] if is_late else [go()]
        early = turns.rows()
        turns.end()
        turns.begin()
        turns.commit(add("ada"))
        told += [go()] if is_late else []

    assert len(told) == 1
    assert early == (EARLY if is_late else [*EARLY, (2, "late")])
    assert_own_rows_alone(turns)


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("driver", ON_SQLITE)
def test_a_copy_of_the_process_that_has_a_connection_of_its_own(begin: Begin, driver: str) -> None:
    """The threads of aiosqlite do not live in a copy; its path does."""
    turns = begin(driver)
    url = turns.begin().url.set(drivername="sqlite")
    turns.commit(add("early"))

    def late() -> None:
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text(add("late")))

    with forked(late) as go:
        early = turns.rows()
        turns.end()
        turns.begin()
        turns.commit(add("ada"))
        told = go()

    assert told == "OperationalError"
    assert early == EARLY
    assert_own_rows_alone(turns)


def _names(read: Callable[[], object]) -> set[object]:
    """Of the users that are seen; none where nothing can be read any more."""
    with suppress(sqlite3.Error):
        rows = read()
        assert isinstance(rows, list)
        return {name for _, name in rows}
    return set()
