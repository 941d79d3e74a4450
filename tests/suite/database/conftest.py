"""Workers of each driver, a server for those of PostgreSQL, and a foreign project."""

from __future__ import annotations

import asyncio
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from sqlalchemy import URL, make_url

from billproof.database import Database
from billproof.database.folders import RunFolder
from billproof.database.postgres.server import Server
from billproof.database.schema import Fill, Schema
from billproof.database.worker import Order, Worker
from billproof.errors import UsageError
from tests.suite.database.drivers import DRIVERS, ON_SQLITE
from tests.suite.database.grounds import GROUNDS, Ground
from tests.suite.database.project import Project, new_project
from tests.suite.database.turns import METADATA, Turns
from tests.suite.database.waiting import wait_until

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
    _let_go(folder)


@pytest.fixture
def begin(request: pytest.FixtureRequest) -> Iterator[Begin]:
    """Make workers of a driver, each as the only one of its run."""
    with ExitStack() as ends:

        def new(
            driver: str,
            fill: Fill | None = None,
            url: URL | None = None,
            app: Callable[[Database], Any] | None = None,
            **engine_options: Any,
        ) -> Turns:
            folder = RunFolder.of(uuid.uuid4().hex)
            ends.callback(_let_go, folder)
            loop = asyncio.new_event_loop() if DRIVERS[driver].is_awaited else None
            if loop is not None:
                ends.callback(_end, loop)
            where = (url or _url(request, driver)).set(drivername=DRIVERS[driver].name)
            text = where.render_as_string(hide_password=False)
            schema = Schema.of(METADATA, fill)
            order = Order(lambda: schema, text, app=app, engine_options=engine_options)
            worker = Worker(order, folder, "main")
            ends.callback(worker.close)
            return Turns(worker, DRIVERS[driver].words, loop)

        yield new


def _url(request: pytest.FixtureRequest, driver: str) -> URL:
    """Where there is a place for its databases; who tries SQLite alone starts no server."""
    if driver in ON_SQLITE:
        return make_url("sqlite://")
    server: Server = request.getfixturevalue("server")
    return server.url("postgres")


def _end(loop: asyncio.AbstractEventLoop) -> None:
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


def _let_go(folder: RunFolder) -> None:
    folder.close()
    # Another worker may remove it at this moment.
    wait_until(lambda: not folder.path.exists())


@pytest.fixture(params=DRIVERS)
def turns(begin: Begin, request: pytest.FixtureRequest) -> Turns:
    """A worker of each driver in turn."""
    return begin(request.param)


@pytest.fixture
def project() -> Iterator[Project]:
    """A foreign project."""
    made = new_project()
    yield made
    shutil.rmtree(made.folder.parent)


@pytest.fixture(params=GROUNDS)
def ground(request: pytest.FixtureRequest, project: Project) -> Ground:
    """A foreign project on each ground in turn."""
    url = make_url(GROUNDS[request.param])
    if not request.param.endswith("given"):
        return Ground.of(project, None, url)
    server: Server = request.getfixturevalue("server")
    return Ground.of(project, server, server.url("postgres").set(drivername=url.drivername))
