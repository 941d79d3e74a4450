"""The file: what a call has changed is in it before the call is answered.

A process that is killed loses nothing that it has answered (SQLite's write-ahead log).
The log of calls is no state: it ends with the process.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from billproof.errors import UsageError
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.idempotency import IdempotencyKeys
from billproof.sandbox.state.ledger import Ledger, Texts
from billproof.sandbox.webhooks.attempts import Deliveries

FORMAT = 2
MAGIC = b"SQLite format 3\0"
OTHER_FILE = "Name another file with --state, or remove this one."
TABLES = """
create table account (key text primary key, rest text not null) without rowid;
create table object (
  account text, kind text, id text, number integer, body text not null,
  primary key (account, kind, id)) without rowid;
create table life (account text, owner text, body text not null, primary key (account, owner))
  without rowid;
create table attempt (number integer primary key, account text not null, body text not null);
create table fault (
  number integer primary key, account text not null, id text not null, body text not null,
  unique (account, id));
create table answer (
  account text, key text, fingerprint text, status integer, text blob, request text,
  primary key (account, key)) without rowid;
"""


class Keeper:
    """One state file, which nobody else has open. UsageError when it cannot be had."""

    def __init__(self, path: Path) -> None:
        self._path = path
        _leave_foreign_alone(path)
        try:
            self._file = sqlite3.connect(path, isolation_level=None, timeout=0.2)
            self._file.execute("pragma locking_mode = exclusive")
            self._file.execute("pragma journal_mode = wal")
            self._prepare()
        except sqlite3.Error as error:
            raise _unusable(path, error) from error

    def _prepare(self) -> None:
        found = self._file.execute("pragma user_version").fetchone()[0]
        if found == 0 and not self._file.execute("select * from sqlite_master").fetchone():
            self._file.executescript(f"{TABLES} pragma user_version = {FORMAT};")
        elif found != FORMAT:
            raise UsageError(
                f"{self._path} is no state file of this version of the sandbox.",
                OTHER_FILE,
            )
        # Takes the lock, which another process may hold.
        self._file.execute("begin immediate")
        self._file.execute("commit")

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def keys(self) -> list[str]:
        """The secret keys of all accounts in the file."""
        with self.reading():
            return [key for (key,) in self._file.execute("select key from account")]

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Say of what cannot be read that the file is to blame."""
        try:
            yield
        except Exception as error:
            raise UsageError(
                f"The state file {self._path} holds what no sandbox wrote: {_reason(error)}.",
                OTHER_FILE,
            ) from error

    def ledger(
        self, account: Account, deliveries: Deliveries, keys: IdempotencyKeys, faults: Texts
    ) -> Ledger:
        """The part of the file that one account has."""
        return Ledger(self._file, account, deliveries, keys, faults)


def _leave_foreign_alone(path: Path) -> None:
    """Refuse what is no database, however short: SQLite would write over it."""
    try:
        if not path.is_file():
            return
        with path.open("rb") as file:
            begins = file.read(len(MAGIC))
    except (OSError, ValueError):
        return  # which SQLite says better
    if begins not in {b"", MAGIC}:
        raise UsageError(f"{path} is no state file of a sandbox.", OTHER_FILE)


def _reason(error: BaseException) -> str:
    """What is at the bottom of an error, in one line."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}".splitlines()[0][:200]


def _unusable(path: Path, error: sqlite3.Error) -> UsageError:
    if "locked" in str(error):
        said = f"The state file {path} is in use by another sandbox."
        return UsageError(said, "Stop that one, or name another file with --state.")
    said = f"The state file {path} cannot be used: {error}."
    return UsageError(said, "Name a file in a folder that can be written to.")
