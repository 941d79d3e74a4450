"""One private server for all of these tests, and workers of each driver on it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from sqlalchemy import URL, Connection, make_url

from billproof.database.folders import RunFolder
from billproof.database.postgres.server import Server
from billproof.database.postgres.store import PostgresStore
from billproof.database.schema import Fill, Schema
from billproof.database.worker import Order, Worker
from billproof.errors import UsageError
from tests.suite.database.conftest import METADATA, Turns
from tests.suite.database.waiting import wait_until

DRIVERS = {
    "psycopg": ("postgresql+psycopg", False),
    "psycopg-awaited": ("postgresql+psycopg", True),
    "asyncpg": ("postgresql+asyncpg", True),
}
"""Each with whether it is awaited."""
Begin = Callable[..., Turns]


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A server of our own; what is opened on it as a given one has another run than it."""
    folder = RunFolder.of(uuid.uuid4().hex)
    try:
        made = Server(make_url("postgresql+psycopg://"), folder)
    except UsageError as error:
        pytest.fail(str(error), pytrace=False)
    yield made
    made.close()
    folder.close()
    # Another worker may remove it at this moment.
    wait_until(lambda: not folder.path.exists())


@pytest.fixture
def address(server: Server) -> URL:
    """Where it is, as one that is given."""
    return server.url("postgres")


@pytest.fixture
def begin(server: Server) -> Iterator[Begin]:
    """Make workers, each as the only one of its run."""
    with ExitStack() as ends:

        def new(
            fill: Fill | None = None,
            driver: str = "psycopg",
            url: URL | None = None,
            **engine_options: Any,
        ) -> Turns:
            name, is_awaited = DRIVERS[driver]
            folder = RunFolder.of(uuid.uuid4().hex)
            ends.callback(folder.close)
            where = (url or server.url("postgres")).set(drivername=name)
            text = where.render_as_string(hide_password=False)
            loop = asyncio.new_event_loop() if is_awaited else None
            if loop is not None:
                ends.callback(_ended, loop)
            schema = Schema.of(METADATA, fill)
            order = Order(lambda: schema, text, engine_options=engine_options)
            worker = Worker(order, folder, "main")
            ends.callback(worker.close)
            return Turns(worker, loop)

        yield new


def _ended(loop: asyncio.AbstractEventLoop) -> None:
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


@pytest.fixture(params=DRIVERS)
def turns(begin: Begin, request: pytest.FixtureRequest) -> Turns:
    """A worker of each driver in turn."""
    return begin(driver=request.param)


def runs(*statements: str) -> Fill:
    """What fills a template with what the statements do."""

    def fill(connection: Connection) -> None:
        for each in statements:
            connection.exec_driver_sql(each)

    return fill


def refusal(turns: Turns) -> str | None:
    """Why the last database was not emptied; None when it was."""
    store = turns.worker._store
    assert isinstance(store, PostgresStore)
    return store.refusal
