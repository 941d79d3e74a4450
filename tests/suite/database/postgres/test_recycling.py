"""When a database is emptied for the next test, what is made anew in it; and when it is not."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError

from tests.suite.database.conftest import Turns, add
from tests.suite.database.postgres.conftest import Begin, refusal, runs
from tests.suite.database.postgres.elsewhere import asked, connected

IDENTITY = """
CREATE TABLE ours (
  id int GENERATED ALWAYS AS IDENTITY (START 7), x int, twice int GENERATED ALWAYS AS (x * 2) STORED
)
"""
FORBID = """
CREATE FUNCTION forbid() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'never'; END $$
"""
EVERYTHING = (
    "CREATE TABLE plain (id serial PRIMARY KEY, name text UNIQUE DEFERRABLE INITIALLY DEFERRED)",
    IDENTITY,
    "CREATE TABLE child (id int REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED)",
    "CREATE TABLE parted (day int, name text) PARTITION BY RANGE (day)",
    "CREATE TABLE parted_low PARTITION OF parted FOR VALUES FROM (0) TO (10)",
    "CREATE TABLE parted_high PARTITION OF parted FOR VALUES FROM (10) TO (20)",
    "CREATE UNLOGGED TABLE unlogged (x int)",
    "CREATE TABLE heir (extra int) INHERITS (unlogged)",
    'CREATE SCHEMA "Other Schema"',
    'CREATE TABLE "Other Schema"."Odd {} Name" ("Odd Column" text, gone int)',
    'ALTER TABLE "Other Schema"."Odd {} Name" DROP COLUMN gone',
    "CREATE SEQUENCE free START 100 CACHE 5",
    FORBID,
    "CREATE TRIGGER keep BEFORE DELETE ON parted_low FOR EACH ROW EXECUTE FUNCTION forbid()",
    "CREATE RULE keep AS ON DELETE TO unlogged DO INSTEAD NOTHING",
    "ALTER TABLE plain ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE plain FORCE ROW LEVEL SECURITY",
)
SEEDED = (
    "INSERT INTO users (name) VALUES ('ann'), ('ben')",
    "INSERT INTO ours (x) VALUES (3)",
    "INSERT INTO parted VALUES (1, 'low'), (11, 'high')",
    "INSERT INTO child VALUES (2)",
    "INSERT INTO heir VALUES (1, 2)",
    'INSERT INTO "Other Schema"."Odd {} Name" VALUES (\'odd\')',
    "SELECT nextval('free')",
)
WRITES = (
    "INSERT INTO plain (name) VALUES ('ada')",
    "INSERT INTO users (name) VALUES ('ada')",
    "UPDATE ours SET x = 5",
    "INSERT INTO ours (x) VALUES (6)",
    "UPDATE parted SET day = 12 WHERE day = 11",
    "INSERT INTO parted VALUES (2, 'more')",
    "DELETE FROM child",
    "INSERT INTO unlogged VALUES (1)",
    "UPDATE heir SET extra = 3",
    'TRUNCATE "Other Schema"."Odd {} Name"',
    "SELECT nextval('free'), nextval('free')",
)
STATE = """
SELECT (SELECT array_agg((id, name) ORDER BY id)::text FROM plain),
       (SELECT array_agg((id, name) ORDER BY id)::text FROM users),
       (SELECT array_agg((id, x, twice) ORDER BY id)::text FROM ours),
       (SELECT array_agg((tableoid::regclass, day, name) ORDER BY day)::text FROM parted),
       (SELECT array_agg(id)::text FROM child),
       (SELECT array_agg((tableoid::regclass, x))::text FROM unlogged),
       (SELECT array_agg(extra)::text FROM heir),
       (SELECT array_agg("Odd Column")::text FROM "Other Schema"."Odd {} Name")
