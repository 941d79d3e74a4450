"""Our own connections: how the server tells them from others, and what is theirs to forget.

They stay open from test to test, and a session keeps more than its transaction: settings, locks,
cursors. What it has prepared stays, for the driver believes that it is there.
"""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy.engine.interfaces import AdaptedConnection, DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import Pool, QueuePool

from billproof.database.store import Sessions

DRIVERS = frozenset({"psycopg", "psycopg_async", "asyncpg"})
"""Those whose connections can stay."""
FORGET = (
    "SET SESSION AUTHORIZATION DEFAULT; RESET ALL; CLOSE ALL; UNLISTEN *; DISCARD SEQUENCES; "
    "SELECT pg_advisory_unlock_all()"
)

FORGET_SECONDS = 60.0


class PostgresSessions(Sessions):
    """Marked by their application's name, cleared before the next test has them."""

    def __init__(self, driver: str, mark: str) -> None:
        self._driver = driver
        self._mark = mark
        self._pools: list[Pool] = []

    @property
    def is_pool_alone(self) -> bool:
        """Whether all connections are of one pool, which gives an idle one before it opens more."""
        return len(self._pools) == 1 and isinstance(self._pools[0], QueuePool)

    def join(self, pool: Pool) -> None:
        """Know how many there are."""
        self._pools.append(pool)

    def mark(self, words: dict[str, Any], _notes: dict[Any, Any]) -> None:
        """Give it the name of our application."""
        if self._driver == "asyncpg":
            given = words.get("server_settings", {})
            words["server_settings"] = {**given, "application_name": self._mark}
        else:
            words["application_name"] = self._mark

    def freshen(self, connection: DBAPIConnection) -> None:
        """In one round trip; DisconnectionError when it is of no more use."""
        if self._driver == "asyncpg":
            _freshen_asyncpg(connection)
        else:
            _freshen_psycopg(connection)


def _freshen_psycopg(connection: Any) -> None:
    """Beneath psycopg's own transactions; sync and async connections alike, it takes no time."""
    found = getattr(connection, "driver_connection", connection).pgconn.exec_(FORGET.encode())
    if found.error_message:
        raise DisconnectionError(found.error_message.decode(errors="replace"))


def _freshen_asyncpg(connection: Any) -> None:
    assert isinstance(connection, AdaptedConnection)  # noqa: S101 - it has no other
    driver: Any = connection.driver_connection
    if driver._loop is not asyncio.get_running_loop():  # noqa: SLF001 - told nowhere else
        driver.terminate()
        raise DisconnectionError("It belongs to another event loop.")
    try:
        # Beneath asyncpg's own execute, which takes as long as the server does.
        connection.run_async(lambda each: each._protocol.query(FORGET, FORGET_SECONDS))  # noqa: SLF001
    except Exception as error:
        raise DisconnectionError(str(error)) from error
