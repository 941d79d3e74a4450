"""Where the databases of one worker come from: one at a time, each as its template is."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

from sqlalchemy import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import Pool


class Sessions:
    """What a store has done to our own connections; nothing, unless it says otherwise."""

    def join(self, pool: Pool) -> None:
        """One more engine was made, and this pool has its connections."""

    def mark(self, words: dict[str, Any], notes: dict[Any, Any]) -> None:
        """Say in the arguments of a new connection that it is ours; the pool keeps the notes."""

    def meet(self, notes: dict[Any, Any]) -> None:
        """Before its first use: what the app does to every new connection is done."""

    def freshen(self, connection: DBAPIConnection) -> None:
        """Clear what the session of an earlier test has left, in a checkout of the pool."""


class Kept(NamedTuple):
    """A database that stays: where, and how its reader gets rid of it."""

    url: URL
    removal: str


class Store(Protocol):
    """One worker's databases of one schema. Nothing here awaits: it serves sync and async tests."""

    @property
    def sessions(self) -> Sessions:
        """What is done to each connection of ours."""

    def begin(self) -> URL:
        """A database that holds what the template does, and nothing else."""

    def reveal(self) -> None:
        """Somebody has been told the URL: who is not of our engines may use the database."""

    def renew(self) -> bool:
        """Begin to make it as its template is, beneath its connections; False when that is unsafe.

        Called when all of our own connections are idle.
        """

    def is_renewed(self) -> bool:
        """Whether that could be done, when it is done: then `begin` gives the same one."""

    def end(self) -> None:
        """Let go of it, whoever still uses it: no test gets it again."""

    def keep(self, name: str) -> Kept:
        """Leave it for a person to look at, in place of `end`."""

    def close(self) -> None:
        """Remove everything but what was kept."""
