"""SQLite: a file that an app which we host has migrated itself, sealed, and copied for each trial.

The app may COMMIT for real and open as many connections as it likes. Who tests an app of his own
has `billproof.database.sqlite`, which sets a file back beneath the connections (docs/decisions, 9).
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SIDECARS = ("-wal", "-shm", "-journal")


def sqlite_url(path: Path) -> str:
    """The `DATABASE_URL` of contracts/environment.yaml for this file."""
    return f"sqlite:{path.absolute()}"


def remove(path: Path) -> None:
    """Delete a database file and what SQLite keeps beside it; missing files are fine."""
    path.unlink(missing_ok=True)
    for suffix in SIDECARS:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


@dataclass(frozen=True)
class Template:
    """A migrated database that nobody writes to any more."""

    path: Path

    @classmethod
    def seal(cls, path: Path) -> Template:
        """Fold the write-ahead log into the file and make it read-only.

        No process may hold it open. A backend that made no file (it has a store of
        its own) gives a template of nothing, whose copies are nothing too.
        """
        if path.exists():
            with closing(sqlite3.connect(path)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            path.chmod(0o444)
        return cls(path)

    def copy_to(self, path: Path) -> None:
        """Put a writable copy at `path`."""
        if self.path.exists():
            shutil.copyfile(self.path, path)
