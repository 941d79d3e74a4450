"""A new database for each start of a command: a file, or one on the server that was named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billproof.database.folders import RunFolder
from billproof.database.template import sqlite_url

if TYPE_CHECKING:
    from billproof.database.postgres.server import Server
    from billproof.run.plan import RunPlan


class Databases:
    """Makes them, and removes those on a server again."""

    def __init__(self, plan: RunPlan) -> None:
        """Nothing is made, and no server asked, before the first `make`."""
        self._plan = plan
        self._server: Server | None = None
        self._folder: RunFolder | None = None
        self._made: list[str] = []

    def make(self, name: str) -> str:
        """The `DATABASE_URL` of an empty database; UsageError when the server cannot be used."""
        if self._plan.database_url is None:
            return sqlite_url(self._plan.scratch / f"{name}.sqlite")
        server = self._server or self._open(self._plan.database_url)
        database = server.name(name, str(self._plan.run_id))
        server.create(database)
        self._made.append(database)
        return (
            server.url(database).set(drivername="postgresql").render_as_string(hide_password=False)
        )

    def close(self) -> None:
        """Drop what was made, and let go of the server; one of our own ends with its last user."""
        if self._server and self._folder:
            for database in self._made:
                self._server.drop(database)
            self._server.close()
            self._folder.close()

    def _open(self, url: str) -> Server:
        # Only now: it needs a driver that not everybody has installed, and SQLAlchemy takes
        # longer to load than all else of a run.
        from sqlalchemy import make_url  # noqa: PLC0415 - says so

        from billproof.database.postgres import opening  # noqa: F401, PLC0415 - says so
        from billproof.database.postgres.server import Server  # noqa: PLC0415

        # One server for all processes of the run.
        self._folder = RunFolder.of(f"targets-{self._plan.run_id}")
        scheme, _, place = url.partition(":")
        driver = "postgresql" if scheme == "postgres" else scheme
        self._server = Server(make_url(f"{driver}+psycopg:{place}"), self._folder)
        return self._server
