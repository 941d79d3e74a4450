"""One database, cloned from the template, and emptied for the next test as long as that is safe."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
from psycopg.pq import ExecStatus

from billproof.database.postgres.server import Admin, Server
from billproof.database.postgres.template import Template

ADMIN = "billproof-admin"
OPTIONS = (
    # No trigger fires, no foreign key is checked.
    "-c session_replication_role=replica -c lock_timeout=250ms -c synchronous_commit=off"
)
SINCE = "SELECT pg_current_xact_id()::xid::text"
NAME = b"recycle"
RECYCLE = b"SELECT refusal, until::text FROM pg_billproof.recycle($1, $2::xid, $3, $4)"
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
        self._is_asked = False
        self._inside: Admin | None = None
        if self.refusal is None:
            self._inside = server.connect(name, application_name=ADMIN, options=OPTIONS)
            self._inside.pgconn.prepare(NAME, RECYCLE)
            self._since = _one(self._inside, SINCE).encode()
            # As PostgreSQL writes an array; neither has a comma or a quote in it.
            self._marks = f"{{{template.mark},{server.mark(name)}}}".encode()

    def empty(self, *, is_pool_alone: bool) -> bool:
        """Have it made as its template is, for one pool or several; False where it never is.

        The server does so while pytest goes on to the next test: `is_empty` waits for it.
        """
        if self._inside is None:
            return False
        words = (self._ours.encode(), self._since, self._marks, b"t" if is_pool_alone else b"f")
        try:
            self._inside.pgconn.send_query_prepared(NAME, words)
        except psycopg.Error as error:
            self.refusal = str(error)
            return False
        self._is_asked = True
        return True

    def is_empty(self) -> bool:
        """Whether it could be; nobody may use it before."""
        if self._is_asked and self._inside is not None:
            self._is_asked = False
            self.refusal = self._answer(self._inside)
            if self.refusal is None:
                self._vacuum_sometimes(self._inside)
        return self.refusal is None

    def _answer(self, inside: Admin) -> str | None:
        """The refusal; who is not refused has another transaction to count from."""
        refusal: str | None = "it gave no answer"
        while result := inside.pgconn.get_result():
            if result.status != ExecStatus.TUPLES_OK:
                refusal = result.error_message.decode(errors="replace").strip()
            elif until := result.get_value(0, 1):
                refusal, self._since = None, until
            else:
                refusal = (result.get_value(0, 0) or b"").decode()
        return refusal

    def _vacuum_sometimes(self, inside: Admin) -> None:
        self._emptied += 1
        if self._emptied % VACUUM_EVERY == 0 and (tables := _one(inside, FULL)):
            inside.execute(f"VACUUM {tables}".encode())

    def leave(self) -> None:
        """Close what we have open there."""
        if self._inside is not None:
            self._inside.close()

    def drop(self) -> None:
        """Drop it, whoever is connected."""
        self.leave()
        self._drop()


def _one(inside: Admin, query: str) -> str:
    """What a query of one row with one text says."""
    found = inside.execute(query.encode()).fetchone()
    assert found is not None  # noqa: S101 - an aggregate, or a function
    return found[0] or ""
