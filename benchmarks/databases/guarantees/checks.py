"""The nine, each a function that is True when the way allows it, and raises or is False if not."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError

from benchmarks.databases.guarantees.play import Play, add

CHANGES = (
    "CREATE TABLE more (x integer)",
    "ALTER TABLE things_0 ADD COLUMN more integer",
    "CREATE INDEX more_names ON things_1 (name)",
)
COUNTED = "SELECT count(*), count(DISTINCT id) FROM things_0"


def shows_commits_to_connections(play: Play) -> bool:
    """Another connection sees a COMMIT."""
    play.begin()
    play.commit(add("ada"))

    with play.stranger() as other:
        return [name for (name,) in other.run("SELECT name FROM things_0")] == ["ada"]


def shows_commits_to_processes(play: Play) -> bool:
    """Another process sees it."""
    play.begin()
    play.commit(add("ada"))

    return play.seen_elsewhere() == ["ada"]


def keeps_transactions_apart(play: Play) -> bool:
    """Of two transactions of the app, one does not see what the other has not committed."""
    play.begin()
    with play.hand() as writer, play.hand() as reader:
        writer.run(add("ada"))
        seen = reader.run("SELECT name FROM things_0")
        reader.rollback()
        writer.commit()
    return not seen and play.names() == ["ada"]


def lets_eight_write(play: Play) -> bool:
    """Eight threads or tasks write at once, and nothing is lost."""
    play.begin()
    play.site.at_once(*([add(f"{number}-{each}") for each in range(5)] for number in range(8)))

    return play.rows(COUNTED) == [(40, 40)]


def lets_the_app_roll_back(play: Play) -> bool:
    """What the app rolls back is gone, what it commits then is there."""
    play.begin()
    with play.hand() as one:
        one.run(add("ada"))
        one.rollback()
        one.run(add("bob"))
        one.commit()

    return play.names() == ["bob"]


def begins_with_the_first_id(play: Play) -> bool:
    """In each test ids start at 1."""
    found = []
    for name in ("ada", "bob"):
        play.begin()
        play.commit(add(name))
        found.append(play.rows("SELECT id, name FROM things_0"))
        play.end()
    return found == [[(1, "ada")], [(1, "bob")]]


def undoes_changes_of_the_schema(play: Play) -> bool:
    """A new table, column or index is gone in the next test."""
    for change in CHANGES:
        play.begin()
        made = play.schema()
        play.commit(change)
        changed = play.schema()
        play.end()
        play.begin()
        if changed == made or play.schema() != made:
            return False
        play.end()
    return True


def keeps_late_writes_out(play: Play) -> bool:
    """What the test before writes now, by the app's connection or a stranger's, is not seen."""
    play.begin()
    with play.hand() as late, play.stranger() as stranger:
        for each in (late, stranger):
            each.run("SELECT name FROM things_0")
            each.rollback()
        play.end()
        play.begin()
        for each in (late, stranger):
            with suppress(SQLAlchemyError):
                each.run(add("late"))
                each.commit()
        return play.names() == []


def resets_beneath_a_transaction(play: Play) -> bool:
    """A test that ends with an open transaction neither stops the next one nor reaches it."""
    play.begin()
    with play.hand() as held:
        held.run(add("held"))

        play.end()
        play.begin()

        play.commit(add("ada"))
        return play.names() == ["ada"]


CHECKS = {
    "COMMIT seen by other connections": shows_commits_to_connections,
    "COMMIT seen by other processes": shows_commits_to_processes,
    "two transactions apart": keeps_transactions_apart,
    "eight threads or tasks": lets_eight_write,
    "rollback of the app": lets_the_app_roll_back,
    "ids from 1": begins_with_the_first_id,
    "DDL undone": undoes_changes_of_the_schema,
    "late writes kept out": keeps_late_writes_out,
    "reset beneath a transaction": resets_beneath_a_transaction,
}
"""Under the names of the report."""
