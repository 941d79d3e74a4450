"""One database file that is made from a template's bytes, and set back to them.

To set it back looks to SQLite like a transaction of somebody else that wrote every page: the file
change counter goes up, so that open connections read anew what they have in their caches
(https://www.sqlite.org/fileformat2.html#file_change_counter).
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from billproof.database.template import SIDECARS

HEADER_BYTES = 100
VERSIONS = slice(18, 20)
"""Of the file format for writing and for reading; both are 2 with a write-ahead log."""
ROLLBACK_JOURNAL = b"\x01\x01"
CHANGES = slice(24, 28)
"""The file change counter."""
SCHEMA_COOKIE = slice(40, 44)
VALID_FOR = slice(92, 96)
"""For which change counter the size in the header holds."""


class DatabaseFile:
    """A file that is there from now until `remove`."""

    def __init__(self, path: Path, image: bytes) -> None:
        self.path = path
        self._image = bytearray(image)
        # By one write from memory: half the time of copying a file.
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        os.write(self._descriptor, image)
        self._guard: sqlite3.Connection | None = None

    def reset(self) -> bool:
        """Set it back beneath idle connections; False when somebody reads, writes or locks it.

        False, too, when its schema was changed or it has a write-ahead log.
        """
        if not self._locked():
            return False
        try:
            header = os.pread(self._descriptor, HEADER_BYTES, 0)
            if not self._is_like(header):
                return False
            counter = int.from_bytes(header[CHANGES], "big") + 1 & 0xFFFFFFFF
            self._image[CHANGES] = self._image[VALID_FOR] = counter.to_bytes(4, "big")
            os.pwrite(self._descriptor, self._image, 0)
            os.ftruncate(self._descriptor, len(self._image))
        finally:
            self._unlock()
        return True

    def _is_like(self, header: bytes) -> bool:
        image = self._image
        return (
            len(header) == HEADER_BYTES
            and header[VERSIONS] == image[VERSIONS] == ROLLBACK_JOURNAL
            and header[SCHEMA_COOKIE] == image[SCHEMA_COOKIE]
        )

    def _locked(self) -> bool:
        """By SQLite's own protocol: it knows the other connections of this process, too."""
        if self._guard is None:
            self._guard = sqlite3.connect(
                self.path, timeout=0, isolation_level=None, check_same_thread=False
            )
        try:
            self._guard.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            return False
        return True

    def _unlock(self) -> None:
        assert self._guard is not None  # noqa: S101 - it holds the lock
        self._guard.execute("ROLLBACK")

    def remove(self) -> None:
        """Unlink it; whoever has it open still writes to it, unseen."""
        if self._guard is not None:
            self._guard.close()
        # Not before: to close any descriptor of a file gives up the process's locks on it.
        os.close(self._descriptor)
        self.path.unlink(missing_ok=True)
        for suffix in SIDECARS:
            with suppress(FileNotFoundError):
                os.unlink(f"{self.path}{suffix}")  # noqa: PTH108 - a Path costs more than this
