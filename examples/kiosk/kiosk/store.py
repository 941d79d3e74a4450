"""What is kept, in one SQLite file that several processes may write to."""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.problems import unavailable

SCHEMA = """
CREATE TABLE IF NOT EXISTS customers (id TEXT PRIMARY KEY, user INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS users (
    id INTEGER PRIMARY KEY, customer TEXT, session TEXT, session_plan TEXT);
-- A call to Stripe that makes something is written down before it is made. Until its answer
-- is known it is repeated with the same number, under which Stripe does it once.
CREATE TABLE IF NOT EXISTS orders (
    user INTEGER, path TEXT, number INTEGER NOT NULL, form TEXT, PRIMARY KEY (user, path));
CREATE TABLE IF NOT EXISTS keys (
    user INTEGER, key TEXT, plan TEXT NOT NULL, PRIMARY KEY (user, key));
CREATE TABLE IF NOT EXISTS subscriptions (
    id TEXT PRIMARY KEY, customer TEXT NOT NULL, user INTEGER NOT NULL, document TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS subscriptions_of_user ON subscriptions (user);
CREATE TABLE IF NOT EXISTS inbox (
    event TEXT PRIMARY KEY, customer TEXT, due REAL, done INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS inbox_to_do ON inbox (due) WHERE done = 0;
"""
BUSY_SECONDS = 5.0
LOCK_SECONDS, LOOK_SECONDS = 5.0, 0.005


class Store:
    """The file, and locks beside it that end with the process that holds them."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self._locks = Path(f"{path}.locks")

    def migrate(self) -> None:
        """Make what is missing; of several processes one at a time."""
        self._locks.mkdir(parents=True, exist_ok=True)
        with self.locked("migration"), self._connected("rwc") as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.executescript(SCHEMA)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one state of the file."""
        with self._connected("rw") as connection:
            connection.execute("BEGIN")
            yield connection
            connection.execute("COMMIT")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction; what goes wrong inside undoes it."""
        with self._connected("rw") as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")

    @contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """Alone among all threads and processes with this name; 503 when it takes too long."""
        digest = hashlib.sha256(name.encode()).hexdigest()
        until = time.monotonic() + LOCK_SECONDS
        file = os.open(self._locks / digest, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            while not _taken(file):
                if time.monotonic() > until:
                    raise unavailable()
                time.sleep(LOOK_SECONDS)
            yield
        finally:
            os.close(file)

    @contextmanager
    def _connected(self, mode: str) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(
            f"{self._path.as_uri()}?mode={mode}",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
        )
        connection.row_factory = sqlite3.Row
        try:
            yield connection
        finally:
            connection.close()  # which undoes a transaction that was not committed


def _taken(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
