"""PostgreSQL: a database that is emptied beneath its connections, or cloned where that is unsafe.

To empty one costs as much as the rows that a test wrote, to clone one forty milliseconds. So the
first is tried, behind a guard that refuses whenever anything else than rows may have changed or
anybody else may still write.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import URL

    from billproof.database.folders import RunFolder
    from billproof.database.schema import Schema
    from billproof.database.store import Store

__all__ = ["postgres_store"]


def postgres_store(url: URL, schema: Schema, folder: RunFolder, worker: str, key: str) -> Store:
    """One worker's databases of the schema that `key` names in all processes of the run.

    On the server that `url` names, or on one of the run's own when it names no host. UsageError
    when there is none, or when it cannot be used.
    """
    # The supervisor, too, imports this package, and needs no driver.
    from billproof.database.postgres.opening import opened_store  # noqa: PLC0415 - see above

    return opened_store(url, schema, folder, worker, key)
