"""What a test leaves in a file or in a connection of the pool, and no next test finds."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from sqlalchemy.exc import OperationalError

from tests.suite.database.hands import Hand
from tests.suite.database.turns import ALL, Turns, add

SCHEMA = "SELECT type, name, sql FROM sqlite_master ORDER BY name"
TEMPORARY = "SELECT type, name FROM sqlite_temp_master ORDER BY name"
ATTACHED = "SELECT name FROM pragma_database_list ORDER BY name"
LEFT = {
    "CREATE TABLE more (x)": SCHEMA,
    "CREATE INDEX more ON users (id, name)": SCHEMA,
    "CREATE VIEW more AS SELECT 1 AS x": SCHEMA,
    "CREATE TRIGGER more AFTER INSERT ON users BEGIN DELETE FROM users; END": SCHEMA,
    "CREATE VIRTUAL TABLE more USING fts5 (x)": SCHEMA,
    "DROP INDEX ix_users_name": SCHEMA,
    "ALTER TABLE users RENAME TO people": SCHEMA,
    "ANALYZE": SCHEMA,
    "CREATE TEMP TABLE mine (x)": TEMPORARY,
    "CREATE TEMP TABLE users (id, name)": TEMPORARY,
    "CREATE TEMP VIEW users AS SELECT 7 AS id, 'eve' AS name": TEMPORARY,
    "CREATE TEMP TRIGGER mine AFTER INSERT ON users BEGIN DELETE FROM users; END": TEMPORARY,
    "ATTACH DATABASE ':memory:' AS other": ATTACHED,
    "PRAGMA user_version = 7": "PRAGMA user_version",
    "PRAGMA application_id = 7": "PRAGMA application_id",
    "PRAGMA journal_mode = WAL": "PRAGMA journal_mode",
    "PRAGMA journal_mode = TRUNCATE": "PRAGMA journal_mode",
    "PRAGMA locking_mode = EXCLUSIVE": "PRAGMA locking_mode",
    "PRAGMA foreign_keys = ON": "PRAGMA foreign_keys",
    "PRAGMA recursive_triggers = ON": "PRAGMA recursive_triggers",
    "PRAGMA case_sensitive_like = ON": "SELECT 'a' LIKE 'A'",
    "PRAGMA query_only = ON": "PRAGMA query_only",
    "PRAGMA ignore_check_constraints = ON": "PRAGMA ignore_check_constraints",
    "PRAGMA reverse_unordered_selects = ON": "PRAGMA reverse_unordered_selects",
    "PRAGMA writable_schema = ON": "PRAGMA writable_schema",
    "PRAGMA busy_timeout = 7": "PRAGMA busy_timeout",
    "PRAGMA synchronous = OFF": "PRAGMA synchronous",
    "PRAGMA cache_size = 7": "PRAGMA cache_size",
    "PRAGMA max_page_count = 77": "PRAGMA max_page_count",
    "PRAGMA temp_store = MEMORY": "PRAGMA temp_store",
}
"""Statements, each with what tells of it."""
WAYS: dict[str, Callable[[Hand, str], object]] = {
    "text": lambda one, statement: one.run(statement),
    "raw": lambda one, statement: one.beneath(lambda driver: driver.execute(statement)),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("statement", LEFT)
def test_nothing_that_was_said_to_one_connection_stays(
    turns: Turns, statement: str, way: str
) -> None:
    """Not on any that the pool has, and the next test may write all the same."""
    query = LEFT[statement]
    turns.begin()
    with turns.hands(3) as (first, second, third):
        before = [each.run(query) for each in (first, second, third)]
        for each in (first, second, third):
            each.rollback()
        WAYS[way](second, statement)
        changed = second.run(query)
        second.commit()
    turns.end()

    turns.begin()

    assert changed not in before
    with turns.hands(3) as hands:
        assert [each.run(query) for each in hands] == before
    turns.commit(add("ada"))
    assert turns.rows() == [(1, "ada")]


class Habit(NamedTuple):
    """How a connection of the driver is told something that no SQL tells, and what shows it."""

    tell: Callable[[Any], Any]
    look: Callable[[Any], Any]


HABITS = {
    "row_factory": Habit(
        lambda driver: setattr(driver, "row_factory", sqlite3.Row),
        lambda driver: driver.row_factory,
    ),
    "text_factory": Habit(
        lambda driver: setattr(driver, "text_factory", bytes), lambda driver: driver.text_factory
    ),
    "isolation_level": Habit(
        lambda driver: setattr(driver, "isolation_level", "IMMEDIATE"),
        lambda driver: driver.isolation_level,
    ),
}


@pytest.mark.parametrize("habit", HABITS)
def test_nothing_that_the_driver_was_told_stays(turns: Turns, habit: str) -> None:
    """It is set where no statement shows it."""
    tell, look = HABITS[habit]
    turns.begin()
    with turns.hands(3) as hands:
        before = [each.beneath(look) for each in hands]
        hands[1].beneath(tell)
        changed = hands[1].beneath(look)
    turns.end()

    turns.begin()

    assert changed not in before
    with turns.hands(3) as hands:
        assert [each.beneath(look) for each in hands] == before


def test_a_function_that_was_made_is_unknown(turns: Turns) -> None:
    """On each connection."""
    turns.begin()
    with turns.hands(3) as hands:
        hands[1].beneath(lambda driver: driver.create_function("mine", 0, lambda: 7))
        made = hands[1].run("SELECT mine()")
    turns.end()

    turns.begin()

    assert made == [(7,)]
    with turns.hands(3) as hands:
        for each in hands:
            with pytest.raises(OperationalError, match="no such function"):
                each.run("SELECT mine()")


def test_what_was_not_read_to_its_end_is_no_hindrance(turns: Turns) -> None:
    """Its cursor holds a lock and a view of the file for as long as it is there."""
    turns.begin()
    turns.commit(*map(add, ("ann", "ben", "eve")))
    with turns.hands(3) as hands:
        cursors = [each.beneath(lambda driver: driver.execute(ALL)) for each in hands]
        read = [one.beneath(_fetch(mine)) for one, mine in zip(hands, cursors, strict=True)]
    turns.end()

    turns.begin()
    turns.commit(add("ada"))

    assert read == [(1, "ann")] * 3
    with turns.hands(3) as hands:
        assert [each.run(ALL) for each in hands] == [[(1, "ada")]] * 3
    assert len(cursors) == 3  # they were there until now


def _fetch(cursor: Any) -> Callable[[Any], Any]:
    return lambda _: cursor.fetchone()


@pytest.mark.parametrize("end", ["COMMIT", "ROLLBACK"])
def test_a_transaction_that_came_back_open_is_over(turns: Turns, end: str) -> None:
    """SQLAlchemy holds one for over whose commit was refused; the driver does not."""
    turns.begin()
    with turns.hands(2) as (writer, reader):
        writer.run("PRAGMA busy_timeout = 0")
        reader.run("BEGIN")
        reader.run(ALL)
        writer.run(add("held"))
        with pytest.raises(OperationalError, match="locked"):
            writer.commit()
        reader.rollback()
        assert writer.beneath(lambda driver: driver.in_transaction)
    turns.end()

    turns.begin()

    with turns.hands(2) as hands:
        assert [each.run(ALL) for each in hands] == [[], []]
        for each in hands:
            each.rollback()
            with pytest.raises(OperationalError, match="no transaction is active"):
                each.run(end)
    turns.commit(add("ada"))
    assert turns.rows() == [(1, "ada")]
