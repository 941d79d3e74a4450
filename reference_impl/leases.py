"""One at a time, over all workers: a lease is a row of the database."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, delete, update

from reference_impl.store import LeaseRow, Store, insert

T = TypeVar("T")

LEASE_MILLISECONDS = 5_000
"""A holder that was killed blocks nobody for longer."""

RENEWAL_SECONDS = 0.8
"""A holder that works on says so this often."""

LOOK_AGAIN_SECONDS = 0.01


@asynccontextmanager
async def lease(store: Store, name: str) -> AsyncIterator[None]:
    """Hold `name` alone while inside; waits until it is free, so bound it from outside."""
    holder = secrets.token_hex(8)
    try:
        while not await _whole(_take(store, name, holder)):  # noqa: ASYNC110 - a row sets no event
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
        keeping = asyncio.ensure_future(_keep(store, name, holder))
        try:
            yield
        finally:
            keeping.cancel()
            await asyncio.wait([keeping])
    finally:
        # Shielded: a caller who gave up must not leave his lease behind.
        await asyncio.shield(_give_back(store, name, holder))


async def _whole(attempt: Coroutine[Any, Any, T]) -> T:
    """Let a caller give up only between two attempts.

    A transaction that is cancelled halfway keeps SQLite locked until its cursor is collected.
    """
    task = asyncio.ensure_future(attempt)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


async def _take(store: Store, name: str, holder: str) -> bool:
    now = int(time.time() * 1000)
    wanted = {"holder": holder, "until": now + LEASE_MILLISECONDS}
    over = LeaseRow.until < now
    async with store.write() as session:
        taking = insert(session, LeaseRow).values(name=name, **wanted)
        taking = taking.on_conflict_do_update(index_elements=["name"], set_=wanted, where=over)
        return (await session.execute(taking.returning(LeaseRow.name))).first() is not None


async def _keep(store: Store, name: str, holder: str) -> None:
    while True:
        await asyncio.sleep(RENEWAL_SECONDS)
        await _whole(_renew(store, name, holder))


async def _renew(store: Store, name: str, holder: str) -> None:
    until = int(time.time() * 1000) + LEASE_MILLISECONDS
    async with store.write() as session:
        await session.execute(update(LeaseRow).where(_his(name, holder)).values(until=until))


async def _give_back(store: Store, name: str, holder: str) -> None:
    async with store.write() as session:
        await session.execute(delete(LeaseRow).where(_his(name, holder)))


def _his(name: str, holder: str) -> ColumnElement[bool]:
    return (LeaseRow.name == name) & (LeaseRow.holder == holder)
