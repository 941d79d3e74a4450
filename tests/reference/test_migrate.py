"""Any earlier database becomes one of the present schema."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from reference_impl.migrate import migrate
from reference_impl.store import Base, IdempotencyRow, Store, UserRow
from tests.reference.backend import ADA, Event, environ_at, started
from tests.reference.rows import UserRows


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a database is going to be."""
    return tmp_path / "new.db"


@pytest.fixture
async def empty(path: Path) -> AsyncIterator[Store]:
    """A database without anything in it."""
    opened = Store(f"sqlite:{path}")
    yield opened
    await opened.close()


def differences(connection: Connection) -> list[object]:
    """What the tables of the code have that the database has not, and the other way round."""
    return [*compare_metadata(MigrationContext.configure(connection), Base.metadata)]


async def differences_of(store: Store) -> list[object]:
    """The same, for a whole store."""
    async with store.engine.connect() as connection:
        return await connection.run_sync(differences)


def schema(path: Path) -> list[str]:
    """The database's own words for its tables."""
    connection = sqlite3.connect(path)
    query = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
    words = [str(row[0]) for row in connection.execute(query)]
    connection.close()
    return words


@pytest.fixture
def writer(path: Path) -> Iterator[sqlite3.Connection]:
    """Somebody who writes to a database that has no write-ahead log yet."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield connection
    connection.close()


async def test_a_worker_waits_for_whoever_writes_to_a_new_database(
    writer: sqlite3.Connection, empty: Store
) -> None:
    """SQLite itself waits for every lock but the one that the write-ahead log needs."""
    starting = asyncio.create_task(migrate(empty))
    await asyncio.wait({starting}, timeout=0.3)
    assert not starting.done()

    writer.execute("COMMIT")

    await starting
    assert await differences_of(empty) == []


@pytest.mark.usefixtures("writer")
async def test_a_worker_does_not_wait_for_ever(
    empty: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends with the reason; whoever starts it may try again."""
    monkeypatch.setattr("reference_impl.migrate.BUSY_SECONDS", 0)

    with pytest.raises(sqlite3.OperationalError, match="database is locked"):
        await migrate(empty)


async def test_an_empty_database_becomes_what_the_code_needs(empty: Store) -> None:
    """Table by table and column by column; before, all of it is missing."""
    missing = await differences_of(empty)

    await migrate(empty)

    assert len(missing) >= len(Base.metadata.tables)
    assert await differences_of(empty) == []


async def test_a_second_time_changes_nothing(empty: Store, path: Path) -> None:
    """What is kept stays."""
    await migrate(empty)
    async with empty.write() as session:
        session.add(UserRows.build(customer_attempt=7, checkout_attempt=9))
    first = schema(path)

    await migrate(empty)

    async with empty.read() as session:
        user = await session.get_one(UserRow, ADA)
    assert (user.customer_id, user.customer_attempt, user.checkout_attempt) == ("cus_ada", 7, 9)
    assert schema(path) == first


async def test_workers_may_start_at_once(empty: Store, path: Path) -> None:
    """Each over a connection of its own: one migrates, the others find it done."""
    workers = [Store(f"sqlite:{path}") for _ in range(4)]

    await asyncio.gather(*(migrate(worker) for worker in workers))

    assert await differences_of(empty) == []
    for worker in workers:
        await worker.close()


FIRST = Path(__file__).with_name("version_0001.sql")
"""What a backend of the first schema has left, with a row in each table."""


async def test_an_earlier_database_keeps_its_rows(path: Path) -> None:
    """Customer, subscription, device, key, event: all that was known is known."""
    connection = sqlite3.connect(path)
    connection.executescript(FIRST.read_text())
    connection.close()

    async with started(environ_at(f"sqlite:{path}")) as backend:
        shown = await backend.subscription()
        devices = await backend.call("GET", "/devices")
        again = await backend.deliver(Event("evt_of_version_1"))

        assert (shown["plan"], shown["status"], shown["access"]) == ("pro", "active", True)
        assert [one["id"] for one in devices.json()["devices"]] == ["dev_1", "dev_2"]
        assert again.json() == {"outcome": "duplicate"}
        assert await backend.counted("miniapp_device_register_total") == 0
    kept = Store(f"sqlite:{path}")
    async with kept.read() as session:
        assert (await session.get_one(UserRow, ADA)).customer_id == "cus_ada"
        assert await session.get(IdempotencyRow, (ADA, "first")) is not None
    assert await differences_of(kept) == []
    await kept.close()


async def test_on_a_server_workers_may_start_at_once(nothing_yet: str) -> None:
    """One migrates under an advisory lock, the others find it done."""
    workers = [Store(nothing_yet) for _ in range(4)]

    await asyncio.gather(*(migrate(worker) for worker in workers))

    assert await differences_of(workers[0]) == []
    for worker in workers:
        await worker.close()


async def test_a_failed_migration_leaves_nothing_behind(empty: Store, path: Path) -> None:
    """A table of that name is in the way: none of the others is made, and nothing is stamped."""
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE leases (mine TEXT)")
    connection.close()

    with pytest.raises(Exception, match="leases"):
        await migrate(empty)

    assert schema(path) == ["CREATE TABLE leases (mine TEXT)"]


async def test_a_backend_migrates_before_it_answers(environ: dict[str, str], path: Path) -> None:
    """A start on an empty database is enough."""
    environ["DATABASE_URL"] = f"sqlite:{path}"

    async with started(environ) as backend:
        ready = await backend.http.get("/readyz")
        shown = await backend.subscription()

    assert (ready.status_code, ready.json()) == (httpx.codes.OK, {"status": "ok"})
    assert shown["status"] == "none"
