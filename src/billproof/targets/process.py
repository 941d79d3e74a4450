"""A backend process that we started: ready or not, its log, and its sure end."""

from __future__ import annotations

import signal
import socket
import ssl
import subprocess
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from billproof.targets.program import GRACE_SECONDS, Program, start

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

POLL_SECONDS = 0.02
HTTP_OK = 200


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def no_certificates() -> ssl.SSLContext:
    """For clients of a loopback without TLS: reading all of them takes longer than the calls."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def listens(origin: str) -> bool:
    """Whether anybody takes connections there."""
    parts = urlsplit(origin)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=1):
            return True
    except OSError:
        return False


class BackendProcess:
    """One process of the backend; its group ends when this is closed or its owner dies."""

    def __init__(  # noqa: PLR0913 - a process has this many parts
        self,
        argv: Sequence[str],
        *,
        base_url: str,
        environ: Mapping[str, str],
        ambient: Mapping[str, str],
        log_path: Path,
        cwd: Path,
    ) -> None:
        self.base_url = base_url
        self.environ = environ
        self.ready_status: int | None = None
        """What `/readyz` answered last; None while nothing answers there."""
        self._log_path = log_path
        log_path.parent.mkdir(parents=True, exist_ok=True)
        with log_path.open("wb") as log:
            program = Program(
                argv=argv,
                environ={**ambient, **environ},
                cwd=cwd,
                log=log.fileno(),
                grace_seconds=GRACE_SECONDS,
            )
            self._keeper = start(program)

    def wait_ready(self, seconds: float) -> bool:
        """True once `/readyz` answers 200; False when time ran out or the process ended."""
        deadline = time.monotonic() + seconds
        plain = no_certificates()
        with httpx.Client(
            base_url=self.base_url, timeout=5, trust_env=False, verify=plain
        ) as client:
            while time.monotonic() < deadline and self._keeper.poll() is None:
                self.ready_status = _readiness(client)
                if self.ready_status == HTTP_OK:
                    return True
                time.sleep(POLL_SECONDS)
        return False

    def wait_exit(self, seconds: float) -> int | None:
        """The exit code, or None when it still runs after `seconds`."""
        try:
            return self._keeper.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def terminate(self) -> None:
        """SIGTERM to all of its processes; returns at once."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL to all of its processes; returns when they are gone."""
        self._send(signal.SIGKILL)
        self._keeper.wait()

    def log(self) -> str:
        """All that it has printed so far, stdout and stderr."""
        return self._log_path.read_text(errors="replace")

    def end(self) -> None:
        """SIGTERM to its group, SIGKILL after a grace; returns when it is gone."""
        if self._keeper.stdin:
            self._keeper.stdin.close()
        self._keeper.wait()

    def _send(self, wanted: signal.Signals) -> None:
        if self._keeper.stdin:
            self._keeper.stdin.write(bytes([wanted]))
            self._keeper.stdin.flush()


def _readiness(client: httpx.Client) -> int | None:
    try:
        with client.stream("GET", "/readyz") as answer:
            return answer.status_code
    except httpx.HTTPError:
        return None
