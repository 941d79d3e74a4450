"""What is measured: processes of their own, each with its answers ready."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import httpx

from benchmarks.getting import CannotMeasure
from benchmarks.sandbox.running import free_port

READY_SECONDS = 60
PAUSE = Event()


@dataclass(frozen=True)
class Subject:
    """A backend, and where it keeps its data; `database` is None for the one that keeps none."""

    name: str
    database: str | None

    def command(self, port: int) -> list[str]:
        """What starts it."""
        if self.database is not None:
            return [sys.executable, "-m", "reference_impl"]
        quiet = ("--log-level", "warning", "--no-access-log")
        return [
            *(sys.executable, "-m", "uvicorn", "benchmarks.reference.bare:app"),
            *("--port", str(port), *quiet),
        ]


@contextmanager
def served(subject: Subject, environ: Mapping[str, str], folder: Path) -> Iterator[int]:
    """Its port, once it is alive; CannotMeasure when it does not come up."""
    port = free_port()
    own = {"PORT": str(port), "PUBLIC_URL": f"http://127.0.0.1:{port}"}
    own["DATABASE_URL"] = subject.database or ""
    with (folder / "backend.log").open("wb") as log:
        process = subprocess.Popen(
            subject.command(port), env={**os.environ, **environ, **own}, stdout=log, stderr=log
        )
    try:
        _wait(process, port)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/livez", trust_env=False).is_success:
                return
        except httpx.HTTPError:
            PAUSE.wait(0.05)
    raise CannotMeasure("it did not come up; its log is beside it")
