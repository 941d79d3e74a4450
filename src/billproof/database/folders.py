"""Folders that do not outlive their run, however it ends.

Every process of a run holds a shared lock on the run's folder; the system lets go of it when the
process is gone, killed or not. Whoever comes later removes the folders that nobody holds.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

PREFIX = "billproof-databases"
MEMORY = Path("/dev/shm")  # noqa: S108 - files in memory: nothing waits for a disk
FREE_BYTES = 256 << 20
"""What has to be free there; else the usual temporary folder serves."""
LOCK = "lock"
PATIENCE_SECONDS = 5.0
"""For processes that are about to end."""


class RunFolder:
    """One run's folder, shared by its processes, held by this one until `close`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = self._hold()

    @classmethod
    def of(cls, run: str) -> RunFolder:
        """The folder of a run, by the name that all its processes know."""
        return cls(cls.at(run))

    @staticmethod
    def at(run: str) -> Path:
        """Where that is."""
        return root() / f"{PREFIX}-{os.getuid()}-{run}"

    def _hold(self) -> int:
        while True:
            self.path.mkdir(mode=0o755, exist_ok=True)
            try:
                lock = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
            except FileNotFoundError:
                continue  # somebody removes it just now
            fcntl.flock(lock, fcntl.LOCK_SH)
            # Who came first may have removed it between the two lines above.
            if _is_there(self.path / LOCK, lock):
                return lock
            os.close(lock)

    def made(self, name: str) -> Path:
        """An empty folder in it."""
        folder = self.path / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder

    def close(self) -> None:
        """Let go of it; it goes with the last that does."""
        os.close(self._lock)
        sweep(self.path.parent)


def sweep(root: Path, before: Callable[[Path], None] = lambda _: None) -> None:
    """Remove the folders there of this user's runs of which nobody is left.

    `before` has each of them first.
    """
    for folder in root.glob(f"{PREFIX}-{os.getuid()}-*"):
        try:
            lock = os.open(folder / LOCK, os.O_RDWR)
        except FileNotFoundError:
            continue  # somebody makes or removes it just now
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            before(folder)
            shutil.rmtree(folder, ignore_errors=True)
        except BlockingIOError:
            pass
        finally:
            os.close(lock)


def await_end(run: str) -> None:
    """Wait until a run's processes are gone, as those are in a moment that were killed."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and _is_held(RunFolder.at(run) / LOCK):
        time.sleep(0.01)


def _is_held(path: Path) -> bool:
    try:
        lock = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(lock)


def kept_folder() -> Path:
    """A new folder for a database that is to be looked at; nobody removes it but its reader."""
    return Path(tempfile.mkdtemp(prefix="billproof-kept-"))


def root() -> Path:
    """In memory where there is room, unless somebody has said where temporary files go."""
    usual = Path(tempfile.gettempdir())
    if "TMPDIR" in os.environ:
        return usual
    try:
        known = os.statvfs(MEMORY)
    except OSError:
        return usual
    roomy = known.f_bavail * known.f_frsize > FREE_BYTES
    return MEMORY if roomy and os.access(MEMORY, os.W_OK) else usual


def _is_there(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
