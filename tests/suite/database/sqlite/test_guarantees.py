"""What SQLite alone lets two connections of one test do to each other."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError

from tests.suite.database.turns import ALL, Turns, add


def test_a_transaction_reads_the_same_again(turns: Turns) -> None:
    """With a log also what another has committed meanwhile."""
    turns.begin()
    turns.commit("PRAGMA journal_mode = WAL", add("ada"))
    reader, writer = turns.hand(), turns.hand()
    reader.run("BEGIN")
    before = reader.run(ALL)
    writer.run(add("bob"))
    writer.commit()

    assert reader.run(ALL) == before == [(1, "ada")]
    assert writer.run(ALL) == [(1, "ada"), (2, "bob")]
    for each in (reader, writer):
        each.rollback()
        each.close()


def test_who_reads_holds_off_who_commits(turns: Turns) -> None:
    """Without a log, until the reader is done."""
    turns.begin()
    reader, writer = turns.hand(), turns.hand()
    writer.run("PRAGMA busy_timeout = 50")
    reader.run("BEGIN")
    reader.run(ALL)
    writer.run(add("ada"))

    with pytest.raises(OperationalError, match="locked"):
        writer.commit()

    # SQLAlchemy holds a transaction for over whose commit was tried.
    writer.beneath(lambda driver: driver.rollback())
    writer.close()
    reader.close()
    turns.commit(add("bob"))
    assert turns.rows() == [(1, "bob")]
