"""One worker's databases on PostgreSQL."""

from __future__ import annotations

from sqlalchemy import URL

from billproof.database.postgres.clone import Clone
from billproof.database.postgres.notes import Note
from billproof.database.postgres.server import Server
from billproof.database.postgres.sessions import DRIVERS, PostgresSessions
from billproof.database.postgres.template import Template
from billproof.database.store import Kept


class PostgresStore:
    """One database at a time, the same as long as it can be emptied."""

    def __init__(
        self, server: Server, template: Template, driver: str, worker: str, note: Note | None
    ) -> None:
        self._server, self._template = server, template
        self._note = note
        self._can_stay = driver in DRIVERS
        self._label = f"{template.name}_{worker}"
        self.sessions = PostgresSessions(driver, self._label)
        self._number = 0
        self._lent: Clone | None = None
        self.refusal: str | None = None
        """Why the last database was not emptied, if it was not."""

    def begin(self) -> URL:
        """The database that was emptied, or a new clone; UsageError when the template is amiss."""
        if self._lent is None:
            self._number += 1
            name = f"{self._label}_{self._number}"
            self._lent = Clone(self._server, self._template, name, self._label)
        return self._server.url(self._lent.name)

    def reveal(self) -> None:
        """Nothing: the server tells who is connected."""

    def renew(self) -> bool:
        """Have it emptied, which takes the server a while."""
        if self._lent is None or not self._can_stay:
            return False
        is_begun = self._lent.empty(is_pool_alone=self.sessions.is_pool_alone)
        self.refusal = self._lent.refusal
        return is_begun

    def is_renewed(self) -> bool:
        """False when more than rows may have changed, or somebody else was there."""
        if self._lent is None:
            return True
        is_done = self._lent.is_empty()
        self.refusal = self._lent.refusal
        return is_done

    def end(self) -> None:
        """Drop it, with its connections."""
        if self._lent is not None:
            self._lent.drop()
            self._lent = None

    def keep(self, name: str) -> Kept:
        """Have it outlive the run, under a name that says whose it is."""
        assert self._lent is not None  # noqa: S101 - a test has it
        self._lent.leave()
        lent, self._lent = self._lent, None
        return Kept(*self._server.keep(lent.name, name))

    def close(self) -> None:
        """Drop what there is; a server of our own ends with the last that uses it."""
        self.end()
        self._server.close()
        if self._note is not None:
            self._note.remove()
