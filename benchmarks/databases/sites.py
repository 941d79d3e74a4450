"""How a test reaches its database: by a sync engine or an awaited one, in one plain form."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Protocol, TypeVar

from sqlalchemy import URL, Connection, Engine, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from benchmarks.databases.body import body, body_awaited

Found = TypeVar("Found")
Row = tuple[Any, ...]


class Hand(Protocol):
    """One connection of the app, in a transaction from its first statement."""

    def run(self, statement: str) -> Sequence[Row]:
        """What a statement gives."""

    def commit(self) -> None:
        """Commit."""

    def rollback(self) -> None:
        """Roll back."""

    def close(self) -> None:
        """Give the connection back."""


class Site(Protocol):
    """One test's database."""

    @property
    def url(self) -> URL:
        """Where it is, for others."""

    def play(self) -> None:
        """Do what every test does."""

    def work(self, doing: Callable[[Connection], Found]) -> Found:
        """Do something in a transaction, and commit it."""

    def hand(self) -> Hand:
        """One more connection of the app."""

    def at_once(self, *scripts: Sequence[str]) -> None:
        """Run scripts side by side, each in a transaction of its own, and commit them."""

    def dispose(self) -> None:
        """Close the connections that were given back."""


class Nested:
    """What an app has in place of an engine, when a transaction around its test is undone."""

    def __init__(self, held: Connection) -> None:
        self.held = held

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A savepoint in place of a transaction."""
        with self.held.begin_nested():
            yield self.held

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """The connection that all share."""
        yield self.held


class AsyncNested:
    """The same, awaited."""

    def __init__(self, held: AsyncConnection) -> None:
        self.held = held

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """A savepoint in place of a transaction."""
        async with self.held.begin_nested():
            yield self.held

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[AsyncConnection]:
        """The connection that all share."""
        yield self.held


class SyncHand:
    """A connection of a sync engine, or the one that all share."""

    def __init__(self, door: Engine | Nested) -> None:
        self._is_shared = isinstance(door, Nested)
        self._connection = door.held if isinstance(door, Nested) else door.connect()
        self._transaction: Any = None

    def run(self, statement: str) -> Sequence[Row]:
        """What a statement gives."""
        if self._transaction is None:
            nested = self._is_shared
            self._transaction = (
                self._connection.begin_nested() if nested else self._connection.begin()
            )
        found = self._connection.execute(text(statement))
        return [tuple(row) for row in found] if found.returns_rows else []

    def commit(self) -> None:
        """Commit."""
        transaction, self._transaction = self._transaction, None
        transaction.commit()

    def rollback(self) -> None:
        """Roll back."""
        transaction, self._transaction = self._transaction, None
        transaction.rollback()

    def close(self) -> None:
        """Give it back, if it is ours."""
        if not self._is_shared:
            self._connection.close()


class SyncSite:
    """Reached by a sync engine."""

    def __init__(self, address: Callable[[], URL], door: Engine | Nested) -> None:
        self._address = address
        self._door = door

    @property
    def url(self) -> URL:
        """Asked for by those who need it: some ways cost more then."""
        return self._address()

    def play(self) -> None:
        """Do what every test does."""
        body(self._door)

    def work(self, doing: Callable[[Connection], Found]) -> Found:
        """Do something in a transaction, and commit it."""
        with self._door.begin() as connection:
            return doing(connection)

    def hand(self) -> SyncHand:
        """One more connection."""
        return SyncHand(self._door)

    def at_once(self, *scripts: Sequence[str]) -> None:
        """In threads."""

        def follow(script: Sequence[str]) -> None:
            with self._door.begin() as connection:
                for each in script:
                    connection.execute(text(each))

        with ThreadPoolExecutor(len(scripts)) as threads:
            list(threads.map(follow, scripts))

    def dispose(self) -> None:
        """Close what was given back."""
        if isinstance(self._door, Engine):
            self._door.dispose()


class AsyncHand:
    """A connection of an async engine, or the one that all share."""

    def __init__(self, site: AsyncSite, connection: AsyncConnection, *, is_shared: bool) -> None:
        self._site, self._connection, self._is_shared = site, connection, is_shared
        self._transaction: Any = None

    def run(self, statement: str) -> Sequence[Row]:
        """What a statement gives."""
        return self._site.wait(self._run(statement))

    async def _run(self, statement: str) -> Sequence[Row]:
        if self._transaction is None:
            nested = self._is_shared
            begun = self._connection.begin_nested() if nested else self._connection.begin()
            self._transaction = await begun
        found = await self._connection.execute(text(statement))
        return [tuple(row) for row in found] if found.returns_rows else []

    def commit(self) -> None:
        """Commit."""
        transaction, self._transaction = self._transaction, None
        self._site.wait(transaction.commit())

    def rollback(self) -> None:
        """Roll back."""
        transaction, self._transaction = self._transaction, None
        self._site.wait(transaction.rollback())

    def close(self) -> None:
        """Give it back, if it is ours."""
        if not self._is_shared:
            self._site.wait(self._connection.close())


class AsyncSite:
    """Reached by an async engine, in one event loop for all tests."""

    def __init__(
        self,
        address: Callable[[], URL],
        door: AsyncEngine | AsyncNested,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._address = address
        self._door, self._loop = door, loop

    @property
    def url(self) -> URL:
        """Asked for by those who need it: some ways cost more then."""
        return self._address()

    def wait(self, what: Coroutine[Any, Any, Found]) -> Found:
        """What comes of it."""
        return self._loop.run_until_complete(what)

    def play(self) -> None:
        """Do what every test does."""
        self.wait(body_awaited(self._door))

    def work(self, doing: Callable[[Connection], Found]) -> Found:
        """Do something in a transaction, and commit it."""
        return self.wait(self._work(doing))

    async def _work(self, doing: Callable[[Connection], Found]) -> Found:
        async with self._door.begin() as connection:
            return await connection.run_sync(doing)

    def hand(self) -> AsyncHand:
        """One more connection."""
        if isinstance(self._door, AsyncNested):
            return AsyncHand(self, self._door.held, is_shared=True)
        return AsyncHand(self, self.wait(_opened(self._door)), is_shared=False)

    def at_once(self, *scripts: Sequence[str]) -> None:
        """In tasks."""
        self.wait(self._all(scripts))

    async def _all(self, scripts: Sequence[Sequence[str]]) -> None:
        async def follow(script: Sequence[str]) -> None:
            async with self._door.begin() as connection:
                for each in script:
                    await connection.execute(text(each))

        done = await asyncio.gather(*map(follow, scripts), return_exceptions=True)
        for error in done:
            if error is not None:
                raise error

    def dispose(self) -> None:
        """Close what was given back."""
        if isinstance(self._door, AsyncEngine):
            self.wait(self._door.dispose())


async def _opened(engine: AsyncEngine) -> AsyncConnection:
    return await engine.connect()
