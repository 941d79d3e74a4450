"""What PostgreSQL alone lets two connections of one test do to each other."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import DBAPIError

from tests.suite.database.turns import ALL, Turns, add


def test_a_transaction_reads_the_same_again(turns: Turns) -> None:
    """Also what another has changed and committed meanwhile."""
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


def test_what_was_changed_after_it_was_read_is_not_written(turns: Turns) -> None:
    """By a serializable transaction; with a new one it may be."""
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
    second.run("UPDATE users SET name = 'second'")
    second.commit()
    assert turns.rows() == [(1, "second")]
    first.close()
    second.close()
