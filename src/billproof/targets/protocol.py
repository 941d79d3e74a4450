"""What trials may ask of any target, whatever its kind."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Backend:
    """A backend that answers: where, and with which values it runs."""

    base_url: str
    environ: Mapping[str, str]
    """Names of contracts/environment.yaml, with the values this backend runs with."""


class Launched(Protocol):
    """A further process of the backend, started for one trial with an environment of its own."""

    base_url: str
    environ: Mapping[str, str]
    """Names of contracts/environment.yaml, with the values this process was started with."""

    def wait_ready(self, seconds: float) -> bool:
        """True once `/readyz` answers 200; False when time ran out or the process ended."""

    def wait_exit(self, seconds: float) -> int | None:
        """The exit code, or None when it still runs after `seconds`."""

    def terminate(self) -> None:
        """SIGTERM to all of its processes; returns at once."""

    def kill(self) -> None:
        """SIGKILL to all of its processes; returns when they are gone."""

    def log(self) -> str:
        """All that it has printed so far, stdout and stderr."""


class Target(Protocol):
    """One worker's hold on the backend under test."""

    can_launch: bool
    """False for a URL: what needs a start of our own is not observable there."""

    def prepare(self) -> None:
        """Begin with what takes its time, and return at once; trials may be collected meanwhile."""

    def fresh(self) -> Backend:
        """The backend for the next test: with a new database and account where we host it."""

    def launch(
        self, workers: int = 1, /, **changes: str | None
    ) -> AbstractContextManager[Launched]:
        """Start one more process; each change replaces a variable, None removes it.

        An app that we host is served by this many processes on one port; a command has as many
        as it starts. With the DATABASE_URL and PORT of one that has ended, it is a restart.
        Its database is new and its port its own; its account is that of the backend
        which `fresh()` answered last. Raises NotObservableHere where
        `can_launch` is False. The process group is ended on leaving the context.
        """

    def close(self) -> None:
        """End what this worker started."""
