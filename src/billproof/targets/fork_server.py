"""The fork server: Python programs start from it with their libraries loaded already.

`python -P -m billproof.targets.fork_server SOCKET [--like MODULE] [MODULE…]` imports these modules,
and the libraries of the one that it shall be like, but never that one itself: what is judged is
loaded anew by each process. Then it forks a process for each order that comes on its socket
(`forked.py` sends them), and answers with its id and, later, its exit code. It ends when its
stdin closes. The same as multiprocessing's, for programs instead of functions.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
import threading
import time
import warnings
from dataclasses import dataclass

from billproof.targets.keeper import keep

LENGTH_BYTES = 4
"""Of the number before each order: how many bytes of JSON follow."""
MOST_FDS = 8
HIGH_FD = 512
"""Above all numbers that an order can name."""


@dataclass(frozen=True)
class Order:
    """One program: `python -P -m WORDS…`."""

    words: list[str]
    environ: dict[str, str]
    cwd: str
    numbers: list[int]
    """Of the file descriptors that come along, in the process that gets them."""
    grace_seconds: float | None
    """With a number it runs under a keeper, and obeys its owner on stdin."""


class Child:
    """A forked process, as far as its keeper must know it; several threads may ask."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._code: int | None = None
        self._lock = threading.Lock()

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        with self._lock:
            if self._code is None:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                self._code = os.waitstatus_to_exitcode(status) if pid else None
            return self._code

    def wait(self) -> int:
        """The same, when it has ended."""
        while (code := self.poll()) is None:
            # It may have been collected in between.
            with contextlib.suppress(ChildProcessError):
                os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        return code


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
    listener.bind(path)
    listener.listen(64)
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


def take(fds: list[int], numbers: list[int]) -> None:
    """Give the file descriptors their numbers, and close all others."""
    high = [fcntl.fcntl(fd, fcntl.F_DUPFD, HIGH_FD) for fd in fds]
    for one, number in zip(high, numbers, strict=True):
        os.dup2(one, number)
    first = 0
    for number in [*sorted(numbers), os.sysconf("SC_OPEN_MAX")]:
        # An empty range is taken for all of them by some versions of Python.
        if first < number:
            os.closerange(first, number)
        first = number + 1


def become(order: Order, fds: list[int]) -> int:
    """Be the process that was ordered; its exit code."""
    os.setsid()
    take(fds, order.numbers)
    if order.grace_seconds is None:
        return run(order)
    code = keep(lambda: _kept(order), order.grace_seconds)
    # Its threads still wait, as at the end of a keeper that was started by path.
    os._exit(code)


def _kept(order: Order) -> Child:
    """The program in a group of its own, below its keeper; returns in the keeper only."""
    if pid := os.fork():
        return Child(pid)
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    sys.exit(run(order))


def run(order: Order) -> int:
    """The program, in an environment that is its own."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    ours = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    os.environ.clear()
    os.environ.update(order.environ)
    # The C library has read the time zone of another environment.
    time.tzset()
    theirs = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    sys.path[:] = [*theirs, *(place for place in sys.path if place not in ours)]
    os.chdir(order.cwd)
    sys.argv = list(order.words)
    runpy.run_module(order.words[0], run_name="__main__", alter_sys=True)
    return 0


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
