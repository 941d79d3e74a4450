"""The tests of one worker, played one after the other within one test."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table

from billproof.database import Database
from billproof.database.places import Place
from billproof.database.schema import Fill
from billproof.database.worker import Worker
from tests.suite.database.drivers import Words
from tests.suite.database.hands import Hand, Row, hand, new_hand

METADATA = MetaData()
USERS = Table(
    "users",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", String(50), nullable=False, index=True),
)
ALL = "SELECT id, name FROM users ORDER BY id"


@dataclass
class Turns:
    """One worker; each `begin` is what the set-up of a test does, each `end` its teardown."""

    worker: Worker
    words: Words
    loop: asyncio.AbstractEventLoop | None
    """Where its driver has to be awaited."""
    database: Database | None = None

    def begin(self) -> Database:
        """The next test's database."""
        self.database = self.worker.begin()
        return self.database

    def end(self) -> Sequence[Place]:
        """The leaks that were found."""
        return self.worker.end()

    def hand(self) -> Hand:
        """A connection, to be closed or not."""
        assert self.database is not None
        return new_hand(self.database, self.loop)

    @contextmanager
    def hands(self, number: int) -> Iterator[list[Hand]]:
        """Connections of the pool, all at once, and all given back."""
        assert self.database is not None
        with ExitStack() as held:
            yield [held.enter_context(hand(self.database, self.loop)) for _ in range(number)]

    def commit(self, *statements: str) -> None:
        """What one transaction does."""
        assert self.database is not None
        with hand(self.database, self.loop) as one:
            for each in statements:
                one.run(each)
            one.commit()

    def rows(self, query: str = ALL) -> Sequence[Row]:
        """What another connection sees."""
        assert self.database is not None
        with hand(self.database, self.loop) as one:
            return one.run(query)


def add(name: str) -> str:
    """A statement that adds a user."""
    return f"INSERT INTO users (name) VALUES ('{name}')"  # noqa: S608 - names from these tests


def runs(*statements: str) -> Fill:
    """What fills a template with what the statements do."""

    def fill(connection: Connection) -> None:
        for each in statements:
            connection.exec_driver_sql(each)

    return fill
