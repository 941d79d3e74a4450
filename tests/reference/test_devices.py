"""Devices: as many as the plan allows, exactly."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter

import pytest
import respx
from sqlalchemy import select

from reference_impl.store import DeviceRow, Store
from tests.reference.backend import ADA, BOB, Backend, problem
from tests.reference.shapes import subscribe
from tests.reference.stripe_answers import Subscription

REGISTERED, REVOKED = "miniapp_device_register_total", "miniapp_device_revoke_total"


async def prints(backend: Backend, user: int = ADA) -> list[str]:
    """The fingerprints of the user's devices, as they are listed."""
    listed = (await backend.call("GET", "/devices", user)).json()
    return [device["fingerprint"] for device in listed["devices"]]


async def test_a_secret_is_shown_once(backend: Backend, store: Store) -> None:
    """With the first registration; of it only a hash is kept."""
    first = await backend.register("fingerprint-1")
    again = await backend.register("fingerprint-1")
    listed = await backend.call("GET", "/devices")

    secret = first.json()["secret"]
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == {"device": first.json()["device"]}
    assert listed.json() == {"devices": [first.json()["device"]], "limit": 1}
    async with store.read() as session:
        (row,) = (await session.scalars(select(DeviceRow))).all()
    assert row.secret_hash == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in {str(value) for value in vars(row).values()}
    assert await backend.counted(REGISTERED) == 1


@pytest.mark.parametrize(
    ("price", "limit"),
    [(None, 1), ("basic", 2), ("pro", 5), ("team", 10)],
    ids=["free", "basic", "pro", "team"],
)
async def test_the_limit_is_the_plans(
    backend: Backend, stripe: respx.MockRouter, price: str | None, limit: int
) -> None:
    """As many as it says are registered, and the next is not; they are listed oldest first."""
    if price is not None:
        await subscribe(backend, stripe, Subscription(price=f"price_billproof_{price}"))

    answers = [await backend.register(f"fingerprint-{number}") for number in range(limit + 1)]

    assert [answer.status_code for answer in answers] == [201] * limit + [409]
    assert problem(answers[-1]) == (409, "device-limit-reached")
    assert (await backend.call("GET", "/devices")).json()["limit"] == limit
    assert await prints(backend) == [f"fingerprint-{number}" for number in range(limit)]
    assert await backend.counted(REGISTERED) == limit


async def test_the_limit_holds_for_calls_at_once(
    backend: Backend, stripe: respx.MockRouter
) -> None:
    """Of eight devices at once five are registered; each has a secret of its own."""
    await subscribe(backend, stripe)

    answers = await asyncio.gather(*(backend.register(f"fingerprint-{one}") for one in range(8)))

    assert Counter(answer.status_code for answer in answers) == {201: 5, 409: 3}
    assert len({one.json()["secret"] for one in answers if one.status_code == 201}) == 5
    assert len(await prints(backend)) == 5


async def test_one_device_at_once_is_one_device(backend: Backend) -> None:
    """Also at the limit: one call has the secret, the others have the device."""
    answers = await asyncio.gather(*(backend.register("fingerprint-1") for _ in range(5)))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 4}
    assert len({answer.json()["device"]["id"] for answer in answers}) == 1
    assert await backend.counted(REGISTERED) == 1


async def test_a_lower_plan_deletes_nothing(backend: Backend, stripe: respx.MockRouter) -> None:
    """Nothing can be added until there is room; what is known stays known."""
    await subscribe(backend, stripe, Subscription(price="price_billproof_basic"))
    kept = [(await backend.register(f"fingerprint-{one}")).json()["device"] for one in (1, 2)]

    await subscribe(backend, stripe, Subscription(status="unpaid"))

    assert await prints(backend) == ["fingerprint-1", "fingerprint-2"]
    assert (await backend.register("fingerprint-2")).status_code == 200
    assert problem(await backend.register("fingerprint-3")) == (409, "device-limit-reached")
    for device in kept:
        await backend.call("DELETE", f"/devices/{device['id']}")
    assert (await backend.register("fingerprint-3")).status_code == 201


