"""A private PostgreSQL that all processes of a run share, started by the first of them."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from billproof.database.folders import RunFolder
from billproof.database.postgres.binaries import find_binaries
from billproof.database.postgres.postmaster import STOP_SECONDS
from billproof.database.postgres.supervisor import HOLDERS, KEEP, READY
from billproof.errors import UsageError

POINTER, LOCK = "cluster.json", "cluster.lock"


class Hold:
    """This process's hold on the run's cluster; it goes with the last that lets go."""

    def __init__(self, folder: RunFolder) -> None:
        with locked(folder.path / LOCK):
            pointer = folder.path / POINTER
            found = _held(json.loads(pointer.read_text())) if pointer.exists() else None
            if found is None:
                told, starter = _started(folder.path)
                pointer.write_text(json.dumps(told))
                found = _held(told)
                starter.close()
        if found is None:
            raise UsageError(
                "The PostgreSQL of this run ended as it began.",
                "Look for what ends processes here, or name a server: a URL with its host.",
            )
        self._connection, self.sockets, self._process = found

    @property
    def removal(self) -> str:
        """How a person ends a cluster that is kept."""
        return f"End its PostgreSQL, and remove it, with `kill {self._process}`."

    def keep(self) -> None:
        """Leave it up for people when all have let go."""
        self._connection.send(KEEP)

    def close(self) -> None:
        """Let go; when we were the last, it is gone when this returns."""
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)
            self._connection.settimeout(2 * STOP_SECONDS)
            while self._connection.recv(100):
                pass
        self._connection.close()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One process of the run after the other; the system unlocks for one that dies."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _held(told: dict[str, Any]) -> tuple[socket.socket, Path, int] | None:
    """A connection to the supervisor; None when it is gone, or about to go."""
    sockets = Path(told["sockets"])
    connection = socket.socket(socket.AF_UNIX)
    with suppress(OSError):
        connection.connect(str(sockets / HOLDERS))
        connection.settimeout(2 * STOP_SECONDS)
        if connection.recv(1) == READY:
            return connection, sockets, int(told["process"])
    connection.close()
    return None


def _started(folder: Path) -> tuple[dict[str, Any], Any]:
    """What a new supervisor tells, and the pipe by which we hold it for the moment."""
    program = (sys.executable, "-m", "billproof.database.postgres.supervisor")
    process = subprocess.Popen(
        (*program, str(folder), str(find_binaries())),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "PYTHONSAFEPATH": "1", "PYTHONPATH": _path()},
    )
    assert process.stdin is not None  # noqa: S101 - pipes were asked for
    assert process.stdout is not None  # noqa: S101 - pipes were asked for
    process.wait()
    with process.stdout as answer:
        told = json.loads(answer.readline() or "{}")
    if "sockets" not in told:
        process.stdin.close()
        raise UsageError(
            f"A PostgreSQL of our own did not start: {told.get('error', 'no reason given')}",
            "See to that, or name a server: a URL with its host.",
        )
    return told, process.stdin


def _path() -> str:
    """Where this process finds its modules, ours among them."""
    return os.pathsep.join(filter(None, sys.path))
