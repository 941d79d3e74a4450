"""One at a time: a lease is a row of the database."""

from __future__ import annotations

import asyncio
import time
from contextlib import AbstractAsyncContextManager, nullcontext

import pytest
from sqlalchemy import select

from reference_impl import leases
from reference_impl.leases import LEASE_MILLISECONDS, RENEWAL_SECONDS, lease
from reference_impl.store import LeaseRow, Store
from tests.reference.rows import LeaseRows


class Room:
    """Counts how many are inside at once."""

    def __init__(self) -> None:
        self.inside = self.most = 0

    async def visit(self, door: AbstractAsyncContextManager[None]) -> None:
        """Go in, let the others have their turn, and leave."""
        async with door:
            self.inside += 1
            self.most = max(self.most, self.inside)
            for _ in range(20):
                await asyncio.sleep(0)
            self.inside -= 1


async def names(store: Store) -> list[str]:
    """The leases that are held, or were left behind."""
    async with store.read() as session:
        return [*(await session.scalars(select(LeaseRow.name).order_by(LeaseRow.name))).all()]


async def hold(store: Store, inside: asyncio.Event) -> None:
    """Take the lease "a", say so, and keep it."""
    async with lease(store, "a"):
        inside.set()
        await asyncio.Event().wait()


async def leave_behind(store: Store, until: float) -> None:
    """Have somebody who was killed hold the lease "a" until this second."""
    async with store.write() as session:
        session.add(LeaseRows.build(until=int(until * 1000)))


async def test_one_at_a_time(store: Store) -> None:
    """With the lease one is inside at most; without it there would be more."""
    held, free = Room(), Room()

    await asyncio.gather(*(free.visit(nullcontext()) for _ in range(5)))
    await asyncio.gather(*(held.visit(lease(store, "a")) for _ in range(5)))

    assert (free.most, held.most) == (5, 1)
    assert await names(store) == []


async def test_workers_exclude_one_another(store: Store, environ: dict[str, str]) -> None:
    """Over two connections of their own, as two processes have them."""
    other, room = Store(environ["DATABASE_URL"]), Room()

    await asyncio.gather(*(room.visit(lease(one, "a")) for one in (store, other) * 3))

    assert room.most == 1
    await other.close()


async def test_other_names_do_not_wait(store: Store) -> None:
    """A lease is of one thing."""
    async with lease(store, "a"), asyncio.timeout(5), lease(store, "b"):
        assert await names(store) == ["a", "b"]


async def test_a_lease_is_given_back_after_an_error(store: Store) -> None:
    """And the error goes on."""
    with pytest.raises(ZeroDivisionError):
        async with lease(store, "a"):
            raise ZeroDivisionError

    assert await names(store) == []


async def test_a_lease_is_given_back_by_who_gives_up(store: Store) -> None:
    """His time is over while he holds it."""
    inside = asyncio.Event()
    holder = asyncio.create_task(hold(store, inside))
    await asyncio.wait_for(inside.wait(), 5)
    assert await names(store) == ["a"]

    holder.cancel()
    await asyncio.wait([holder])

    assert await names(store) == []


async def test_giving_up_while_taking_leaves_nothing_behind(store: Store) -> None:
    """At whatever moment: neither the lease, nor a transaction that keeps others from writing."""
    for moment in range(100):
        holder = asyncio.create_task(hold(store, asyncio.Event()))
        for _ in range(moment):
            await asyncio.sleep(0)

        holder.cancel()
        await asyncio.wait([holder])

        assert holder.cancelled()
        assert await names(store) == []


async def test_waiting_can_be_given_up(store: Store) -> None:
    """Whoever holds the lease keeps it."""
    async with lease(store, "a"):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05), lease(store, "a"):
                raise AssertionError("two are inside")  # pragma: no cover

        assert await names(store) == ["a"]


async def test_a_lease_of_the_dead_runs_out(store: Store) -> None:
    """Then the next one has it."""
    await leave_behind(store, time.time() - 1)

    async with asyncio.timeout(5), lease(store, "a"):
        assert await names(store) == ["a"]

    assert await names(store) == []


async def test_a_lease_of_the_living_is_waited_for(store: Store) -> None:
    """Its time is not over yet."""
    await leave_behind(store, time.time() + 60)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05), lease(store, "a"):
            raise AssertionError("two are inside")  # pragma: no cover

    assert await names(store) == ["a"]


async def test_a_lease_outlives_its_time_while_it_is_used(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its holder says that he works on; else a second one could come in meanwhile."""
    monkeypatch.setattr(leases, "LEASE_MILLISECONDS", 1500)
    monkeypatch.setattr(leases, "RENEWAL_SECONDS", 0.05)

    async with lease(store, "a"):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(2), lease(store, "a"):
                raise AssertionError("two are inside")  # pragma: no cover

    assert await names(store) == []


def test_a_lease_is_renewed_long_before_it_runs_out() -> None:
    """A worker may be slow for a moment."""
    assert LEASE_MILLISECONDS > 5 * RENEWAL_SECONDS * 1000
