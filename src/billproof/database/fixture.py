"""`databases(…)`: three lines in a conftest.py give each test a database of its own."""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

from billproof.database.database import Database
from billproof.database.pytest_plugin import FAILED, LENT
from billproof.database.schema import Fill, Schema, Source
from billproof.database.worker import Order, Worker
from billproof.database.workers import workers
from billproof.errors import CannotTest, UsageError

if TYPE_CHECKING:
    from billproof.database.places import Place

CALLED: Counter[str] = Counter()
LEFT_OPEN = (
    "It was not given back when the test ended, so its database could not be used again. "
    "Close it: `with engine.connect() as connection:`, `with database.session() as session:`."
)


def databases(
    source: Source,
    *,
    url: str = "sqlite://",
    seed: Fill | None = None,
    app: Callable[[Database], Any] | None = None,
    engine_options: Mapping[str, Any] | None = None,
) -> Callable[..., Iterator[Database]]:
    """Make a fixture that is a new database for each test; in a conftest.py, give it a name.

    `source` is a declarative base or its metadata, the path of an Alembic folder or of an
    alembic.ini, or a function that takes a connection and makes the tables. `url` names the driver,
    and for PostgreSQL a server; `postgresql+psycopg://` without a host starts a private one. `seed`
    fills the template with rows that each test starts with. `app` makes an ASGI application of a
    `Database`; it is served at `database.live_url`. `engine_options` go to `create_engine`.

    Whatever cannot work is a UsageError in the set-up of the first test, with what to do.
    """
    order = Order(lambda: Schema.of(source, seed), url, _key(), app, dict(engine_options or {}))

    @pytest.fixture
    def database(request: pytest.FixtureRequest) -> Iterator[Database]:
        """A database that no other test has."""
        worker, made = _begun(request.config, order)
        request.node.stash[LENT] = worker
        yield made
        leaks = _ended(worker)
        # A failed test's traceback holds on to what the test has opened.
        if leaks and not request.node.stash.get(FAILED, False):
            pytest.fail(_told(leaks), pytrace=False)

    return database


def _key() -> str:
    """What names the caller's line, and how often it came by, in every process of a run."""
    frame = sys._getframe(2)  # noqa: SLF001 - inspect.stack reads every file
    line = f"{frame.f_code.co_filename}:{frame.f_lineno}"
    CALLED[line] += 1
    return hashlib.sha256(f"{line} {CALLED[line]}".encode()).hexdigest()[:8]


def _begun(config: pytest.Config, order: Order) -> tuple[Worker, Database]:
    try:
        worker = workers(config).of(order)
        return worker, worker.begin()
    except UsageError as error:
        pytest.fail(str(error), pytrace=False)


def _ended(worker: Worker) -> list[Place]:
    try:
        return worker.end()
    except CannotTest as error:
        pytest.fail(str(error), pytrace=False)


def _told(leaks: list[Place]) -> str:
    lines = "\n".join(f"  a connection taken at {leak}" for leak in leaks)
    return f"The test left a connection open:\n{lines}\n{LEFT_OPEN}"
