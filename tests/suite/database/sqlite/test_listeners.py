"""What an app does to each connection, on files that are handed on from test to test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from tests.suite.database.sqlite.files import file_of, sync_turns
from tests.suite.database.turns import add


def test_what_the_app_does_to_each_connection_holds_in_each_test() -> None:
    """It is done when the connection is made, and neither undone nor taken for a change."""
    with sync_turns() as turns:
        for _ in range(2):
            event.listen(turns.begin().engine, "connect", foreign_keys_on)
            turns.commit(add("ada"))
            turns.end()

        event.listen(turns.begin().engine, "connect", foreign_keys_on)
        assert turns.rows("PRAGMA foreign_keys") == [(1,)]
        assert file_of(turns).endswith("/1.sqlite")


def test_what_an_app_listens_to_ends_with_its_test() -> None:
    """On the engine and on its pool: else a thousand tests would have a thousand listeners."""
    heard: list[str] = []
    with sync_turns() as turns:
        for name in ("one", "two", "three"):
            engine = turns.begin().engine
            event.listen(engine, "connect", lambda *_, name=name: heard.append(f"connect {name}"))
            event.listen(engine, "begin", lambda _, name=name: heard.append(f"begin {name}"))
            turns.commit(add("ada"))
            turns.end()

    assert heard == [f"{what} {name}" for name in ("one", "two", "three") for what in WHAT]


WHAT = ("connect", "begin")


def test_a_listener_that_was_taken_away_by_its_app_is_gone() -> None:
    """As without us; and it can come again."""
    with sync_turns() as turns:
        for _ in range(2):
            engine = turns.begin().engine
            event.listen(engine, "connect", foreign_keys_on)
            event.remove(engine, "connect", foreign_keys_on)
            assert turns.rows("PRAGMA foreign_keys") == [(0,)]
            turns.end()


def foreign_keys_on(connection: Any, _entry: object) -> None:
    """As SQLAlchemy's documentation has it."""
    connection.execute("PRAGMA foreign_keys = ON")


def test_a_listener_of_a_later_test_hears_of_a_connection() -> None:
    """The one that stayed open is made anew for it."""
    with sync_turns() as turns:
        turns.begin()
        turns.commit(add("ada"))
        turns.end()

        event.listen(turns.begin().engine, "connect", foreign_keys_on)

        assert turns.rows("PRAGMA foreign_keys") == [(1,)]


def write_ahead(connection: Any, _entry: object) -> None:
    """What many apps do: it is no change of the test's, and the log is not set back."""
    connection.execute("PRAGMA journal_mode = WAL")


def exclusive(connection: Any, _entry: object) -> None:
    """A connection that keeps its locks, and does not look whether its cache still holds."""
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")


@pytest.mark.parametrize("how", [write_ahead, exclusive])
def test_a_connection_that_works_otherwise_takes_a_new_file(how: Callable[..., None]) -> None:
    """Each is made so by its app; the next test is right all the same."""
    with sync_turns() as turns:
        event.listen(turns.begin().engine, "connect", how)
        turns.commit(add("ada"))
        turns.end()

        turns.begin()
        turns.commit(add("bob"))
        assert turns.rows() == [(1, "bob")]
        assert file_of(turns).endswith("/2.sqlite")
