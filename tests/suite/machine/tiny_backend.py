"""A backend of a few lines, to try the machine on: it counts rows and can end or hang.

`TINY` in the environment says what is odd about it: `dies` at the first request of a
user, `hangs` on those requests.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import sqlite3
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from starlette.requests import Request


class ConfigurationError(Exception):
    """A variable of the environment is missing or blank."""


class Rows:
    """A table that grows by one row at a time."""

    def __init__(self, url: str) -> None:
        self._path = url.removeprefix("sqlite:")

    def create(self) -> None:
        """Make the table as a migration would, in write-ahead mode; workers one by one.

        SQLite waits for every lock but the one of the change to that mode.
        """
        with (
            Path(f"{self._path}.alone").open("w", encoding="utf-8") as alone,
            closing(sqlite3.connect(self._path)) as connection,
            connection,
        ):
            fcntl.flock(alone, fcntl.LOCK_EX)
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("CREATE TABLE IF NOT EXISTS rows (x)")

    def grow(self) -> int:
        """Add a row; the count after it."""
        with closing(sqlite3.connect(self._path)) as connection, connection:
            connection.execute("INSERT INTO rows VALUES (1)")
            return int(connection.execute("SELECT count(*) FROM rows").fetchone()[0])


async def ready(_request: Request) -> JSONResponse:
    """GET /readyz."""
    return JSONResponse({"status": "ok"})


async def plans(_request: Request) -> JSONResponse:
    """GET plans: the sign by which the preflight knows the API."""
    return JSONResponse({"plans": []})


async def rows(request: Request) -> JSONResponse:
    """POST /rows: one more."""
    return JSONResponse({"rows": request.app.state.rows.grow()})


def leave_word() -> None:
    """Let the test know that somebody asked."""
    Path("asked").touch()


async def subscription(request: Request) -> JSONResponse:
    """GET subscription: where the odd ones are odd."""
    oddity = request.app.state.oddity
    if oddity == "dies":
        print("tiny backend: good bye", flush=True)  # noqa: T201 - what it leaves in its log
        os._exit(7)
    if oddity == "hangs":
        leave_word()
        await asyncio.Event().wait()
    return JSONResponse({})


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncGenerator[None]:
    """Migrate, and leave a row for each start."""
    app.state.rows.create()
    app.state.rows.grow()
    yield


def create_app(environ: Mapping[str, str]) -> Starlette:
    """The app; a configuration error names its variable."""
    if not environ.get("TELEGRAM_BOT_TOKEN"):
        raise ConfigurationError("TELEGRAM_BOT_TOKEN is not set")
    routes = [
        Route("/readyz", ready),
        Route("/rows", rows, methods=["POST"]),
        Route("/api/v1/billing/plans", plans),
        Route("/api/v1/billing/subscription", subscription),
    ]
    app = Starlette(routes=routes, lifespan=lifespan)
    app.state.rows = Rows(environ["DATABASE_URL"])
    app.state.oddity = os.environ.get("TINY")
    return app


if __name__ == "__main__":
    port = int(os.environ["PORT"])
    print(f"tiny backend: serving on {port}", flush=True)  # noqa: T201 - what it leaves in its log
    uvicorn.run(create_app(os.environ), port=port, log_level="warning")
