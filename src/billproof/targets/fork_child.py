"""A forked process on its way to be the program that was ordered."""

from __future__ import annotations

import contextlib
import fcntl
import os
import runpy
import signal
import sys
import threading
import time
from dataclasses import dataclass

from billproof.targets.keeper import keep

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
