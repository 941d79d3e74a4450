"""One engine for all tests of a worker, pointed at another database for each.

Half of what a new engine costs is its cold cache of compiled statements. So there is one, and
what changes is where its next connection goes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any, cast

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect
from sqlalchemy.exc import DisconnectionError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry, Pool, QueuePool

from billproof.database.checkouts import Checkouts, wait
from billproof.database.listeners import Listeners
from billproof.database.places import Place
from billproof.database.store import Store
from billproof.errors import UsageError

TEST = "billproof.test"
"""In what a pool notes of a connection: the last test that used it."""
READY_BY = "billproof.ready-by"
"""And the listeners that have made it ready."""


class Pointed(Engine):
    """An engine whose URL is where it points now, and that says when somebody asks for it."""

    pointer: Engines

    @property
    def url(self) -> URL:
        """Where the next connection goes."""
        return self.pointer.revealed()

    @url.setter
    def url(self, _url: URL) -> None:
        pass


class Engines:
    """A sync and an async engine, each made when it is first asked for."""

    def __init__(self, url: URL, options: Mapping[str, Any], store: Store) -> None:
        self.url = url
        """Where the next connection goes."""
        self._options = dict(options)
        self._store = store
        self._sessions = store.sessions
        self._test = self._first = 0
        """Which test it is, and the first of those that have had this database."""
        self._checkouts = Checkouts()
        self._listeners: list[Listeners] = []
        self._loops: dict[asyncio.AbstractEventLoop, AsyncGenerator[None]] = {}

    @cached_property
    def sync(self) -> Engine:
        """UsageError when the driver can only be awaited."""
        if self.url.get_dialect().is_async:
            raise UsageError(
                f"{self.url.drivername} has only an async engine.",
                "Use `database.async_engine` and `async with database.async_session()`.",
            )
        engine = create_engine(self.url, **{"poolclass": QueuePool, **self._options})
        self._point(engine)
        return engine

    @cached_property
    def asynchronous(self) -> AsyncEngine:
        """UsageError when the driver cannot be awaited."""
        try:
            engine = create_async_engine(
                self.url, **{"poolclass": AsyncAdaptedQueuePool, **self._options}
            )
        except InvalidRequestError as error:
            raise UsageError(
                f"{self.url.drivername} has only a sync engine.",
                "Use `database.engine`, or name an async driver in the URL: sqlite+aiosqlite, "
                "postgresql+asyncpg or postgresql+psycopg.",
            ) from error
        self._point(engine.sync_engine)
        return engine

    def _made(self) -> list[Engine]:
        made = self.__dict__
        found = [made["sync"]] if "sync" in made else []
        return [*found, *([made["asynchronous"].sync_engine] if "asynchronous" in made else [])]

    def revealed(self) -> URL:
        """The URL, for somebody outside."""
        self._store.reveal()
        return self.url

    def _point(self, engine: Engine) -> None:
        """Send every new connection to where `url` points then, and note who has one."""
        # SQLAlchemy makes engines of one class alone.
        engine.__class__ = Pointed
        cast("Pointed", engine).pointer = self
        pool = engine.pool

        @event.listens_for(engine, "do_connect")
        def _(
            dialect: Dialect, entry: ConnectionPoolEntry, words: list[Any], named: dict[str, Any]
        ) -> None:
            words[:], named_now = dialect.create_connect_args(self.url)
            named.clear()
            named.update(named_now, **self._options.get("connect_args", {}))
            self._sessions.mark(named, entry.info)
            entry.info[READY_BY] = tuple(pool.dispatch.connect)
            if dialect.is_async:
                self._note_loop()

        @event.listens_for(pool, "checkout")
        def _(connection: DBAPIConnection, entry: ConnectionPoolEntry, _fairy: object) -> None:
            if entry.info.get(TEST) != self._test:
                self._greet(pool, connection, entry)

        self._sessions.join(pool)
        self._checkouts.watch(engine)
        self._listeners.append(Listeners(engine))

    def _greet(self, pool: Pool, connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        """Have a connection ready for a test that had not used it."""
        if TEST not in entry.info:
            self._sessions.meet(entry.info)
        elif entry.info[TEST] < self._first:
            raise DisconnectionError("Its database is gone, and its event loop did not close it.")
        elif entry.info[READY_BY] != tuple(pool.dispatch.connect):
            raise DisconnectionError("Its app would do more to a new connection.")
        else:
            self._sessions.freshen(connection)
        entry.info[TEST] = self._test

    def _note_loop(self) -> None:
        """Have the running loop close our connections before it ends itself.

        Nothing else can: a driver's connection belongs to its loop. What loops do promise is to
        end the async generators that were begun in them (`shutdown_asyncgens`).
        """
        loop = asyncio.get_running_loop()
        if loop not in self._loops:
            self._loops[loop] = guard = self._closing(loop)
            with suppress(StopIteration):
                guard.__anext__().send(None)

    async def _closing(self, loop: asyncio.AbstractEventLoop) -> AsyncGenerator[None]:
        try:
            yield
        finally:
            del self._loops[loop]
            await self.asynchronous.dispose()

    def leaks(self) -> list[Place]:
        """Where connections were taken that are not given back; garbage is no leak."""
        return self._checkouts.places()

    def pass_on(self) -> None:
        """Let the next test have the connections that are open; all have been given back."""
        self._test += 1
        self._forget_listeners()

    def _forget_listeners(self) -> None:
        for each in self._listeners:
            each.restore()

    def let_go(self) -> None:
        """Close all connections, given back or not: new ones go where `url` points."""
        self._checkouts.take_back()
        self._test = self._first = self._test + 1
        self._forget_listeners()
        for engine in self._made():
            if not engine.dialect.is_async:
                engine.dispose()
        for loop in list(self._loops):
            wait(loop, self.asynchronous.dispose())
