"""Which given servers a run has databases on, written down for whoever finds it dead.

A server of our own goes with its run. A given one stays, and a worker that was killed has dropped
nothing there: xdist kills those that take longer than ten seconds to end.
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from pathlib import Path

from sqlalchemy import URL, make_url

from billproof.database.folders import RunFolder
from billproof.database.postgres.server import Server
from billproof.errors import UsageError


class Note:
    """A process's note of a server, in its run's folder; gone when it has ended as it should."""

    def __init__(self, folder: RunFolder, name: str, url: URL) -> None:
        self._path = folder.path / f"{name}.server"
        # For this user alone: a password may be in it.
        self._path.touch(0o600)
        self._path.write_text(url.render_as_string(hide_password=False))

    def remove(self) -> None:
        """All is dropped."""
        self._path.unlink(missing_ok=True)


def drop_noted(path: Path) -> None:
    """Drop what dead runs have left on the server of a note; a server that is gone has nothing."""
    folder = RunFolder.of(uuid.uuid4().hex)
    # To connect there and to leave again is to drop it.
    with suppress(UsageError):
        Server(make_url(path.read_text()), folder).close()
    folder.close()
