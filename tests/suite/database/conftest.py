"""A worker of each driver, whose tests are played one after the other within one test."""

from __future__ import annotations

import asyncio
import shutil
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table

from billproof.database import Database
from billproof.database.folders import RunFolder
from billproof.database.places import Place
from billproof.database.schema import Schema
from billproof.database.worker import Order, Worker
from tests.suite.database.hands import Hand, Row, hand, new_hand
from tests.suite.database.project import Project, new_project
from tests.suite.database.waiting import wait_until

DRIVERS = {"sqlite": False, "sqlite+aiosqlite": True}
"""Each with whether it has to be awaited."""
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
    loop: asyncio.AbstractEventLoop | None
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


@pytest.fixture(params=DRIVERS)
def turns(request: pytest.FixtureRequest) -> Iterator[Turns]:
    """A worker of one driver, new."""
    folder = RunFolder.of(uuid.uuid4().hex)
    order = Order(lambda: Schema.of(METADATA), f"{request.param}://")
    worker = Worker(order, folder, "main")
    loop = asyncio.new_event_loop() if DRIVERS[request.param] else None
    yield Turns(worker, loop)
    worker.close()
    if loop is not None:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
    folder.close()
    # Another worker may remove it at this moment.
    wait_until(lambda: not folder.path.exists())


@pytest.fixture
def project() -> Iterator[Project]:
    """A foreign project."""
    made = new_project()
    yield made
    shutil.rmtree(made.folder.parent)
