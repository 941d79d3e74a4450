"""Brings any earlier database to the present schema."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select

from reference_impl.store import BUSY_SECONDS, Store

if TYPE_CHECKING:
    import aiosqlite

TICK_SECONDS = 0.01
FOLDER = Path(__file__).parent / "migrations"
ALONE = 0x62696C6C
"""The number of the lock: any, but always the same."""


async def migrate(store: Store) -> None:
    """Apply what is missing; several workers wait for one another at a lock of the database."""
    if store.engine.dialect.name == "sqlite":
        await _keep_a_write_ahead_log(store)
    async with store.engine.execution_options(writes=True).begin() as connection:
        # On SQLite whoever writes is alone as it is.
        if connection.dialect.name == "postgresql":
            await connection.execute(select(func.pg_advisory_xact_lock(ALONE)))
        await connection.run_sync(_upgrade)


async def _keep_a_write_ahead_log(store: Store) -> None:
    """Readers and a writer go on side by side; the file keeps to it once it was told.

    SQLite waits for every lock but the one of this change, which several workers that start on a
    new file would ask of each other.
    """
    patience = time.monotonic() + BUSY_SECONDS
    async with store.engine.connect() as connection:
        # Below SQLAlchemy, which would begin a transaction: there it cannot be changed.
        raw = await connection.get_raw_connection()
        driver = cast("aiosqlite.Connection", raw.driver_connection)
        while True:
            try:
                await driver.execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError as problem:
                if problem.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= patience:
                    raise
                await asyncio.sleep(TICK_SECONDS)
            else:
                return


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
