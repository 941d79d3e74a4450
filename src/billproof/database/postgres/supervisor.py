"""A process that keeps a run's PostgreSQL up while anybody holds it, and then removes it all.

`python -m billproof.database.postgres.supervisor RUN_FOLDER BINARIES` detaches itself, and writes
one line of JSON: the folder of its sockets and its own process, or what went wrong. Who connects
to the socket `holders` there holds the cluster, until that connection ends, in whatever way; who
writes `KEEP` to it wants it kept for people to look at, until SIGTERM. Standard input holds it too.
"""

from __future__ import annotations

import json
import os
import secrets
import selectors
import signal
import socket
import sys
import tempfile
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NoReturn

from billproof.database.folders import MEMORY, PREFIX, RunFolder
from billproof.database.postgres.postmaster import Postmaster, StartError, unprivileged

HOLDERS = "holders"
READY, KEEP = b"+", b"k"
LONGEST_PATH = 107
"""Of a socket: what the system takes, without the zero at its end."""
SOCKET, CLUSTER = ".s.PGSQL.5432", "billproof-cluster-"


class Holders:
    """All that hold the cluster."""

    def __init__(self, listener: socket.socket) -> None:
        listener.setblocking(False)
        self._listener = listener
        self._waiting = selectors.DefaultSelector()
        self._waiting.register(listener, selectors.EVENT_READ)
        self._waiting.register(sys.stdin.fileno(), selectors.EVENT_READ)
        self._is_kept = False

    def wait_for_last(self) -> list[socket.socket]:
        """Return when nobody is left; the connections that wait for us to be done."""
        left: list[socket.socket] = []
        while self._count() or self._is_kept:
            for key, _ in self._waiting.select():
                if key.fileobj is self._listener:
                    self._accept()
                elif gone := self._heard(key.fileobj):
                    left = [gone]
            # Who came just before the last one left is in the queue by now.
            self._accept()
            if self._count():
                _close(left)
        return left

    def _count(self) -> int:
        return len(self._waiting.get_map()) - 1

    def _accept(self) -> None:
        with suppress(BlockingIOError):
            holder, _ = self._listener.accept()
            self._waiting.register(holder, selectors.EVENT_READ)
            # It may have been killed since; then its end is what we read next.
            with suppress(OSError):
                holder.send(READY)

    def _heard(self, holder: Any) -> socket.socket | None:
        """One that has left, and waits for an answer when it was the last."""
        if isinstance(holder, int):
            if not os.read(holder, 100):
                self._waiting.unregister(holder)
            return None
        assert isinstance(holder, socket.socket)  # noqa: S101 - nothing else is registered
        said = b""
        with suppress(ConnectionError):
            said = holder.recv(100)
        self._is_kept = self._is_kept or KEEP in said
        if said:
            return None
        self._waiting.unregister(holder)
        if self._count() or self._is_kept:
            holder.close()
            return None
        return holder


def supervise(run_folder: Path, binaries: Path) -> None:
    """Start a cluster, say where it is, wait until nobody holds it, and remove it."""
    run = RunFolder(run_folder)
    home = _home(run)
    cluster = Postmaster(_new_place(home), binaries)
    left: list[socket.socket] = []
    try:
        with closing(socket.socket(socket.AF_UNIX)) as listener:
            cluster.start()
            listener.bind(str(cluster.folder / HOLDERS))
            listener.listen()
            _tell(sockets=str(cluster.folder), process=os.getpid())
            left = Holders(listener).wait_for_last()
    except (StartError, OSError) as error:
        _tell(error=str(error))
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        cluster.stop()
        for each in {home, run}:
            each.close()
        _close(left)


def _close(connections: list[socket.socket]) -> None:
    while connections:
        connections.pop().close()


def _tell(**what: str | int) -> None:
    """Write the line that our starter waits for."""
    with suppress(BrokenPipeError):
        print(json.dumps(what), flush=True)  # noqa: T201 - a program, it prints
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _home(run: RunFolder) -> RunFolder:
    """The run's folder, or another where the server's user can go, and sockets fit.

    One that is swept like it, should we be killed before we have removed it.
    """
    if _is_fit(run.path):
        return run
    name = f"{PREFIX}-{os.getuid()}-{secrets.token_hex(4)}"
    roots = (MEMORY, Path("/tmp"))  # noqa: S108 - under a new name
    return next((RunFolder(root / name) for root in roots if _is_fit(root / name)), run)


def _is_fit(folder: Path) -> bool:
    fits = len(str(folder / f"{CLUSTER}01234567" / SOCKET)) <= LONGEST_PATH
    there = folder if folder.exists() else folder.parent
    return fits and os.access(there, os.W_OK) and (os.geteuid() != 0 or _is_open(there))


def _new_place(home: RunFolder) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=CLUSTER, dir=home.path))
    if user := unprivileged():
        os.chown(folder, user["user"], user["group"])
    return folder


def _is_open(folder: Path) -> bool:
    """Whether everybody may go through it."""
    return all(each.stat().st_mode & 0o001 for each in (folder, *folder.parents))


def _end(*_: object) -> NoReturn:
    raise SystemExit(0)


def main() -> None:
    """Detach, so that we are nobody's child and no terminal's, and supervise."""
    if os.fork():
        os._exit(0)
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)
    os.umask(0o022)
    supervise(Path(sys.argv[1]), Path(sys.argv[2]))


if __name__ == "__main__":
    main()
