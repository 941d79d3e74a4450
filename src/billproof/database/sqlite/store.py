"""SQLite: a file that is made once, sealed, and written anew for each test.

Of all ways that let an app COMMIT for real, use several connections and several processes, this
is the quickest: a new file under a new name. Who still holds the old one writes to nowhere. Half
of its time goes into connecting anew, so the file and the connections stay for the next test where
nobody can have come to know of it: its path was not asked for, no process was forked, and our
connections have read and written nothing but rows.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, create_engine

from billproof.database.folders import RunFolder, kept_folder
from billproof.database.schema import Schema
from billproof.database.sqlite.file import DatabaseFile
from billproof.database.sqlite.watch import SqliteSessions
from billproof.database.store import Kept
from billproof.database.template import Template
from billproof.errors import UsageError


class _Forks:
    """How often this process has forked: a child has our connections, and what they know."""

    number = 0

    @classmethod
    def note(cls) -> None:
        cls.number += 1


os.register_at_fork(after_in_parent=_Forks.note)


class SqliteStore:
    """One worker's SQLite files."""

    def __init__(self, url: URL, schema: Schema, folder: RunFolder, worker: str) -> None:
        self.sessions = SqliteSessions()
        self._url = url
        self._folder = folder.made(worker)
        self._number = 0
        self._template = self._folder / "template.sqlite"
        _make(schema, self._at(self._template))
        Template.seal(self._template)
        self._image = self._template.read_bytes()
        self._sealed = _look(self._template)
        self._lent: DatabaseFile | None = None
        self._lent_at = self._url
        self._is_known = False
        self._forks = _Forks.number

    def begin(self) -> URL:
        """A new file, or what was set back; UsageError when the template is not what it was."""
        if _look(self._template) != self._sealed:
            raise UsageError(
                f"The template {self._template} was changed after it had been sealed.",
                "Something writes to it by its path: use `database.url`, which every test has "
                "of its own, and fill the template with `seed=`.",
            )
        if self._lent is None:
            self._number += 1
            self._lent = DatabaseFile(self._folder / f"{self._number}.sqlite", self._image)
            self._lent_at = self._at(self._lent.path)
        self._is_known = False
        self._forks = _Forks.number
        self.sessions.is_clean = True
        return self._lent_at

    def reveal(self) -> None:
        """Its path is known: who has it may write as late as he likes, so it serves once."""
        self._is_known = True

    def renew(self) -> bool:
        """Set it back beneath our connections; False when more than they can know of it."""
        is_ours = self.sessions.is_clean and not self._is_known and self._forks == _Forks.number
        return is_ours and self._lent is not None and self._lent.reset()

    def is_renewed(self) -> bool:
        """It is, where `renew` could do it."""
        return True

    def end(self) -> None:
        """Remove the file; whoever has it open still writes to it, unseen."""
        if self._lent is not None:
            self._lent.remove()
            self._lent = None

    def keep(self, name: str) -> Kept:
        """Copy it, with what lies beside it in a log, to where nobody removes it."""
        assert self._lent is not None  # noqa: S101 - a test has it
        kept = kept_folder() / f"{name}.sqlite"
        with (
            closing(sqlite3.connect(self._lent.path)) as made,
            closing(sqlite3.connect(kept)) as copy,
        ):
            made.backup(copy)
        self.end()
        return Kept(self._at(kept), f"Remove it with `rm -r {kept.parent}`.")

    def close(self) -> None:
        """Let go of the last; all that is left goes with the run's folder."""
        self.end()

    def _at(self, path: Path) -> URL:
        return self._url.set(database=str(path))


def _make(schema: Schema, url: URL) -> None:
    engine = create_engine(url.set(drivername="sqlite"))
    with engine.connect() as connection:
        schema.make(connection, url)
    engine.dispose()


def _look(path: Path) -> tuple[int, int, int] | None:
    """What changes when somebody writes to a file; None when it is gone."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
