"""Who has which connection of a pool: what a test did not give back is found, and taken back."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple

from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, Pool
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

    def watch(self, pool: Pool, *, is_awaited: bool) -> None:
        """Note who takes a connection of a pool, and who gives it back."""

        @event.listens_for(pool, "checkout")
        def _(_connection: DBAPIConnection, entry: ConnectionPoolEntry, _fairy: object) -> None:
            loop = asyncio.get_running_loop() if is_awaited else None
            self._out[entry] = Taken(place(), loop, entry.invalidate)

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
        """Close them all."""
        leaked, self._out = self._out, {}
        for taken in leaked.values():
            if taken.loop is None:
                taken.close()
            else:
                wait(taken.loop, greenlet_spawn(taken.close))


def wait(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, None]) -> None:
    """Have work done in a loop that may run in another thread, stand still, or be over."""
    if loop.is_closed():
        work.close()
    elif loop.is_running():
        asyncio.run_coroutine_threadsafe(work, loop).result()
    else:
        loop.run_until_complete(work)
