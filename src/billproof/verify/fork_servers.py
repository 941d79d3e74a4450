"""Fork servers for a campaign over mutants: each process then has its libraries at once.

Only for the reference backend: whether a stranger's libraries bear a fork nobody knows.
"""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from billproof.run.plan import ForkServers
from billproof.targets.program import LONGEST_PATH
from billproof.verify.companion import Companion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

HOSTS = (
    *("--like", "reference_impl.app", "uvloop"),
    *("uvicorn", "uvicorn.protocols.http.httptools_impl", "uvicorn.lifespan.on"),
    *("sqlalchemy.dialects.sqlite.aiosqlite", "billproof.targets.stage"),
)
TRIALS = (
    *("pytest", "pytest_timeout", "hypothesis", "billproof.trials.caller"),
    *("billproof.targets.opening", "billproof.law", "billproof.sandbox.client"),
    "playwright.sync_api",
)
SOCKET = "fork"
READY_SECONDS = 20.0
LOOK_EVERY_SECONDS = 0.02


class ForkServer(Companion):
    """One of them; until it listens, processes start without it."""

    def __init__(self, folder: Path, ambient: Mapping[str, str], *modules: str) -> None:
        """Its socket and its log are below `folder`."""
        self.socket = folder / SOCKET
        folder.mkdir(parents=True, exist_ok=True)
        words = (str(self.socket), *modules)
        super().__init__(ambient, folder / "fork.log", "billproof.targets.fork_server", *words)

    def wait_ready(self) -> None:
        """Return when it listens, or when it never will: without it all takes longer."""
        deadline = time.monotonic() + READY_SECONDS
        while self.lives() and time.monotonic() < deadline:
            if self.socket.exists():
                return
            time.sleep(LOOK_EVERY_SECONDS)


@contextmanager
def fork_servers(folder: Path, ambient: Mapping[str, str]) -> Iterator[ForkServers]:
    """One for hosts and one for trials, both ready; none where processes cannot be forked."""
    if not possible(folder / "trials" / SOCKET):
        yield ForkServers()
        return
    with (
        ForkServer(folder / "hosts", ambient, *HOSTS) as hosts,
        ForkServer(folder / "trials", ambient, *TRIALS) as trials,
    ):
        hosts.wait_ready()
        trials.wait_ready()
        yield ForkServers(hosts=hosts.socket, trials=trials.socket)


def possible(socket: Path) -> bool:
    """Whether processes can be forked here: macOS forbids it, and paths of sockets are short."""
    return sys.platform == "linux" and len(str(socket).encode()) < LONGEST_PATH
