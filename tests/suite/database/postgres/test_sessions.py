"""What a connection that stays open keeps for the next test, and what it forgets."""

from __future__ import annotations

import asyncio

import pytest

from tests.suite.database.conftest import Begin
from tests.suite.database.postgres.conftest import refusal
from tests.suite.database.turns import Turns, add


@pytest.mark.parametrize(
    ("statement", "query"),
    [
        ("SET SESSION timezone = 'Asia/Tokyo'", "SHOW timezone"),
        ("SET SESSION ROLE pg_read_all_data", "SELECT current_user"),
        ("DECLARE c CURSOR WITH HOLD FOR SELECT 1", "SELECT count(*) FROM pg_cursors"),
        ("LISTEN news", "SELECT count(*) FROM pg_listening_channels()"),
    ],
)
def test_a_session_keeps_nothing_for_the_next_test(
    turns: Turns, statement: str, query: str
) -> None:
    """It is the same connection, and its settings are as they were."""
    turns.begin()
    backend, before = turns.rows("SELECT pg_backend_pid()"), turns.rows(query)
    turns.commit(statement)
    changed = turns.rows(query)
    turns.end()

    turns.begin()

    assert changed != before
    assert turns.rows(query) == before
    assert turns.rows("SELECT pg_backend_pid()") == backend


def test_an_advisory_lock_is_let_go(turns: Turns) -> None:
    """Of the session, which outlives its transaction."""
    turns.begin()
    turns.commit("SELECT pg_advisory_lock(5)")
    turns.end()

    turns.begin()

    assert turns.rows(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 5"
    ) == [(0,)]


@pytest.mark.parametrize(
    ("driver", "arguments"),
    [
        ("psycopg", {"options": "-c timezone=Asia/Tokyo"}),
        ("psycopg-awaited", {"options": "-c timezone=Asia/Tokyo"}),
        ("asyncpg", {"server_settings": {"timezone": "Asia/Tokyo"}}),
    ],
)
def test_what_a_project_says_when_it_connects_holds_in_every_test(
    begin: Begin, driver: str, arguments: dict[str, object]
) -> None:
    """Beside what we say, and after a session was made to forget."""
    turns = begin(driver, connect_args=arguments)
    found = []
    for _ in range(2):
        turns.begin()
        found.append(turns.rows("SHOW timezone"))
        turns.end()

    assert refusal(turns) is None
    assert found == [[("Asia/Tokyo",)]] * 2


@pytest.mark.parametrize("driver", ["psycopg-awaited", "asyncpg"])
def test_the_next_test_may_have_another_event_loop(begin: Begin, driver: str) -> None:
    """While the first stands still, with connections in the pool that are of no use to it."""
    turns = begin(driver)
    first, second = turns.loop, asyncio.new_event_loop()
    found = []
    for loop in (first, second, first):
        turns.loop = loop
        turns.begin()
        turns.commit(add("ada"))
        found.append(turns.rows())
        assert turns.end() == []

    second.run_until_complete(second.shutdown_asyncgens())
    second.close()
    assert refusal(turns) is None
    assert found == [[(1, "ada")]] * 3
