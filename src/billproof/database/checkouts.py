"""Who has which connection of a pool: what a test did not give back is found, and taken back."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Collection, Coroutine, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.util import greenlet_spawn

from billproof.database.places import Place, place


class Taken(NamedTuple):
    """A connection that somebody has: who, in which event loop, and how it is taken back."""

    place: Place
    loop: asyncio.AbstractEventLoop | None
    close: Callable[[], None]


class Checkouts:
    """The connections that are out."""

    def __init__(self) -> None:
        self._out: dict[object, Taken] = {}
        """By the pool's entry; by the driver's connection when that was detached from its pool."""

    def watch(self, engine: Engine) -> None:
        """Note who takes a connection of an engine, and who gives it back."""
        pool = engine.pool

        def loop() -> asyncio.AbstractEventLoop | None:
            return asyncio.get_running_loop() if engine.dialect.is_async else None

        @event.listens_for(pool, "checkout")
        def _(_connection: DBAPIConnection, entry: ConnectionPoolEntry, _fairy: object) -> None:
            self._out[entry] = Taken(place(), loop(), entry.invalidate)

        @event.listens_for(pool, "checkin")
        def _(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
            self._out.pop(entry, None)

        @event.listens_for(pool, "detach")
        def _(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
            if entry in self._out:
                self._out[connection] = self._out.pop(entry)._replace(close=connection.close)

        @event.listens_for(pool, "close_detached")
        def _(connection: DBAPIConnection) -> None:
            self._out.pop(connection, None)

    def places(self) -> list[Place]:
        """Where those were taken that are not given back; garbage is no leak."""
        if self._out:
            gc.collect()
        return [taken.place for taken in self._out.values()]

    def take_back(self) -> None:
        """Close them all, for good."""
        for connection, entry in _held(self._out) if self._out else ():
            with suppress(SQLAlchemyError):
                _close(connection.close, self._out[entry].loop)
        leaked, self._out = self._out, {}
        for taken in leaked.values():
            _close(taken.close, taken.loop)


def _held(entries: Collection[object]) -> Iterator[tuple[Connection, object]]:
    """SQLAlchemy's connections that hold one of these: used again, they would connect anew.

    Looked for among all objects, for to hear of each from the engine makes every statement slower.
    """
    for each in gc.get_objects():
        if type(each) is Connection and not each.closed:
            fairy = each._dbapi_connection  # noqa: SLF001 - `connection` would connect anew
            entry = getattr(fairy, "_connection_record", None)
            if entry in entries:
                yield each, entry


def _close(close: Callable[[], None], loop: asyncio.AbstractEventLoop | None) -> None:
    if loop is None:
        close()
    else:
        wait(loop, greenlet_spawn(close))


def wait(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, None]) -> None:
    """Have work done in a loop that may run in another thread, stand still, or be over."""
    if loop.is_closed():
        work.close()
    elif loop.is_running():
        asyncio.run_coroutine_threadsafe(work, loop).result()
    else:
        loop.run_until_complete(work)
