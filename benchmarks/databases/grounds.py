"""Where the databases of one driver are made: SQLite's folder, or a server of PostgreSQL."""

from __future__ import annotations

import asyncio
import itertools
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from benchmarks.databases.sites import AsyncSite, SyncSite
from billproof.database.folders import RunFolder
from billproof.database.postgres.server import Server


@dataclass(frozen=True)
class Driver:
    """How a database is reached."""

    name: str
    url: str

    @property
    def is_awaited(self) -> bool:
        """Whether its engines are async."""
        return bool(make_url(self.url).get_dialect().is_async)

    @property
    def needs_server(self) -> bool:
        """Whether it is PostgreSQL's."""
        return make_url(self.url).get_backend_name() == "postgresql"


PYSQLITE = Driver("sqlite3", "sqlite://")
AIOSQLITE = Driver("aiosqlite", "sqlite+aiosqlite://")
PSYCOPG = Driver("psycopg", "postgresql+psycopg://")
ASYNCPG = Driver("asyncpg", "postgresql+asyncpg://")
DRIVERS = (PYSQLITE, AIOSQLITE, PSYCOPG, ASYNCPG)


@dataclass
class Ground:
    """New places for one driver; `server` is None for SQLite."""

    driver: Driver
    folder: Path
    server: Server | None
    loop: asyncio.AbstractEventLoop
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _tag: str = field(default_factory=lambda: uuid.uuid4().hex[:8])

    @property
    def postgres(self) -> Server:
        """The server; it is there for PostgreSQL's drivers."""
        assert self.server is not None  # noqa: S101 - only PostgreSQL's ways ask
        return self.server

    def base_url(self) -> URL:
        """The driver, and the server if there is one."""
        url = make_url(self.driver.url)
        if self.server is None:
            # As long as PostgreSQL's lock_timeout here; the drivers' own five seconds are long.
            return url.update_query_dict({"timeout": "1"})
        return self.server.url("postgres").set(drivername=url.drivername)

    def new_name(self) -> str:
        """Of a database that is not there yet."""
        name = f"{self._tag}_{next(self._numbers)}"
        return name if self.server is None else self.server.name(name)

    def at(self, name: str) -> URL:
        """Where a database of that name is."""
        is_file = self.server is None
        return self.base_url().set(database=str(self.folder / name) if is_file else name)

    def new_url(self) -> URL:
        """An empty database that stays as long as this ground."""
        name = self.new_name()
        if self.server is not None:
            self.server.create(name)
        return self.at(name)

    def site(self, url: URL, **options: Any) -> SyncSite | AsyncSite:
        """It with a new engine."""
        if self.driver.is_awaited:
            return AsyncSite(lambda: url, create_async_engine(url, **options), self.loop)
        return SyncSite(lambda: url, create_engine(url, **options))

    def wrapped(self, url: Callable[[], URL], engine: Engine | AsyncEngine) -> SyncSite | AsyncSite:
        """A database with an engine that somebody else has made."""
        if isinstance(engine, AsyncEngine):
            return AsyncSite(url, engine, self.loop)
        return SyncSite(url, engine)


@contextmanager
def new_ground(driver: Driver, server: Server | None) -> Iterator[Ground]:
    """A ground in the kind of folder where billproof puts its own files."""
    folder = RunFolder.of(uuid.uuid4().hex)
    loop = asyncio.new_event_loop()
    try:
        yield Ground(driver, folder.made("bench"), server if driver.needs_server else None, loop)
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
        folder.close()


@contextmanager
def private_server() -> Iterator[Server]:
    """Billproof's own: in memory where there is room, without fsync; UsageError without one.

    Nobody waits there for a lock longer than a second, so that a way which would hang fails.
    """
    folder = RunFolder.of(uuid.uuid4().hex)
    try:
        made = Server(make_url("postgresql+psycopg://"), folder)
        try:
            with made.connect("postgres") as inside:
                inside.execute("ALTER SYSTEM SET lock_timeout = '1s'")
                inside.execute("SELECT pg_reload_conf()")
            yield made
        finally:
            made.close()
    finally:
        folder.close()
