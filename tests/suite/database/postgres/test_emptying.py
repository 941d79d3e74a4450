"""What is made anew in a database that is emptied for the next test."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect

from tests.suite.database.conftest import Begin
from tests.suite.database.postgres.conftest import refusal
from tests.suite.database.postgres.everything import EVERYTHING, NEXT, SEEDED, STATE, WRITES
from tests.suite.database.turns import Turns, add, runs


def test_database_and_connection_stay(turns: Turns) -> None:
    """On every driver; its rows and its numbers do not."""
    urls: set[object] = set()
    backends: set[object] = set()
    for _ in range(3):
        urls.add(turns.begin().url)
        backends.update(turns.rows("SELECT pg_backend_pid()"))
        turns.commit(add("ada"))
        turns.end()

    assert refusal(turns) is None
    assert (len(urls), len(backends)) == (1, 1)


@pytest.mark.parametrize("seeds", [(), SEEDED], ids=["empty", "seeded"])
def test_rows_and_sequences_of_every_kind_are_made_anew(
    begin: Begin, seeds: tuple[str, ...]
) -> None:
    """Whatever triggers, rules, policies and constraints would say to it."""
    turns = begin("psycopg", runs(*EVERYTHING, *seeds))
    turns.begin()
    before, numbers = turns.rows(STATE), turns.rows(NEXT)
    turns.end()
    turns.begin()
    turns.commit(*WRITES)
    changed = turns.rows(STATE)

    turns.end()

    turns.begin()
    assert refusal(turns) is None
    assert changed != before
    assert turns.rows(STATE) == before
    assert turns.rows(NEXT) == numbers


@pytest.mark.parametrize(
    "change", ["DELETE FROM users WHERE id = 2", "UPDATE users SET name = name", add("ada")]
)
def test_seeded_rows_are_put_back_where_they_were(begin: Begin, change: str) -> None:
    """After each kind of change, beneath connections that stay open."""
    turns = begin("psycopg", runs(add("ann"), add("ben")))
    found: list[object] = []
    backends: set[object] = set()
    for _ in range(3):
        turns.begin()
        found.append(turns.rows())
        backends.update(turns.rows("SELECT pg_backend_pid()"))
        turns.commit(change)
        turns.end()

    assert refusal(turns) is None
    assert found == [[(1, "ann"), (2, "ben")]] * 3
    assert len(backends) == 1


def test_seeded_rows_that_nobody_has_changed_are_not_written_again(begin: Begin) -> None:
    """Large ones would cost every test; they are in their places still, until one is changed."""
    turns = begin(
        "psycopg", runs("INSERT INTO users (name) SELECT 'user' FROM generate_series(1, 100)")
    )
    query = "SELECT array_agg(ctid ORDER BY id)::text FROM users"
    places = []
    for statements in ((), ("DELETE FROM users WHERE id = 7",), (), ()):
        turns.begin()
        places.append(turns.rows(query))
        turns.commit(*statements)
        turns.end()

    assert places[0] == places[1] != places[2] == places[3]


def test_a_sequence_gives_nothing_that_a_session_has_in_store(begin: Begin) -> None:
    """`CACHE 5` takes five numbers at once."""
    turns = begin("psycopg", runs(*EVERYTHING))
    found = []
    for _ in range(2):
        turns.begin()
        found.append(turns.rows("SELECT nextval('free')"))
        turns.end()

    assert refusal(turns) is None
    assert found == [[(100,)]] * 2


def test_dead_rows_do_not_pile_up(begin: Begin) -> None:
    """After many tests a table is as small as after a few, but for a page that is not yet free."""
    turns = begin("psycopg")
    sizes = []
    for _ in range(160):
        turns.begin()
        turns.commit("INSERT INTO users (name) SELECT repeat('x', 50) FROM generate_series(1, 50)")
        sizes.append(turns.rows("SELECT pg_relation_size('users') / 8192")[0][0])
        turns.end()

    assert refusal(turns) is None
    # Left alone, it would be almost three times as large.
    assert max(sizes[-50:]) < 2 * max(sizes[:60])


def test_nobody_sees_what_is_in_it_for_us(begin: Begin) -> None:
    """A tool that compares models with the database finds the project's tables alone."""
    turns = begin("psycopg", runs(add("ann")))

    seen = inspect(turns.begin().engine)

    assert set(seen.get_schema_names()) == {"public", "information_schema"}
    assert seen.get_table_names() == ["users"]
