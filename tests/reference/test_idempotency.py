"""The caller's Idempotency-Key."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import respx

from reference_impl import service
from reference_impl.idempotency import remember_key
from reference_impl.leases import lease
from reference_impl.problems import Problem
from reference_impl.store import Store
from tests.reference.backend import ADA, BOB, Backend, problem
from tests.reference.rows import IdempotencyRows
from tests.reference.shapes import begin_checkout, well


async def is_taken(store: Store, key: str | None, body: str, user: int = ADA) -> str:
    """What becomes of a key: "taken", or the name of the problem, which is always a 422."""
    try:
        await remember_key(store, user, key, body)
    except Problem as refused:
        return refused.name if refused.status == 422 else str(refused.status)
    return "taken"


async def use(store: Store, key: str, body: str, age: timedelta) -> None:
    """Have a key been used so long ago."""
    at = datetime.now(UTC) - age
    async with store.write() as session:
        session.add(IdempotencyRows.build(key=key, body=body, used_at=at))


async def test_a_key_belongs_to_its_first_body(store: Store) -> None:
    """The same body may come again, another may not; other keys are free."""
    keys = [("key-1", "pro"), ("key-1", "pro"), ("key-1", "basic"), ("key-2", "basic")]

    outcomes = [await is_taken(store, key, body) for key, body in keys]

    assert outcomes == ["taken", "taken", "idempotency-key-reused", "taken"]


async def test_a_key_belongs_to_its_user(store: Store) -> None:
    """Another user's key of the same text is another key."""
    assert await is_taken(store, "key-1", "pro", ADA) == "taken"
    assert await is_taken(store, "key-1", "basic", BOB) == "taken"
    assert await is_taken(store, "key-1", "basic", ADA) == "idempotency-key-reused"


async def test_of_two_bodies_at_once_one_is_first(store: Store) -> None:
    """Whichever it is; the other one is refused as if it had come later."""
    bodies = ["pro", "basic"] * 4

    outcomes = await asyncio.gather(*(is_taken(store, "key-1", body) for body in bodies))

    by_body = {
        body: {told for told, of in zip(outcomes, bodies, strict=True) if of == body}
        for body in ("pro", "basic")
    }
    assert sorted(by_body.values(), key=sorted) == [{"idempotency-key-reused"}, {"taken"}]


async def test_no_key_binds_nothing(store: Store) -> None:
    """Calls without one are free."""
    assert [await is_taken(store, None, body) for body in ("pro", "basic")] == ["taken"] * 2


@pytest.mark.parametrize(("first", "second"), [("key-1", '"key-1"'), ('"key-1"', "key-1")])
async def test_quotes_are_no_part_of_a_key(store: Store, first: str, second: str) -> None:
    """Bare and quoted are two ways to write one key."""
    assert await is_taken(store, first, "pro") == "taken"
    assert await is_taken(store, second, "pro") == "taken"
    assert await is_taken(store, second, "basic") == "idempotency-key-reused"


@pytest.mark.parametrize(
    ("key", "outcome"),
    [
        ("", "validation-failed"),
        ('""', "validation-failed"),
        ("k" * 256, "validation-failed"),
        ("k" * 255, "taken"),
        ('"', "taken"),
    ],
    ids=["empty", "empty quoted", "256", "255", "one quote"],
)
async def test_how_long_a_key_may_be(store: Store, key: str, outcome: str) -> None:
    """1 to 255 characters."""
    assert await is_taken(store, key, "pro") == outcome


async def test_a_key_is_kept_for_two_days(store: Store) -> None:
    """The contract wants one; then it is free again, and forgotten."""
    await use(store, "key-young", "pro", timedelta(hours=47, minutes=59))
    await use(store, "key-old", "pro", timedelta(hours=48, minutes=1))

    assert await is_taken(store, "key-young", "basic") == "idempotency-key-reused"
    assert await is_taken(store, "key-old", "basic") == "taken"


async def test_checkout_keeps_keys(backend: Backend, stripe: respx.MockRouter) -> None:
    """A refused plan binds no key; a plan that was taken does, before Stripe is asked."""
    assert problem(await backend.checkout("gold", key="key-1")) == (422, "validation-failed")
    await begin_checkout(backend, stripe)
    well(stripe)

    first = await backend.checkout("basic", key="key-1")
    before = len(stripe.calls)
    reused = await backend.checkout("pro", key="key-1")

    assert first.status_code == 201
    assert problem(reused) == (422, "idempotency-key-reused")
    assert len(stripe.calls) == before


async def test_a_call_that_waits_in_vain_binds_its_key(
    backend: Backend, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another call of the user is under way for too long: 503, and yet the key is that body's."""
    monkeypatch.setattr(service, "ANSWER_SECONDS", 0.2)
    async with lease(store, f"user-{ADA}"):
        waited = await backend.checkout("basic", key="key-1")

    assert problem(waited) == (503, "provider-unavailable")
    assert await is_taken(store, "key-1", "pro") == "idempotency-key-reused"
    assert await is_taken(store, "key-1", "basic") == "taken"


async def test_a_key_is_waited_for_no_longer_than_for_an_answer(
    backend: Backend, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody holds what it is written to: the caller has his answer in time all the same."""
    monkeypatch.setattr(service, "ANSWER_SECONDS", 0.2)
    async with store.write() as session:
        session.add(IdempotencyRows.build(key="key-1", body="basic", used_at=datetime.now(UTC)))
        await session.flush()

        answer = await backend.checkout("basic", key="key-1")

    assert problem(answer) == (503, "provider-unavailable")


@pytest.mark.parametrize("key", ["", "k" * 258, '""'], ids=["empty", "long", "empty quoted"])
async def test_checkout_refuses_what_is_no_key(backend: Backend, key: str) -> None:
    """Stripe is not asked: no call is allowed here."""
    assert problem(await backend.checkout(key=key)) == (422, "validation-failed")
