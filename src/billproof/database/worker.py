"""What one process of a test run keeps from test to test: its store and its engines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from billproof.database.database import Database
from billproof.database.engines import Engines
from billproof.database.folders import RunFolder
from billproof.database.lifespan import App
from billproof.database.places import Place
from billproof.database.schema import Schema
from billproof.database.sqlite import SqliteStore
from billproof.database.store import Kept, Store
from billproof.errors import CannotTest, UsageError

if TYPE_CHECKING:
    from billproof.database.live import LiveServer


@dataclass(frozen=True, eq=False)
class Order:
    """What a project asks for in its conftest.py."""

    schema: Callable[[], Schema]
    url: str
    key: str = "0"
    """What names it in every process of the run."""
    app: Callable[[Database], App] | None = None
    engine_options: Mapping[str, Any] = field(default_factory=dict)


class Worker:
    """One process's databases for one order; made when the first test asks for one."""

    def __init__(self, order: Order, folder: RunFolder, name: str) -> None:
        self._order = order
        url = _url(order.url)
        self._store = _store(url, order, folder, name)
        self._engines = Engines(url, order.engine_options, self._store)
        self._served = Engines(url, order.engine_options, self._store)
        """The served app's own: its connections belong to the event loop of its server."""
        self._server: LiveServer | None = None
        self._is_begun = False

    def begin(self) -> Database:
        """A database for the next test, and all engines pointed at it."""
        if not self._store.is_renewed():
            self._drop()
        url = self._engines.url = self._served.url = self._store.begin()
        self._is_begun = True
        return Database(url, self._engines, self._store.reveal, self._app, self._serve)

    def _app(self, database: Database) -> App:
        if self._order.app is None:
            raise UsageError(
                "databases() was given no app.",
                "Give it one: databases(Base, app=lambda database: create_app(database.engine)).",
            )
        return self._order.app(database)

    def _serve(self, url: URL) -> str:
        served = Database(url, self._served, self._store.reveal, self._app, self._serve)
        app = self._app(served)
        # Who serves nothing needs no server.
        from billproof.database.live import LiveServer  # noqa: PLC0415 - see above

        self._server = self._server or LiveServer()
        self._server.show(app)
        return self._server.url

    def end(self) -> list[Place]:
        """Let go of the database; where connections were taken that were not given back.

        CannotTest when a request to the served app did not end; it has then been broken off.
        """
        if not self._is_begun:
            return []
        self._is_begun = False
        try:
            leaks = self._leaks()
        except CannotTest:
            self._drop()
            raise
        if not leaks and self._store.renew():
            for each in (self._engines, self._served):
                each.pass_on()
        else:
            self._drop()
        return leaks

    def _drop(self) -> None:
        self._let_go()
        self._store.end()

    def keep(self, name: str) -> Kept:
        """Leave the database for a person to look at, in place of `end`."""
        self._is_begun = False
        with suppress(CannotTest):
            self._leaks()
        self._let_go()
        return self._store.keep(name)

    def _leaks(self) -> list[Place]:
        if self._server is not None:
            self._server.clear()
        return [leak for each in (self._engines, self._served) for leak in each.leaks()]

    def _let_go(self) -> None:
        for each in (self._engines, self._served):
            each.let_go()

    def close(self) -> None:
        """Remove everything but what was kept."""
        with suppress(CannotTest):
            self.end()
        self._let_go()
        if self._server is not None:
            self._server.close()
        self._store.close()


def _url(text: str) -> URL:
    try:
        url = make_url(text)
        url.get_dialect()
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise UsageError(
            f"{text!r} names no database that SQLAlchemy can use here: {error}",
            "Write sqlite://, sqlite+aiosqlite://, postgresql+psycopg:// or "
            "postgresql+asyncpg://, and install the driver.",
        ) from error
    return url


def _store(url: URL, order: Order, folder: RunFolder, name: str) -> Store:
    if url.get_backend_name() == "sqlite":
        return SqliteStore(url, order.schema(), folder, f"{name}-{order.key}")
    if url.get_backend_name() == "postgresql":
        # Who tests on SQLite needs no driver for PostgreSQL.
        from billproof.database.postgres import postgres_store  # noqa: PLC0415 - see above

        return postgres_store(url, order.schema(), folder, name, order.key)
    raise UsageError(
        f"{url.drivername} is not isolated here.",
        "SQLite and PostgreSQL are: sqlite://, sqlite+aiosqlite://, postgresql+psycopg://, "
        "postgresql+asyncpg://.",
    )
