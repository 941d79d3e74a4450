"""What a test gets: a database that nobody else has, and ways to use it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from sqlalchemy import URL, Engine
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import Session

from billproof.database.engines import Engines
from billproof.database.lifespan import App


class Database:
    """One test's database. It is as its template is; what is committed is really committed."""

    def __init__(
        self,
        url: URL,
        engines: Engines,
        reveal: Callable[[], None],
        app: Callable[[Database], App],
        serve: Callable[[URL], str],
    ) -> None:
        self._url = url
        self._engines = engines
        self._reveal = reveal
        self._app, self._serve = app, serve

    @property
    def url(self) -> URL:
        """Where it is, for other processes and other drivers too.

        On PostgreSQL the next test may have the same one, emptied. On SQLite it has another, and
        a test that never asks for the URL is the quicker for it.
        """
        self._reveal()
        return self._url

    @property
    def engine(self) -> Engine:
        """A sync engine; UsageError for sqlite+aiosqlite and postgresql+asyncpg."""
        return self._engines.sync

    @property
    def async_engine(self) -> AsyncEngine:
        """An async engine; UsageError for a driver that is sync only."""
        return self._engines.asynchronous

    def session(self, **options: Any) -> Session:
        """A session of the ORM, to be used in a `with`; `options` are those of `Session`."""
        return Session(self.engine, **options)

    def async_session(self, **options: Any) -> AsyncSession:
        """The same, awaited; what is loaded stays loaded after a commit."""
        return AsyncSession(self.async_engine, **{"expire_on_commit": False, **options})

    @cached_property
    def app(self) -> App:
        """The application on this database, to be called in the test's own event loop.

        Its lifespan has not run. UsageError when `databases()` was given no app.
        """
        return self._app(self)

    @cached_property
    def live_url(self) -> str:
        """The origin of a real server of the application on this database, over HTTP.

        One server serves all tests of a worker; its app is another for each, with engines of its
        own, after its startup and before its shutdown. UsageError when there is no app.
        """
        return self._serve(self._url)
