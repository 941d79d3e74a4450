"""Our end of a process that a fork server has started, with the methods of Popen that we need."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import select
import signal
import socket
import subprocess
from typing import IO, TYPE_CHECKING, Literal

from billproof.targets.fork_server import LENGTH_BYTES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from billproof.targets.fork_child import Order

GONE = -signal.SIGKILL
"""The exit code where the server itself has ended, and nobody can tell any more."""


class Forked:
    """A process that belongs to the fork server, and obeys us."""

    def __init__(self, server: Path, order: Order, *, answers: bool, log: int) -> None:
        """Have it started; `answers` is whether its stdout is for us, else it goes to the log.

        FileNotFoundError or ConnectionError where no such server listens.
        """
        self.returncode: int | None = None
        self._told = b""
        with contextlib.ExitStack() as ours, contextlib.ExitStack() as lent:
            self._server = ours.enter_context(socket.socket(socket.AF_UNIX))
            self._server.connect(str(server))
            stdin, self.stdin = _pipe(ours, lent, "wb")
            stdout: int = log
            self.stdout: IO[bytes] | None = None
            if answers:
                stdout, self.stdout = _pipe(ours, lent, "rb")
            self._send(order, [stdin, stdout, log, *order.numbers[3:]])
            if (line := self._line()) is None:
                raise ConnectionResetError("The fork server ended before it could fork.")
            self.pid = int(line)
            ours.pop_all()

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        if self.returncode is None and select.select([self._server], [], [], 0)[0]:
            line = self._line()
            self.returncode = GONE if line is None else int(line)
            self._server.close()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The same, when it has ended; subprocess.TimeoutExpired after `timeout` seconds."""
        if self.returncode is None:
            select.select([self._server], [], [], timeout)
        if (code := self.poll()) is None:
            raise subprocess.TimeoutExpired("a forked process", timeout or 0)
        return code

    def kill(self) -> None:
        """SIGKILL."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def _send(self, order: Order, fds: Sequence[int]) -> None:
        body = json.dumps(dataclasses.asdict(order)).encode()
        socket.send_fds(self._server, [len(body).to_bytes(LENGTH_BYTES, "big")], fds)
        self._server.sendall(body)
        self._server.shutdown(socket.SHUT_WR)

    def _line(self) -> bytes | None:
        """One line of the server; None when it has nothing more to say."""
        while b"\n" not in self._told:
            more = self._server.recv(64)
            if not more:
                return None
            self._told += more
        line, _, self._told = self._told.partition(b"\n")
        return line


def _pipe(
    ours: contextlib.ExitStack, lent: contextlib.ExitStack, mode: Literal["rb", "wb"]
) -> tuple[int, IO[bytes]]:
    """A new pipe: the end that is lent to the process, and ours, which we read or write."""
    reading, writing = os.pipe()
    far, near = (writing, reading) if mode == "rb" else (reading, writing)
    lent.callback(os.close, far)
    return far, ours.enter_context(open(near, mode, buffering=0))  # noqa: PTH123 - no path
