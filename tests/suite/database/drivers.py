"""The drivers that are tried, and what has to be said otherwise to each database."""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    """What the two databases call differently."""

    schema: str
    """Asks for all that a change of the schema changes."""
    impatience: str
    """Has a connection wait for nobody's lock for long."""


class Driver(NamedTuple):
    """One way to a database."""

    name: str
    is_awaited: bool
    words: Words


SQLITE = Words(
    schema="SELECT name, sql FROM sqlite_master ORDER BY name",
    impatience="PRAGMA busy_timeout = 50",
)
POSTGRESQL = Words(
    schema=(
        "SELECT c.relname, array_agg(attname ORDER BY attnum)::text FROM pg_class c "
        "JOIN pg_attribute ON attrelid = c.oid AND attnum > 0 "
        "WHERE relnamespace = 'public'::regnamespace GROUP BY c.relname ORDER BY c.relname"
    ),
    impatience="SET lock_timeout = 50",
)
ON_SQLITE = {
    "sqlite": Driver("sqlite", is_awaited=False, words=SQLITE),
    "aiosqlite": Driver("sqlite+aiosqlite", is_awaited=True, words=SQLITE),
}
ON_POSTGRESQL = {
    "psycopg": Driver("postgresql+psycopg", is_awaited=False, words=POSTGRESQL),
    "psycopg-awaited": Driver("postgresql+psycopg", is_awaited=True, words=POSTGRESQL),
    "asyncpg": Driver("postgresql+asyncpg", is_awaited=True, words=POSTGRESQL),
}
DRIVERS = {**ON_SQLITE, **ON_POSTGRESQL}
