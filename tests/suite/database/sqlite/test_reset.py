"""When a test on SQLite is given the file of the test before, set back, and when a new one."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from billproof.database import Database
from tests.suite.database.sqlite.files import file_of, sync_turns
from tests.suite.database.turns import ALL, Turns, add

Doing = Callable[[Turns, Database], None]


def test_a_test_of_rows_alone_hands_its_file_on(turns: Turns) -> None:
    """The next one begins as the first did, ids and all."""
    turns.begin()
    turns.commit(add("ada"), add("bob"), "DELETE FROM users WHERE id = 1")
    turns.end()

    turns.begin()
    assert turns.rows() == []
    turns.commit(add("cy"))
    assert turns.rows() == [(1, "cy")]

    assert file_of(turns).endswith("/1.sqlite")


LEAVING = {
    "a setting": ["PRAGMA foreign_keys = ON"],
    "a number in the header": ["PRAGMA user_version = 7"],
    "a table of the connection": ["CREATE TEMP TABLE mine (id INTEGER)"],
    "another database": ["ATTACH ':memory:' AS other"],
    "a table": ["CREATE TABLE more (id INTEGER)"],
    "nothing, after a table": ["CREATE TABLE more (id INTEGER)", "DROP TABLE more"],
    "an index": ["CREATE INDEX further ON users (name, id)"],
    "a view": ["CREATE VIEW seen AS SELECT 1"],
    "a column": ["ALTER TABLE users ADD COLUMN age INTEGER"],
    "statistics": ["ANALYZE"],
}


@pytest.mark.parametrize("left", LEAVING)
def test_a_statement_that_leaves_more_than_rows_leaves_its_file(turns: Turns, left: str) -> None:
    """The next test has another, and sees nothing of it."""
    turns.begin()
    turns.commit(add("ada"), *LEAVING[left])
    turns.end()

    turns.begin()
    assert_new(turns)


def assert_new(turns: Turns) -> None:
    """As the template is, in a second file."""
    assert turns.rows() == []
    assert turns.rows("PRAGMA foreign_keys") == [(0,)]
    assert turns.rows("PRAGMA user_version") == [(0,)]
    assert turns.rows("SELECT name FROM sqlite_temp_master") == []
    assert "other" not in [row[1] for row in turns.rows("PRAGMA database_list")]
    assert file_of(turns).endswith("/2.sqlite")


def by_raw_cursor(turns: Turns, database: Database) -> None:
    """Beneath SQLAlchemy, with the driver's own cursor."""
    turns.commit(add("ada"))
    if turns.loop is None:
        connection = database.engine.raw_connection()
        connection.cursor().execute("PRAGMA foreign_keys = ON")
        connection.close()
    else:
        turns.loop.run_until_complete(by_awaited_cursor(database))


async def by_awaited_cursor(database: Database) -> None:
    """The same, awaited."""
    connection = await database.async_engine.raw_connection()
    driver: Any = connection.driver_connection
    await driver.execute("PRAGMA foreign_keys = ON")
    connection.close()


def asking_for_the_url(turns: Turns, database: Database) -> None:
    """Whoever knows it may come late."""
    turns.commit(add("ada"))
    assert database.url.database


def asking_the_engine(turns: Turns, database: Database) -> None:
    """It knows the URL, too."""
    turns.commit(add("ada"))
    engine = database.engine if turns.loop is None else database.async_engine
    assert engine.url == database.url


def forking(turns: Turns, _database: Database) -> None:
    """A child has all that its parent had open."""
    turns.commit(add("ada"))
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


@pytest.mark.parametrize("doing", [by_raw_cursor, asking_for_the_url, asking_the_engine, forking])
def test_what_others_may_know_of_is_left_to_them(turns: Turns, doing: Doing) -> None:
    """The next test has another file, and sees nothing of it."""
    database = turns.begin()
    doing(turns, database)
    turns.end()

    turns.begin()
    assert_new(turns)


def test_a_cursor_that_reads_still_keeps_its_file() -> None:
    """Its connection was given back, and would go on with what it has in its cache."""
    with sync_turns() as turns:
        database = turns.begin()
        turns.commit(*[add("ada")] * 2000)
        connection = database.engine.raw_connection()
        cursor = connection.cursor()
        cursor.execute(ALL)
        assert cursor.fetchone() == (1, "ada")
        connection.close()
        turns.end()

        turns.begin()
        assert turns.rows() == []
        assert file_of(turns).endswith("/2.sqlite")


def test_reflection_is_no_change(turns: Turns) -> None:
    """It asks by PRAGMAs that tell, and no more."""
    turns.begin()
    turns.rows("PRAGMA table_info(users)")
    turns.rows("PRAGMA index_list(users)")
    turns.end()

    turns.begin()

    assert file_of(turns).endswith("/1.sqlite")


ALTERING: dict[str, Callable[[Any], None]] = {
    "a function": lambda connection: connection.create_function("lamp", 0, lambda: 1),
    "an authorizer": lambda connection: connection.set_authorizer(lambda *_: sqlite3.SQLITE_OK),
    "a trace": lambda connection: connection.set_trace_callback(len),
    "another form of rows": lambda connection: setattr(connection, "row_factory", sqlite3.Row),
}


@pytest.mark.parametrize("left", ALTERING)
def test_what_python_leaves_in_a_connection_ends_with_the_test(left: str) -> None:
    """A function that stands for now() in one test is not there in the next."""
    with sync_turns() as turns:
        database = turns.begin()
        connection = database.engine.raw_connection()
        ALTERING[left](connection.driver_connection)
        connection.close()
        turns.end()

        turns.begin()
        assert file_of(turns).endswith("/2.sqlite")


def test_a_class_of_connection_of_the_project_is_kept() -> None:
    """It cannot be listened to, so each test has a new file."""

    class Theirs(sqlite3.Connection):
        """Somebody's."""

    with sync_turns(connect_args={"factory": Theirs}) as turns:
        for _ in range(2):
            connection = turns.begin().engine.raw_connection()
            assert type(connection.driver_connection) is Theirs
            connection.close()
            turns.end()

        turns.begin()
        assert file_of(turns).endswith("/3.sqlite")


def test_a_file_that_grew_is_as_small_again(turns: Turns) -> None:
    """And what was beyond its end is gone."""
    turns.begin()
    turns.commit(*[add("x" * 50)] * 2000)
    turns.end()

    turns.begin()

    assert turns.rows("PRAGMA integrity_check") == [("ok",)]
    assert turns.rows("SELECT count(*) FROM users") == [(0,)]
    assert Path(file_of(turns)).stat().st_size < 20_000
