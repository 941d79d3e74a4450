"""A server for as long as a block lasts: its port, its memory, and when it was ready."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.getting import CannotMeasure
from benchmarks.sandbox.load.scripts import KEY
from benchmarks.sandbox.peers.peer import Launch

PATIENCE_SECONDS = 30
POLL_SECONDS = 0.005
PAUSE = threading.Event()


@dataclass(frozen=True)
class Server:
    """A server that has given its first good answer."""

    process: subprocess.Popen[bytes]
    port: int
    ready_ms: float
    """From the start of its process to that answer."""

    def resident_mb(self) -> float:
        """The memory that it holds, in units of 1,000,000 bytes."""
        status = Path(f"/proc/{self.process.pid}/status")
        if status.exists():
            return int(status.read_text().partition("VmRSS:")[2].split()[0]) * 1024 / 1e6
        asked = ("ps", "-o", "rss=", "-p", str(self.process.pid))
        return int(subprocess.check_output(asked)) * 1024 / 1e6


@contextlib.contextmanager
def running(launch: Launch, folder: Path) -> Iterator[Server]:
    """The server, ready, and killed at the end; CannotMeasure when it does not start."""
    port = free_port()
    command = [part.replace("{port}", str(port)) for part in launch.command]
    settings = {
        name: text.replace("{port}", str(port)) for name, text in launch.environment.items()
    }
    complaints = folder / "stderr.txt"
    with complaints.open("wb") as stderr:
        begun = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **settings},
            stdin=subprocess.PIPE,  # closed when we die; ours ends by that
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        )
    try:
        wait_for(process, port, complaints)
        yield Server(process, port, (time.perf_counter() - begun) * 1000)
    finally:
        # It has nothing to lose, and after Ctrl-C there is no time to ask it.
        process.kill()
        process.communicate()
        for path in launch.litter:
            path.unlink(missing_ok=True)


def wait_for(process: subprocess.Popen[bytes], port: int, complaints: Path) -> None:
    """Return at the first good answer; CannotMeasure when the process ends, or time does."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not answers(port):
        if process.poll() is not None:
            words = complaints.read_text(errors="replace").strip().splitlines() or ["no word"]
            raise CannotMeasure(f"it did not start: {words[-1][:200]}")
        if time.monotonic() > deadline:
            raise CannotMeasure(f"it did not answer in {PATIENCE_SECONDS} s")
        PAUSE.wait(POLL_SECONDS)


def answers(port: int) -> bool:
    """Whether a list of customers can be had there."""
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        asked.request("GET", "/v1/customers?limit=10", headers={"Authorization": f"Bearer {KEY}"})
        return asked.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listened on a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
