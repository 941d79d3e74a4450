"""Brings any earlier database to the present schema."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select

from reference_impl.store import Store

FOLDER = Path(__file__).parent / "migrations"
ALONE = 0x62696C6C
"""The number of the lock: any, but always the same."""


async def migrate(store: Store) -> None:
    """Apply what is missing; several workers wait for one another at a lock of the database."""
    async with store.engine.execution_options(writes=True).begin() as connection:
        # On SQLite whoever writes is alone as it is.
        if connection.dialect.name == "postgresql":
            await connection.execute(select(func.pg_advisory_xact_lock(ALONE)))
        await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> None:
    # Alembic's own look takes longer than the whole start of a database that is up to date.
    if MigrationContext.configure(connection).get_current_revision() == _head():
        return
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config


@cache
def _head() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()
