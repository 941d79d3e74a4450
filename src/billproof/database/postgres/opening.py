"""From a URL to one worker's databases on PostgreSQL."""

from __future__ import annotations

import warnings
from contextlib import ExitStack

from sqlalchemy import URL

from billproof.database.folders import RunFolder
from billproof.database.schema import Schema
from billproof.database.store import Store
from billproof.errors import UsageError

try:
    import psycopg  # noqa: F401 - a clear line for whoever uses asyncpg alone
except ImportError as error:
    raise UsageError(
        f"PostgreSQL is administrated by psycopg, which cannot be imported: {error}.",
        "Install it beside your driver: `pip install 'billproof[postgresql]'`.",
    ) from error

from billproof.database.postgres.notes import Note
from billproof.database.postgres.server import Server
from billproof.database.postgres.store import PostgresStore
from billproof.database.postgres.template import template_of


class SlowWarning(UserWarning):
    """Databases are cloned for each test where they could be emptied, ten times as fast."""


def opened_store(url: URL, schema: Schema, folder: RunFolder, worker: str, key: str) -> Store:
    """See `postgres_store`."""
    with ExitStack() as undo:
        server = Server(url, folder)
        undo.callback(server.close)
        template = template_of(server, schema, folder, key)
        if not server.is_superuser:
            warnings.warn(
                "The role is no superuser, so every test gets a new clone of its database in "
                "place of an emptied one, which takes ten times as long. Give it SUPERUSER, or "
                "leave out the host: postgresql+psycopg:// starts a server of its own.",
                SlowWarning,
                stacklevel=2,
            )
        undo.pop_all()
    note = Note(folder, f"{worker}-{key}", url) if server.is_given else None
    return PostgresStore(server, template, url.get_driver_name(), worker, note)
