"""When a database is not emptied for the next test, and it gets another one."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from tests.suite.database.conftest import Begin
from tests.suite.database.elsewhere import asked, connected
from tests.suite.database.postgres.conftest import refusal
from tests.suite.database.postgres.everything import FORBID
from tests.suite.database.turns import Turns, add, runs

REFUSED = {
    "CREATE TABLE more (x integer)": "the schema was changed",
    "DROP TABLE users CASCADE; CREATE TABLE users (id serial, name text)": "the schema was changed",
    "ALTER TABLE users ADD COLUMN more integer": "the schema was changed",
    "CREATE INDEX more ON users (id)": "the schema was changed",
    "CREATE TEMP TABLE mine (x int)": "the schema was changed",
    "SELECT 1 AS x INTO more": "the schema was changed",
    "CREATE VIEW more AS SELECT 1": "the schema was changed",
    "COMMENT ON TABLE users IS 'more'": "the schema was changed",
    "GRANT SELECT ON users TO PUBLIC": "the schema was changed",
    "REFRESH MATERIALIZED VIEW counted": "the schema was changed",
    "SELECT lo_create(0)": "there are large objects",
    f"{add('ada')}; PREPARE TRANSACTION 'mine'": "a transaction is prepared",
}


@pytest.mark.parametrize("statement", REFUSED)
def test_whatever_is_more_than_rows_makes_a_new_database(begin: Begin, statement: str) -> None:
    """The next one is another, and is emptied again after its test."""
    turns = begin("psycopg", runs("CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM users"))
    first = turns.begin().url
    turns.commit(statement)
    turns.end()
    refused = refusal(turns)
    second = turns.begin().url
    turns.commit(add("ada"))
    turns.end()

    third = turns.begin().url

    assert refused == REFUSED[statement]
    assert first != second == third
    assert refusal(turns) is None


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("CREATE TABLE IF NOT EXISTS {} (x int)", "the schema was changed"),
        ("CREATE SCHEMA IF NOT EXISTS {}", "the schema was changed"),
        ("CREATE SEQUENCE IF NOT EXISTS {}", "the schema was changed"),
    ],
)
def test_what_is_made_where_it_is_missing_counts_where_it_was(
    begin: Begin, statement: str, said: str
) -> None:
    """Apps make sure of their tables at each start; that must not cost a database each time."""
    turns = begin("psycopg", runs(statement.format("there")))
    refusals = []
    for name in ("there", "missing"):
        turns.begin()
        turns.commit(statement.format(name))
        turns.end()
        refusals.append(refusal(turns))

    assert refusals == [None, said]


LOCK = "SELECT pg_advisory_lock(5)"


def test_a_lock_of_one_session_of_several_makes_a_new_database(begin: Begin) -> None:
    """Another could be taken first in the next test, and wait for it."""
    turns = begin("psycopg")
    turns.begin()
    with turns.hands(2) as (one, _):
        one.run(LOCK)
    turns.end()

    assert refusal(turns) == "an advisory lock is held"


def test_a_lock_beside_a_second_pool_makes_a_new_database(begin: Begin) -> None:
    """That pool could open a session before the one that has it is taken."""
    turns = begin("psycopg")
    assert turns.begin().async_engine is not None
    turns.commit(LOCK)
    turns.end()

    assert refusal(turns) == "an advisory lock is held"


def test_a_lock_of_the_only_session_is_let_go_before_anybody_can_want_it(begin: Begin) -> None:
    """The pool gives that one first."""
    turns = begin("psycopg")
    first = turns.begin().url
    turns.commit(LOCK)
    turns.end()
    refused = refusal(turns)

    second = turns.begin().url
    with turns.hands(2) as (_, other):
        got = other.run("SELECT pg_try_advisory_lock(5)")

    assert (refused, second) == (None, first)
    assert got == [(True,)]


def test_an_index_that_failed_and_was_left_counts(begin: Begin) -> None:
    """CONCURRENTLY is no transaction."""
    turns = begin("psycopg")
    database = turns.begin()
    turns.commit(add("ada"), add("ada"))
    with (
        database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as one,
        pytest.raises(IntegrityError),
    ):
        one.exec_driver_sql("CREATE UNIQUE INDEX CONCURRENTLY left_over ON users (name)")

    turns.end()

    assert refusal(turns) == "the schema was changed"


def test_changes_of_the_schema_count_when_they_are_rolled_back_too(turns: Turns) -> None:
    """What was rolled back once may have been committed another time."""
    turns.begin()
    one = turns.hand()
    one.run("SET session_replication_role = replica")
    one.run("CREATE TABLE more (x int)")
    one.rollback()
    one.close()

    turns.end()

    assert refusal(turns) == "the schema was changed"


def test_a_copy_of_seeded_rows_that_was_emptied_is_seen(begin: Begin) -> None:
    """By a test that empties all tables it can find."""
    turns = begin("psycopg", runs(add("ann")))
    turns.begin()
    ((copy,),) = turns.rows("SELECT oid::regclass FROM pg_class WHERE relname ~ '^rows_'")
    turns.commit(f"TRUNCATE users, {copy}")
    turns.end()
    refused = refusal(turns)

    turns.begin()

    assert "the copy of the seeded rows was changed" in str(refused)
    assert turns.rows() == [(1, "ann")]


@pytest.mark.parametrize(
    "statement",
    ["ALTER DATABASE {} SET timezone = 'Asia/Tokyo'", "GRANT ALL ON DATABASE {} TO PUBLIC"],
)
def test_an_altered_database_is_not_used_again(begin: Begin, statement: str) -> None:
    """Its settings are no part of its schema, and hold for every connection."""
    turns = begin("psycopg")
    first = turns.begin().url
    turns.commit(statement.format(first.database))

    turns.end()

    assert str(refusal(turns)).startswith("the database")
    assert turns.begin().url != first


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (
            (
                FORBID,
                "CREATE TRIGGER x BEFORE DELETE ON users FOR EACH ROW EXECUTE FUNCTION forbid()",
                "ALTER TABLE users ENABLE ALWAYS TRIGGER x",
            ),
            "a trigger fires for replicas too",
        ),
        (
            (
                "CREATE RULE x AS ON DELETE TO users DO INSTEAD NOTHING",
                "ALTER TABLE users ENABLE ALWAYS RULE x",
            ),
            "a rule holds for replicas too",
        ),
        (("SELECT lo_create(0)",), "there are large objects"),
    ],
)
def test_a_template_whose_clones_cannot_be_emptied(
    begin: Begin, statements: tuple[str, ...], said: str
) -> None:
    """Every test gets a clone of it."""
    turns = begin("psycopg", runs(*statements))
    first = turns.begin().url
    turns.commit(add("ada"))
    turns.end()

    second = turns.begin().url

    assert refusal(turns) == said
    assert first != second
    assert turns.rows() == []


def test_a_process_that_has_left_is_no_hindrance(begin: Begin) -> None:
    """One that is still there is, even where it sits idle: it is sent away."""
    turns = begin("psycopg")
    database = turns.begin()
    asked(database.url, "SELECT 1")
    turns.end()
    left = refusal(turns)
    with connected(turns.begin().url) as other:
        before = other.run("SELECT 1")
        turns.end()
        stayed = refusal(turns)
        turns.begin()
        after = other.run("SELECT 1")

    assert (left, stayed) == (None, "somebody else is connected")
    assert (before, after) == ("done", "AdminShutdown")


def test_a_table_that_is_locked_is_not_waited_for(begin: Begin) -> None:
    """A prepared transaction, say, that no list of connections shows."""
    turns = begin("psycopg")
    turns.begin()
    store = turns.worker._store
    held = turns.hand()
    held.run(add("ada"))

    assert store.renew()
    assert not store.is_renewed()

    held.rollback()
    assert store.renew()
    assert store.is_renewed()
    held.close()
