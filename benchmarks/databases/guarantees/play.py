"""Tests in turn, with one way that is made for them alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from sqlalchemy import Connection, NullPool, create_engine, inspect
from sqlalchemy.exc import SQLAlchemyError

from benchmarks.databases.sites import Hand, Row, Site, SyncSite
from benchmarks.databases.ways.way import Way

NAMES = "SELECT name FROM things_0 ORDER BY id"
PATIENCE_SECONDS = 30
READ = """
import sys, sqlalchemy
with sqlalchemy.create_engine(sys.argv[1]).connect() as connection:
    for name in connection.scalars(sqlalchemy.text(sys.argv[2])):
        print(name)
"""
SYNC = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}


def add(name: str) -> str:
    """A statement that adds a thing."""
    return f"INSERT INTO things_0 (name) VALUES ('{name}')"  # noqa: S608 - names of ours


@dataclass
class Play:
    """One test after the other; each reads and writes as an app would."""

    way: Way

    def begin(self) -> None:
        """The next test."""
        self.site: Site = self.way.begin()

    def end(self) -> None:
        """Its end."""
        self.way.end()

    def commit(self, *statements: str) -> None:
        """What one transaction of the app does."""
        with self.hand() as one:
            for each in statements:
                one.run(each)
            one.commit()

    def rows(self, query: str = NAMES) -> Sequence[Row]:
        """What the app reads."""
        with self.hand() as one:
            found = one.run(query)
            one.rollback()
        return found

    def names(self) -> list[str]:
        """What the app reads of the things."""
        return [str(name) for (name,) in self.rows()]

    @contextmanager
    def hand(self) -> Iterator[Hand]:
        """A connection of the app for a while."""
        made = self.site.hand()
        try:
            yield made
        finally:
            # It may have been closed beneath it, with the database that it was to.
            with suppress(SQLAlchemyError):
                made.close()

    def schema(self) -> list[object]:
        """Tables, columns and indexes."""
        return self.site.work(_schema)

    @contextmanager
    def stranger(self) -> Iterator[Hand]:
        """A connection of somebody who knows the URL alone."""
        engine = create_engine(self._address(), poolclass=NullPool)
        made = SyncSite(lambda: self.site.url, engine).hand()
        try:
            yield made
        finally:
            with suppress(SQLAlchemyError):
                made.close()

    def seen_elsewhere(self) -> list[str]:
        """The names that a new process reads."""
        words = (sys.executable, "-c", READ, self._address(), NAMES)
        done = subprocess.run(
            words, capture_output=True, text=True, check=True, timeout=PATIENCE_SECONDS
        )
        return done.stdout.split()

    def _address(self) -> str:
        """The URL, with a driver that needs no event loop."""
        url = self.site.url
        url = url.set(drivername=SYNC[url.get_backend_name()])
        return url.render_as_string(hide_password=False)


def _schema(connection: Connection) -> list[object]:
    found = inspect(connection)
    return [
        (name, [each["name"] for each in found.get_columns(name)], found.get_indexes(name))
        for name in sorted(found.get_table_names())
    ]
