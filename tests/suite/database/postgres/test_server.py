"""A server that is given: what it must allow, and what a run leaves on it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing, suppress

import psycopg
import pytest
from sqlalchemy import URL, Connection, make_url

from billproof.database.folders import RunFolder
from billproof.database.postgres import postgres_store
from billproof.database.postgres.opening import SlowWarning
from billproof.database.postgres.server import Server
from billproof.database.schema import Schema
from billproof.errors import UsageError
from tests.suite.database.conftest import Begin
from tests.suite.database.postgres.conftest import refusal
from tests.suite.database.turns import METADATA, add, runs

SCHEMA = Schema.of(METADATA)


@pytest.fixture
def folder() -> Iterator[RunFolder]:
    """A run's folder."""
    made = RunFolder.of(uuid.uuid4().hex)
    yield made
    made.close()


@pytest.fixture
def role(server: Server) -> Iterator[str]:
    """A role that may nothing, new."""
    name = f"role_{uuid.uuid4().hex[:8]}"
    server._run_ddl(f"CREATE ROLE {name} LOGIN")
    yield name
    server._run_ddl(f"DROP ROLE {name}")


def names(server: Server) -> set[str]:
    """The databases that are there."""
    return {str(name) for (name,) in server._admin.execute("SELECT datname FROM pg_database")}


def test_a_run_leaves_nothing(server: Server, begin: Begin) -> None:
    """While it goes on, there are its template and a database."""
    before = names(server)
    turns = begin("psycopg")
    database = turns.begin()
    during = names(server)

    turns.worker.close()

    assert database.url.database in during - before
    assert len(during - before) == 2
    assert names(server) == before


def test_processes_of_a_run_share_its_template(address: URL, folder: RunFolder) -> None:
    """It is made once, and goes with the last of them."""
    made: list[Connection] = []
    schema = Schema.of(METADATA, made.append)
    first = postgres_store(address, schema, folder, "gw0", "key")
    second = postgres_store(address, schema, folder, "gw1", "key")

    urls = {first.begin(), second.begin()}
    first.close()
    second.end()
    urls.add(second.begin())
    second.close()

    assert len(made) == 1
    assert len(urls) == 3


def test_a_process_may_come_when_all_others_have_left(address: URL, folder: RunFolder) -> None:
    """The run's template went with them; it is made again."""
    for url in (address, make_url("postgresql+psycopg://")):
        for worker in ("gw0", "gw1"):
            with closing(postgres_store(url, SCHEMA, folder, worker, "key")) as store:
                assert store.begin().database


def test_what_a_dead_run_has_left_goes_with_the_next(
    server: Server, address: URL, folder: RunFolder
) -> None:
    """And nothing else: neither what is kept, nor what lives, nor what others have made."""
    dead, living = (f"billproof_{uuid.uuid4().hex[:12]}_key" for _ in range(2))
    others = {"billproof_kept_0123456789ab_x", "billproofs", "billproof_mine_x"}
    for name in (dead, living, *others):
        server.create(name)
    with server.connect("postgres") as held:
        held.execute("SELECT pg_advisory_lock_shared(%s, %s)", lock_of(living))
        with closing(Server(address, folder)):
            left = names(server)

    for name in (living, *others):
        server.drop(name)
    assert dead not in left
    assert {living, *others} <= left


def lock_of(name: str) -> tuple[int, int]:
    """The lock by which a run says that it lives."""
    return 0x62696C6C, int.from_bytes(bytes.fromhex(name.split("_")[1][:8]), signed=True)


def test_a_role_that_makes_no_databases_is_refused(
    address: URL, folder: RunFolder, role: str
) -> None:
    """With the statement that would change it."""
    with pytest.raises(UsageError) as told:
        postgres_store(address.set(username=role), SCHEMA, folder, "main", "key")

    assert f"The role '{role}' may not create databases" in str(told.value)
    assert f'ALTER ROLE "{role}" CREATEDB' in str(told.value)


