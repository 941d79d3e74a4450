"""The fork server: Python programs start from it with their libraries loaded already.

`python -P -m billproof.targets.fork_server SOCKET [--like MODULE] [MODULE…]` imports these modules,
and the libraries of the one that it shall be like, but never that one itself: what is judged is
loaded anew by each process. Then it forks a process for each order that comes on its socket
(`forked.py` sends them), and answers with its id and, later, its exit code. It ends when its
stdin closes. The same as multiprocessing's, for programs instead of functions.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import threading
import warnings

from billproof.targets.fork_child import Order, become

LENGTH_BYTES = 4
"""Of the number before each order: how many bytes of JSON follow."""
MOST_FDS = 8


def libraries_of(module: str) -> list[str]:
    """What is loaded with `module` besides its own package, in order; found out by a child."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        importlib.import_module(module)
        package = module.partition(".")[0]
        names = [name for name in sys.modules if name.partition(".")[0] != package]
        with open(writing, "w", encoding="utf-8") as pipe:  # noqa: PTH123 - no path
            json.dump(names, pipe)
        os._exit(0)
    os.close(writing)
    with open(reading, encoding="utf-8") as pipe:  # noqa: PTH123 - no path
        told = pipe.read()
    os.waitpid(pid, 0)
    return [str(name) for name in json.loads(told or "[]")]


def preload(words: list[str]) -> None:
    """Import them, as far as they can be imported: who forks imports what is missing."""
    names = libraries_of(words[1]) + words[2:] if words[:1] == ["--like"] else words
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in names:
            with contextlib.suppress(Exception):
                importlib.import_module(name)
    importlib.invalidate_caches()
    gc.collect()
    # What is here stays: a collection in a child would copy all of its pages.
    gc.freeze()


def serve(path: str) -> tuple[Order, list[int]] | None:
    """Fork for every order; returns it, with its file descriptors, in the child, else None."""
    listener = socket.socket(socket.AF_UNIX)
    # Whoever sees it knocks: it has its name only once it listens.
    nearly = f"{path}~"
    listener.bind(nearly)
    listener.listen(64)
    os.rename(nearly, path)  # noqa: PTH104 - pathlib takes long to load
    woken, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waker)
    owners: dict[int, socket.socket] = {}
    while True:
        ready, _, _ = select.select([0, woken, listener.fileno()], [], [])
        if 0 in ready:
            return None
        if woken in ready:
            os.read(woken, 512)
            _tell_ends(owners)
        if listener.fileno() in ready:
            owner = listener.accept()[0]
            order, fds = _received(owner)
            pid = os.fork()
            if pid == 0:
                signal.set_wakeup_fd(-1)
                return order, fds
            owners[pid] = owner
            for fd in fds:
                os.close(fd)
            _tell(owner, pid)


def _received(owner: socket.socket) -> tuple[Order, list[int]]:
    head, fds, _, _ = socket.recv_fds(owner, LENGTH_BYTES, MOST_FDS)
    with owner.makefile("rb") as file:
        body = file.read(int.from_bytes(head, "big"))
    return Order(**json.loads(body)), fds


def _tell_ends(owners: dict[int, socket.socket]) -> None:
    """To whom each process that has ended belonged, and how it did."""
    while owners:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        _tell(owners[pid], os.waitstatus_to_exitcode(status))
        owners.pop(pid).close()


def _tell(owner: socket.socket, number: int) -> None:
    # Whoever is gone has no interest any more.
    with contextlib.suppress(OSError):
        owner.sendall(b"%d\n" % number)


def main(arguments: list[str]) -> int:
    """Serve until stdin closes; in a child, be the program."""
    path, *words = arguments
    preload(words)
    if threading.active_count() > 1:
        # A thread does not come along when a process forks; what it holds is held for ever.
        return 1
    forked = serve(path)
    return 0 if forked is None else become(*forked)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
