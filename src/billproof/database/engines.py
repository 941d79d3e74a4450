"""One engine for all tests of a worker, pointed at another database for each.

Half of what a new engine costs is its cold cache of compiled statements. So there is one, and
what changes is where its next connection goes.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncGenerator, Coroutine, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry, QueuePool
from sqlalchemy.util import greenlet_spawn

from billproof.database.places import Place, place
from billproof.database.store import Sessions
from billproof.errors import UsageError

TEST = "billproof.test"
"""In what a pool notes of a connection: the last test that used it."""


class Taken(NamedTuple):
    """A connection that somebody has: who, and in which event loop."""

    place: Place
    loop: asyncio.AbstractEventLoop | None


class Engines:
    """A sync and an async engine, each made when it is first asked for."""

    def __init__(self, url: URL, options: Mapping[str, Any], sessions: Sessions) -> None:
        self.url = url
        """Where the next connection goes."""
        self._options = dict(options)
        self._sessions = sessions
        self._test = 0
        self._out: dict[ConnectionPoolEntry, Taken] = {}
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

    def _point(self, engine: Engine) -> None:
        """Send every new connection to where `url` points then, and note who has one."""

        @event.listens_for(engine, "do_connect")
        def _(
            dialect: Dialect, _entry: ConnectionPoolEntry, words: list[Any], named: dict[str, Any]
        ) -> None:
            words[:], named_now = dialect.create_connect_args(self.url)
            named.clear()
            named.update(named_now, **self._options.get("connect_args", {}))
            self._sessions.mark(named)
            if dialect.is_async:
                self._note_loop()

        @event.listens_for(engine.pool, "checkout")
        def _(connection: DBAPIConnection, entry: ConnectionPoolEntry, _fairy: object) -> None:
            if entry.info.setdefault(TEST, self._test) != self._test:
                self._sessions.freshen(connection)
                entry.info[TEST] = self._test
            loop = asyncio.get_running_loop() if engine.dialect.is_async else None
            self._out[entry] = Taken(place(), loop)

        @event.listens_for(engine.pool, "checkin")
        def _(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
            self._out.pop(entry, None)

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
        if self._out:
            gc.collect()
        return [taken.place for taken in self._out.values()]

    def pass_on(self) -> None:
        """Let the next test have the connections that are open; all have been given back."""
        self._test += 1

    def let_go(self) -> None:
        """Close all connections, given back or not: new ones go where `url` points."""
        leaked, self._out = self._out, {}
        for entry, taken in leaked.items():
            if taken.loop is None:
                entry.invalidate()
            else:
                _wait(taken.loop, greenlet_spawn(entry.invalidate))
        for engine in self._made():
            if not engine.dialect.is_async:
                engine.dispose()
        for loop in list(self._loops):
            _wait(loop, self.asynchronous.dispose())


def _wait(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, None]) -> None:
    """Have work done in a loop that may run in another thread, stand still, or be over."""
    if loop.is_closed():
        work.close()
    elif loop.is_running():
        asyncio.run_coroutine_threadsafe(work, loop).result()
    else:
        loop.run_until_complete(work)