async def test_a_lost_secret_is_replaced(backend: Backend) -> None:
    """Delete and register again: another device, another secret."""
    first = (await backend.register("fingerprint-1")).json()

    gone = await backend.call("DELETE", f"/devices/{first['device']['id']}")
    second = await backend.register("fingerprint-1")

    assert (gone.status_code, gone.content) == (204, b"")
    assert second.status_code == 201
    assert second.json()["secret"] != first["secret"]
    assert second.json()["device"]["id"] != first["device"]["id"]
    assert await backend.counted(REVOKED) == 1


async def test_another_users_device_is_unknown(backend: Backend) -> None:
    """It is answered as one that never was, and stays; fingerprints are each user's own."""
    device = (await backend.register("fingerprint-1", ADA)).json()["device"]

    foreign = await backend.call("DELETE", f"/devices/{device['id']}", BOB)
    unknown = await backend.call("DELETE", "/devices/dev_unknown", BOB)

    assert problem(foreign) == problem(unknown) == (404, "not-found")
    assert foreign.content == unknown.content
    assert await prints(backend) == ["fingerprint-1"]
    assert await prints(backend, BOB) == []
    assert await backend.counted(REVOKED) == 0
    assert (await backend.register("fingerprint-1", BOB)).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {"name": "", "fingerprint": "fingerprint-1"},
        {"name": " \t", "fingerprint": "fingerprint-1"},
        {"name": "x" * 101, "fingerprint": "fingerprint-1"},
        {"name": "Living room", "fingerprint": "short"},
        {"name": "Living room", "fingerprint": "finger print"},
        {"name": "Living room", "fingerprint": "fingerprint-1\n"},
        {"name": "Living room"},
        {"name": "Living room", "fingerprint": "fingerprint-1", "secret": "mine"},
    ],
    ids=["no name", "blank", "long", "short", "space", "line", "no print", "more"],
)
async def test_what_is_no_device_is_refused(backend: Backend, body: dict[str, str]) -> None:
    """And not kept."""
    refused = await backend.call("POST", "/devices", json=body)

    assert problem(refused) == (422, "validation-failed")
    assert await prints(backend) == []


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b"{", (400, "malformed-request")),
        (b"", (422, "validation-failed")),
        (b'{"name": "\\ud800", "fingerprint": "fingerprint-1"}', (422, "validation-failed")),
    ],
    ids=["no JSON", "nothing", "half of a pair"],
)
async def test_what_is_no_text_is_refused(
    backend: Backend, body: bytes, name: tuple[int, str]
) -> None:
    """The client's fault, and no error of ours."""
    headers = {"Content-Type": "application/json"}

    refused = await backend.call("POST", "/devices", content=body, headers=headers)

    assert problem(refused) == name
    assert await prints(backend) == []


NAMES_THAT_NO_COLUMN_LIKES = ("a\0b", "\0\0", "\x1b0", "\x1b\x1b\0 \\0", "n\x1b")


async def test_a_name_may_have_a_nul(backend: Backend) -> None:
    """It is a character of JSON, though not of PostgreSQL's; none is taken for another."""
    await backend.register("fingerprint-0")
    device = (await backend.call("GET", "/devices")).json()["devices"][0]["id"]
    for name in NAMES_THAT_NO_COLUMN_LIKES:
        assert (await backend.call("DELETE", f"/devices/{device}")).status_code == 204
        body = {"name": name, "fingerprint": "fingerprint-0"}
        made = await backend.call("POST", "/devices", json=body)
        [listed] = (await backend.call("GET", "/devices")).json()["devices"]
        assert [made.json()["device"]["name"], listed["name"]] == [name, name]
        device = listed["id"]


async def test_an_id_with_a_nul_is_unknown(backend: Backend) -> None:
    """As any other that nobody gave out."""
    assert problem(await backend.call("DELETE", "/devices/%00")) == (404, "not-found")
