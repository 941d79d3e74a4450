"""One database, cloned from the template, and emptied for the next test as long as that is safe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg

from billproof.database.postgres.server import Admin, Server
from billproof.database.postgres.template import Template

ADMIN = "billproof-admin"
OPTIONS = (
    # No trigger fires, no foreign key is checked.
    "-c session_replication_role=replica -c lock_timeout=250ms -c synchronous_commit=off"
)
SINCE = "SELECT pg_current_xact_id()::xid::text"
RECYCLE = "SELECT refusal, until::text FROM pg_billproof.recycle(%s, %s::xid, %s, %s)"
FULL = """
SELECT string_agg(format('%I.%I', nspname, relname), ', ')
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind = 'r' AND nspname !~ '^pg_' AND nspname <> 'information_schema'
AND pg_relation_size(c.oid) > 0
"""
VACUUM_EVERY = 50
"""So many tests leave dead rows before they are cleared away."""


class Clone:
    """A database of one test after the other."""

    def __init__(self, server: Server, template: Template, name: str, ours: str) -> None:
        template.check(server)
        server.create(name, template.name)
        self.name = name
        self.refusal = template.hindrance
        """Why it was not emptied the last time."""
        self._drop: Callable[[], None] = lambda: server.drop(name)
        self._ours = ours
        self._emptied = 0
        self._inside: Admin | None = None
        if self.refusal is None:
            self._inside = server.connect(name, application_name=ADMIN, options=OPTIONS)
            self._since = str(self._ask(SINCE)[0])
            self._marks = [template.mark, str(server.mark(name))]

    def empty(self, *, is_pool_alone: bool) -> bool:
        """Make it as its template is, for one pool or several; False when that is not safe."""
        if self._inside is None:
            return False
        try:
            refusal, until = self._ask(RECYCLE, self._ours, self._since, self._marks, is_pool_alone)
            if refusal is None:
                self._since = until
                self._vacuum_sometimes()
        except psycopg.Error as error:
            refusal = str(error)
        self.refusal = refusal
        return refusal is None

    def _ask(self, query: str, *words: object) -> tuple[Any, ...]:
        assert self._inside is not None  # noqa: S101 - the callers have looked
        found = self._inside.execute(query.encode(), words or None, prepare=True).fetchone()
        assert found is not None  # noqa: S101 - all of them give one row
        return found

    def _vacuum_sometimes(self) -> None:
        self._emptied += 1
        if self._emptied % VACUUM_EVERY == 0 and self._inside is not None:
            tables = self._ask(FULL)[0]
            if tables:
                self._inside.execute(f"VACUUM {tables}".encode())

    def leave(self) -> None:
        """Close what we have open there."""
        if self._inside is not None:
            self._inside.close()

    def drop(self) -> None:
        """Drop it, whoever is connected."""
        self.leave()
        self._drop()
