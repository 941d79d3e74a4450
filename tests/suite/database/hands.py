"""Connections of every driver in one plain form, so that each guarantee is tried in one test."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from billproof.database import Database

Found = TypeVar("Found")
Row = tuple[Any, ...]


class Hand(Protocol):
    """One connection, in a transaction from its first statement."""

    def run(self, statement: str) -> Sequence[Row]:
        """What a statement gives."""

    def beneath(self, doing: Callable[[Any], Any]) -> Any:
        """What comes of it with the driver's own connection, awaited where it has to be."""

    def commit(self) -> None:
        """Commit."""

    def rollback(self) -> None:
        """Roll back."""

    def detach(self) -> None:
        """Take the connection out of its pool."""

    def close(self) -> None:
        """Give the connection back."""


class SyncHand:
    """A connection of a sync engine."""

    def __init__(self, database: Database) -> None:
        self._connection: Connection = database.engine.connect()
        self.commit, self.rollback = self._connection.commit, self._connection.rollback
        self.detach, self.close = self._connection.detach, self._connection.close

    def run(self, statement: str) -> Sequence[Row]:
        """What a statement gives."""
        found = self._connection.execute(text(statement))
        return [tuple(row) for row in found] if found.returns_rows else []

    def beneath(self, doing: Callable[[Any], Any]) -> Any:
        """What comes of it with the driver's own connection."""
        return doing(self._connection.connection.driver_connection)


class AsyncHand:
    """A connection of an async engine, awaited in a loop of the test."""

    def __init__(self, database: Database, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._connection: AsyncConnection = self._wait(_connected(database))

    def _wait(self, what: Coroutine[Any, Any, Found]) -> Found:
        return self._loop.run_until_complete(what)

    def run(self, statement: str) -> Sequence[Row]:
        """What a statement gives."""
        found = self._wait(self._connection.execute(text(statement)))
        return [tuple(row) for row in found] if found.returns_rows else []

    def beneath(self, doing: Callable[[Any], Any]) -> Any:
        """What comes of it with the driver's own connection, awaited where it has to be."""
        return self._wait(self._beneath(doing))

    async def _beneath(self, doing: Callable[[Any], Any]) -> Any:
        found = doing((await self._connection.get_raw_connection()).driver_connection)
        return await found if inspect.isawaitable(found) else found

    def commit(self) -> None:
        """Commit."""
        self._wait(self._connection.commit())

    def rollback(self) -> None:
        """Roll back."""
        self._wait(self._connection.rollback())

    def detach(self) -> None:
        """Take the connection out of its pool."""
        self._wait(self._connection.run_sync(Connection.detach))

    def close(self) -> None:
        """Give the connection back."""
        self._wait(self._connection.close())


async def _connected(database: Database) -> AsyncConnection:
    return await database.async_engine.connect()


def new_hand(database: Database, loop: asyncio.AbstractEventLoop | None) -> Hand:
    """One more connection; in a loop where the driver has to be awaited."""
    return SyncHand(database) if loop is None else AsyncHand(database, loop)


@contextmanager
def hand(database: Database, loop: asyncio.AbstractEventLoop | None) -> Iterator[Hand]:
    """A connection for a while."""
    made = new_hand(database, loop)
    try:
        yield made
    finally:
        made.close()