"""
NEXT = "SELECT nextval('free'), nextval('plain_id_seq'), nextval('ours_id_seq')"


@pytest.mark.parametrize("seeds", [(), SEEDED], ids=["empty", "seeded"])
def test_rows_and_sequences_of_every_kind_are_made_anew(
    begin: Begin, seeds: tuple[str, ...]
) -> None:
    """Whatever triggers, rules, policies and constraints would say to it."""
    turns = begin(runs(*EVERYTHING, *seeds))
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
def test_seeded_rows_come_back(begin: Begin, change: str) -> None:
    """After each kind of change, and as often as there is one."""
    turns = begin(runs(add("ann"), add("ben")))
    found = []
    for _ in range(3):
        turns.begin()
        found.append(turns.rows())
        turns.commit(change)
        turns.end()

    assert refusal(turns) is None
    assert found == [[(1, "ann"), (2, "ben")]] * 3


def test_seeded_rows_that_nobody_has_changed_are_not_written_again(begin: Begin) -> None:
    """Large ones would cost every test; they are in their places still, until one is changed."""
    turns = begin(runs("INSERT INTO users (name) SELECT 'user' FROM generate_series(1, 100)"))
    query = "SELECT array_agg(ctid ORDER BY id)::text FROM users"
    places = []
    for statements in ((), ("DELETE FROM users WHERE id = 7",), (), ()):
        turns.begin()
        places.append(turns.rows(query))
        turns.commit(*statements)
        turns.end()

    assert places[0] == places[1] != places[2] == places[3]


REFUSED = {
    "CREATE TEMP TABLE mine (x int)": "the schema was changed",
    "SELECT 1 AS x INTO more": "the schema was changed",
    "CREATE VIEW more AS SELECT 1": "the schema was changed",
    "COMMENT ON TABLE users IS 'more'": "the schema was changed",
    "GRANT SELECT ON users TO PUBLIC": "the schema was changed",
    "REFRESH MATERIALIZED VIEW counted": "the schema was changed",
    "SELECT lo_create(0)": "there are large objects",
    "SELECT pg_advisory_lock(5)": "an advisory lock is held",
    f"{add('ada')}; PREPARE TRANSACTION 'mine'": "a transaction is prepared",
}


@pytest.mark.parametrize("statement", REFUSED)
def test_whatever_is_more_than_rows_makes_a_new_database(begin: Begin, statement: str) -> None:
    """The next one is another, and is emptied again after its test."""
    turns = begin(runs("CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM users"))
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
    turns = begin(runs(statement.format("there")))
    refusals = []
    for name in ("there", "missing"):
        turns.begin()
        turns.commit(statement.format(name))
        turns.end()
        refusals.append(refusal(turns))

    assert refusals == [None, said]


def test_an_index_that_failed_and_was_left_counts(begin: Begin) -> None:
    """CONCURRENTLY is no transaction."""
    turns = begin()
    database = turns.begin()
    turns.commit(add("ada"), add("ada"))
    with (
        database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as one,
        pytest.raises(IntegrityError),
    ):
        one.exec_driver_sql("CREATE UNIQUE INDEX CONCURRENTLY left_over ON users (name)")

    turns.end()

    assert refusal(turns) == "the schema was changed"


def test_a_copy_of_seeded_rows_that_was_emptied_is_seen(begin: Begin) -> None:
    """By a test that empties all tables it can find."""
    turns = begin(runs(add("ann")))
    turns.begin()
    ((copy,),) = turns.rows("SELECT oid::regclass FROM pg_class WHERE relname ~ '^rows_'")
    turns.commit(f"TRUNCATE users, {copy}")
    turns.end()

    turns.begin()

    assert "the copy of the seeded rows was changed" in str(refusal(turns))
    assert turns.rows() == [(1, "ann")]


def test_nobody_sees_what_is_in_it_for_us(begin: Begin) -> None:
    """A tool that compares models with the database finds the project's tables alone."""
    turns = begin(runs(add("ann")))

    seen = inspect(turns.begin().engine)

    assert set(seen.get_schema_names()) == {"public", "information_schema"}
    assert seen.get_table_names() == ["users"]


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


@pytest.mark.parametrize(
    "statement",
    ["ALTER DATABASE {} SET timezone = 'Asia/Tokyo'", "GRANT ALL ON DATABASE {} TO PUBLIC"],
)
def test_an_altered_database_is_not_used_again(begin: Begin, statement: str) -> None:
    """Its settings are no part of its schema, and hold for every connection."""
    turns = begin()
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
    turns = begin(runs(*statements))
    first = turns.begin().url
    turns.commit(add("ada"))
    turns.end()

    second = turns.begin().url

    assert refusal(turns) == said
    assert first != second
    assert turns.rows() == []


def test_a_process_that_has_left_is_no_hindrance(begin: Begin) -> None:
    """One that is still there is, even where it sits idle."""
    turns = begin()
    database = turns.begin()
    asked(database.url, "SELECT 1")
    turns.end()
    left = refusal(turns)
    with connected(turns.begin().url) as other:
        assert other.run("SELECT 1") == "done"
        turns.end()

    assert left is None
    assert refusal(turns) == "somebody else is connected"


def test_a_table_that_is_locked_is_not_waited_for(begin: Begin) -> None:
    """A prepared transaction, say, that no list of connections shows."""
    turns = begin()
    turns.begin()
    store = turns.worker._store
    held = turns.hand()
    held.run(add("ada"))

    assert not store.renew()

    held.rollback()
    assert store.renew()
    held.close()


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
    turns = begin(driver=driver, connect_args=arguments)
    found = []
    for _ in range(2):
        turns.begin()
        found.append(turns.rows("SHOW timezone"))
        turns.end()

    assert refusal(turns) is None
    assert found == [[("Asia/Tokyo",)]] * 2


def test_an_advisory_lock_is_let_go(turns: Turns) -> None:
    """Of the session, which outlives its transaction."""
    turns.begin()
    turns.commit("SELECT pg_advisory_lock(5)")
    turns.end()

    turns.begin()

    assert turns.rows(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 5"
    ) == [(0,)]


def test_a_sequence_gives_nothing_that_a_session_has_in_store(begin: Begin) -> None:
    """`CACHE 5` takes five numbers at once."""
    turns = begin(runs(*EVERYTHING))
    found = []
    for _ in range(2):
        turns.begin()
        found.append(turns.rows("SELECT nextval('free')"))
        turns.end()

    assert refusal(turns) is None
    assert found == [[(100,)]] * 2


@pytest.mark.parametrize("driver", ["psycopg-awaited", "asyncpg"])
def test_the_next_test_may_have_another_event_loop(begin: Begin, driver: str) -> None:
    """While the first stands still, with connections in the pool that are of no use to it."""
    turns = begin(driver=driver)
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


def test_dead_rows_do_not_pile_up(begin: Begin) -> None:
    """After many tests a table is as small as after a few."""
    turns = begin()
    sizes = []
    for _ in range(160):
        turns.begin()
        turns.commit("INSERT INTO users (name) SELECT repeat('x', 50) FROM generate_series(1, 50)")
        sizes.append(turns.rows("SELECT pg_relation_size('users') / 8192")[0][0])
        turns.end()

    assert refusal(turns) is None
    assert max(sizes[-50:]) <= max(sizes[:60])
