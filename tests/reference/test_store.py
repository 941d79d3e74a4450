"""Connections: whoever gives up leaves none behind."""

from __future__ import annotations

import asyncio
import gc
import warnings

import pytest
from sqlalchemy import text

from reference_impl.store import Store
from tests.reference.backend import started

MOMENTS = 80


async def look(store: Store) -> None:
    """Read something in a transaction of its own, over a connection that is made for it."""
    async with store.read() as session:
        await session.execute(text("SELECT 1"))


async def give_up(store: Store, moment: int) -> bool:
    """Begin to look, and give up after so many turns of the loop; whether it was in time."""
    looking = asyncio.create_task(look(store))
    for _ in range(moment):
        await asyncio.sleep(0)
    looking.cancel()
    await asyncio.wait([looking])
    return looking.cancelled()


def collected() -> list[str]:
    """What Python complains of, of all that nobody holds any more."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        gc.collect()
    return [str(one.message) for one in heard if one.category is ResourceWarning]


async def test_giving_up_leaves_no_connection_behind(environ: dict[str, str]) -> None:
    """At whatever moment: while it connects, while it asks, while it lets go."""
    in_time = []
    for moment in range(MOMENTS):
        store = Store(environ["DATABASE_URL"])
        in_time.append(await give_up(store, moment))
        await store.close()
    del store

    assert in_time[0]
    assert collected() == []


async def test_a_start_that_failed_leaves_no_connection_behind(environ: dict[str, str]) -> None:
    """Its database was there, and was of a later version."""
    store = Store(environ["DATABASE_URL"])
    async with store.write() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = 'of tomorrow'"))
    await store.close()

    with pytest.raises(Exception, match="of tomorrow"):
        async with started(environ):
            raise AssertionError("it has started")  # pragma: no cover