@pytest.mark.parametrize("driver", ["psycopg", "asyncpg"])
def test_a_role_that_is_no_superuser_gets_clones(
    server: Server, address: URL, begin: Begin, role: str, driver: str
) -> None:
    """It is said, and every test has its own all the same."""
    server._run_ddl(f"ALTER ROLE {role} CREATEDB")

    with pytest.warns(SlowWarning, match="no superuser"):
        turns = begin(driver, runs(add("ann")), address.set(username=role))

    first = turns.begin().url
    turns.commit(add("ada"))
    turns.end()
    second = turns.begin().url
    assert refusal(turns) == "the role is no superuser"
    assert first != second
    assert turns.rows() == [(1, "ann")]
    turns.worker.close()


def test_a_server_that_is_not_there_is_said(folder: RunFolder) -> None:
    """In one sentence, without its password."""
    url = make_url("postgresql+asyncpg://me:secret@127.0.0.1:9/x?ssl=prefer")

    with pytest.raises(UsageError) as told:
        postgres_store(url, SCHEMA, folder, "main", "key")

    assert "cannot be reached at postgresql+psycopg://me:***@127.0.0.1:9/x" in str(told.value)
    assert "leave out the host" in str(told.value)


@pytest.mark.parametrize("keyword", ["changed", "dropped"])
def test_a_template_that_somebody_has_had_in_hand_is_told(
    server: Server, begin: Begin, keyword: str
) -> None:
    """The next test that begins says so, whether or not it would have needed it."""
    turns = begin("psycopg")
    name = turns.begin().url.database
    assert name is not None
    template = "_".join(name.split("_")[:3])
    turns.end()
    assert refusal(turns) is None
    server._run_ddl(f'ALTER DATABASE "{template}" ALLOW_CONNECTIONS true')
    with server.connect(template) as inside:
        inside.execute("INSERT INTO users (name) VALUES ('sneaked')")
    server._run_ddl(f'ALTER DATABASE "{template}" ALLOW_CONNECTIONS false')
    if keyword == "dropped":
        server.drop(template)
    turns.begin()
    turns.end()

    with pytest.raises(UsageError, match=f"was {keyword} after it had been sealed.*`seed=`"):
        turns.begin()


def test_nobody_can_connect_to_a_template(server: Server, begin: Begin) -> None:
    """Not even the one who made it."""
    name = str(begin("psycopg").begin().url.database)

    with pytest.raises(psycopg.OperationalError, match="not currently accepting connections"):
        server.connect("_".join(name.split("_")[:3]))

    server.connect(name).close()


def test_a_template_that_cannot_be_made_leaves_nothing(
    server: Server, address: URL, folder: RunFolder
) -> None:
    """The reason is the project's own; another try is possible."""
    before = names(server)

    with pytest.raises(Exception, match="nonsense"):
        postgres_store(address, Schema.of(METADATA, runs("nonsense")), folder, "main", "key")
    postgres_store(address, SCHEMA, folder, "main", "key").close()

    assert names(server) == before


def test_what_is_kept_outlives_the_run(server: Server, begin: Begin) -> None:
    """Under a name that says whose it was, with the statement that removes it."""
    before = names(server)
    turns = begin("psycopg")
    turns.begin()
    turns.commit(add("ada"))

    url, removal = turns.worker.keep("test_it[x-y]")
    turns.worker.close()

    (kept,) = names(server) - before
    assert url.database == kept
    assert kept.endswith("main_1_test_it_x_y_")
    with server.connect(kept) as inside:
        assert inside.execute("SELECT name FROM users").fetchall() == [("ada",)]
    assert f'DROP DATABASE "{kept}"' in removal
    server.drop(kept)


def test_a_driver_whose_connections_cannot_stay_gets_clones(
    address: URL, folder: RunFolder
) -> None:
    """Each test is as it should be, only slower."""
    url = address.set(drivername="postgresql+pg8000")
    with closing(postgres_store(url, SCHEMA, folder, "main", "key")) as store:
        first = store.begin()
        with suppress(AssertionError):
            assert store.renew()
        store.end()

        assert store.begin() != first
