"""SQLite: a file that is made once, sealed, and written anew for each test.

Of all ways that let an app COMMIT for real, use several connections and several processes, this
is the quickest: a new file under a new name. Who still holds the old one writes to nowhere.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, create_engine

from billproof.database.folders import RunFolder, kept_folder
from billproof.database.schema import Schema
from billproof.database.store import Kept, Sessions
from billproof.database.template import Template, remove
from billproof.errors import UsageError


class SqliteStore:
    """One worker's SQLite files."""

    sessions = Sessions()

    def __init__(self, url: URL, schema: Schema, folder: RunFolder, worker: str) -> None:
        self._url = url
        self._folder = folder.made(worker)
        self._number = 0
        self._path = self._template = self._folder / "template.sqlite"
        _make(schema, self._at(self._template))
        Template.seal(self._template)
        self._image = self._template.read_bytes()
        self._sealed = _look(self._template)

    def begin(self) -> URL:
        """A new file; UsageError when the template is no longer what it was."""
        if _look(self._template) != self._sealed:
            raise UsageError(
                f"The template {self._template} was changed after it had been sealed.",
                "Something writes to it by its path: use `database.url`, which every test has "
                "of its own, and fill the template with `seed=`.",
            )
        self._number += 1
        self._path = self._folder / f"{self._number}.sqlite"
        # By one write from memory: half the time of copying a file.
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb", buffering=0) as file:
            file.write(self._image)
        return self._at(self._path)

    def renew(self) -> bool:
        """Never: a new file costs less than to empty this one."""
        return False

    def end(self) -> None:
        """Remove the file; whoever has it open still writes to it, unseen."""
        remove(self._path)

    def keep(self, name: str) -> Kept:
        """Copy it, with what lies beside it in a log, to where nobody removes it."""
        kept = kept_folder() / f"{name}.sqlite"
        with closing(sqlite3.connect(self._path)) as made, closing(sqlite3.connect(kept)) as copy:
            made.backup(copy)
        self.end()
        return Kept(self._at(kept), f"Remove it with `rm -r {kept.parent}`.")

    def close(self) -> None:
        """Nothing: all that is left goes with the run's folder."""

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
