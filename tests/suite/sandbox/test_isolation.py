"""Accounts: one for each key, with the catalogue in it and nothing of others."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from billproof.sandbox.client import Sandbox, SandboxRefused
from billproof.sandbox.models import PriceShown


@pytest.fixture
def neighbour(server: str, key: str) -> Iterator[Sandbox]:
    """Another account on the same server."""
    with Sandbox(server, key + "n") as client:
        yield client


def test_accounts_do_not_see_each_other(
    server: str, key: str, sandbox: Sandbox, neighbour: Sandbox
) -> None:
    """Objects, events, calls and faults stay with their key."""
    customer = sandbox.create_customer()
    sandbox.fault(on="writes", effect="status")
    statuses = [
        httpx.post(f"{server}/v1/customers", auth=(each, "")).status_code
        for each in (key, key + "n")
    ]

    assert statuses == [500, 200]
    assert [len(each.customers()) for each in (sandbox, neighbour)] == [1, 1]
    assert [len(each.events()) for each in (sandbox, neighbour)] == [1, 1]
    assert [call.status for call in sandbox.calls()] == [500]
    assert [call.status for call in neighbour.calls()] == [200]
    with pytest.raises(SandboxRefused) as caught:
        neighbour.customer(customer.id)
    assert caught.value.status == 404


def test_the_catalogue_is_there_from_the_start(sandbox: Sandbox, neighbour: Sandbox) -> None:
    """Under the same ids in every account; what costs nothing has no price."""
    for account in (sandbox, neighbour):
        price = account.retrieve("price_team", PriceShown)
        assert (price.unit_amount, price.currency) == (4500, "jpy")
        assert len(account.stripe("GET", "/v1/prices")["data"]) == 2
        assert account.events() == []


def test_the_mode_follows_the_key(server: str, key: str) -> None:
    """A live key makes live objects."""
    with Sandbox(server, key.replace("sk_test_", "rk_live_")) as live:
        customer = live.stripe("POST", "/v1/customers")

        assert customer["livemode"] is True
        assert live.stripe("GET", "/v1/events")["data"][0]["livemode"] is True
