"""A transaction around each test is rolled back; the app's own are savepoints in it.

As SQLAlchemy's documentation has it: "Joining a Session into an External Transaction".
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from benchmarks.databases.body import METADATA
from benchmarks.databases.grounds import Ground
from benchmarks.databases.sites import AsyncNested, AsyncSite, Nested, Site, SyncSite
from benchmarks.databases.ways.way import Way


def savepoint(ground: Ground) -> Way:
    """With a sync engine or an awaited one."""
    return AwaitedRollback(ground) if ground.driver.is_awaited else Rollback(ground)


class Rollback:
    """It with a sync engine."""

    def __init__(self, ground: Ground) -> None:
        self._url = ground.new_url()
        self._engine = create_engine(self._url)
        _begin_really(self._engine)
        with self._engine.begin() as connection:
            METADATA.create_all(connection)

    def begin(self) -> Site:
        """The one database, in a transaction."""
        self._held: Connection = self._engine.connect()
        self._held.begin()
        return SyncSite(lambda: self._url, Nested(self._held))

    def end(self) -> None:
        """Roll it back."""
        self._held.rollback()
        self._held.close()

    def close(self) -> None:
        """Close the engine."""
        self._engine.dispose()


class AwaitedRollback:
    """It with an async engine."""

    def __init__(self, ground: Ground) -> None:
        self._url, self._loop = ground.new_url(), ground.loop
        self._engine = create_async_engine(self._url)
        _begin_really(self._engine.sync_engine)
        AsyncSite(lambda: self._url, self._engine, self._loop).work(METADATA.create_all)

    def begin(self) -> Site:
        """The one database, in a transaction."""
        self._held: AsyncConnection = self._loop.run_until_complete(self._begun())
        return AsyncSite(lambda: self._url, AsyncNested(self._held), self._loop)

    async def _begun(self) -> AsyncConnection:
        held = await self._engine.connect()
        await held.begin()
        return held

    def end(self) -> None:
        """Roll it back."""
        self._loop.run_until_complete(self._ended())

    async def _ended(self) -> None:
        await self._held.rollback()
        await self._held.close()

    def close(self) -> None:
        """Close the engine."""
        self._loop.run_until_complete(self._engine.dispose())


def _begin_really(engine: Engine) -> None:
    """Have SQLite's drivers begin where they are told to, without which savepoints commit."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _(connection: Any, _record: object) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def _(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")
