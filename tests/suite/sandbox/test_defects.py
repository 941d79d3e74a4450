"""What a defect of the sandbox itself does: no more than it must."""

from __future__ import annotations

import asyncio
import logging

import httpx
import pytest
from starlette.applications import Starlette

from billproof.sandbox.api.door import Api
from billproof.sandbox.billing.subscription import Subscription
from billproof.sandbox.front import Front
from billproof.sandbox.tenants.ticking import tick
from tests.suite.sandbox.local import DAY, START, Local

MONTH = 31 * DAY


def damaged(local: Local) -> tuple[str, str]:
    """A subscription as no call makes one: its clock, and its id."""
    clock = local.clock()
    customer = local.customer(test_clock=clock)
    made = local.subscribe(customer)
    del local.account.get(Subscription, made["id"]).default_payment_method
    return clock, made["id"]


def test_a_clock_that_fails_says_so_and_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    """It is logged once; Stripe's own status for it is `internal_failure`."""
    local = Local()
    sound, (broken, _) = local.clock(), damaged(local)
    for clock in (broken, sound):
        local.post(f"test_helpers/test_clocks/{clock}/advance", frozen_time=START + MONTH)

    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            asyncio.run(tick([local.tenant]))

    found = [local.get(f"test_helpers/test_clocks/{each}") for each in (sound, broken)]
    assert [each["status"] for each in found] == ["ready", "internal_failure"]
    assert len(caplog.records) == 1
    assert "defect of the sandbox" in caplog.text
    assert "Traceback" in caplog.text
    assert local.types(0)[-1] == "test_helpers.test_clock.internal_failure"


def test_a_call_that_fails_is_answered_as_stripe_would(caplog: pytest.LogCaptureFixture) -> None:
    """With a 500 of Stripe's form; the next call is served."""
    local = Local()
    _, subscription = damaged(local)
    paths = ("/v1/customers", f"/v1/subscriptions/{subscription}", "/v1/customers")

    with caplog.at_level(logging.ERROR):
        before, answer, after = asyncio.run(called(local, paths))

    assert (before.status_code, after.status_code) == (200, 200)
    assert (answer.status_code, answer.json()["error"]["type"]) == (500, "api_error")
    assert answer.headers["request-id"].startswith("req_")
    assert "Traceback" in caplog.text


async def called(local: Local, paths: tuple[str, ...]) -> list[httpx.Response]:
    """The answers of the door."""
    transport = httpx.ASGITransport(
        app=Front(Api(local.tenants, lambda: local.at), Starlette(), None)
    )
    async with httpx.AsyncClient(
        transport=transport, base_url="http://own", auth=(local.account.key, "")
    ) as client:
        return [await client.get(path) for path in paths]
