"""Who pins an API version before basil sees the old shapes, in answers and in events."""

from __future__ import annotations

import json
from typing import Any

import pytest
import stripe

from billproof.sandbox.client import Sandbox
from tests.suite.sandbox.conftest import Receiver

OLD, BASIL, NEW = "2024-06-20", "2025-03-31.basil", "2026-10-28.endive"


@pytest.fixture
def pinned(server: str, key: str) -> stripe.StripeClient:
    """The official SDK, told to speak the old version."""
    return stripe.StripeClient(key, base_addresses={"api": server}, stripe_version=OLD)


def test_an_old_client_finds_the_period_on_the_subscription(
    sdk: stripe.StripeClient, pinned: stripe.StripeClient, sandbox: Sandbox
) -> None:
    """The same instants, each version where it had them, also inside lists and expansions."""
    made = sandbox.subscribe(sandbox.create_customer().id, "price_pro")
    new = sdk.v1.subscriptions.retrieve(made.id).to_dict()
    old = pinned.v1.subscriptions.retrieve(made.id).to_dict()
    listed = pinned.v1.subscriptions.list().to_dict()["data"][0]
    expand = {"expand": ["subscriptions"]}
    nested = pinned.v1.customers.retrieve(made.customer, expand).to_dict()  # type: ignore[arg-type]

    item = new["items"]["data"][0]
    period = {name: item[name] for name in ("current_period_start", "current_period_end")}
    assert not period.keys() & new.keys()
    assert period.items() <= old.items()
    assert not period.keys() & old["items"]["data"][0].keys()
    assert listed == nested["subscriptions"]["data"][0] == old


def test_an_old_client_finds_the_subscription_on_the_invoice(
    sdk: stripe.StripeClient, pinned: stripe.StripeClient, sandbox: Sandbox
) -> None:
    """`parent` is new, `subscription` and `paid` are old."""
    made = sandbox.subscribe(sandbox.create_customer().id, "price_pro")
    new = sdk.v1.invoices.list().data[0].to_dict()
    old = pinned.v1.invoices.list().data[0].to_dict()

    assert new["parent"]["subscription_details"]["subscription"] == made.id
    assert (old["subscription"], old["paid"], old["paid_out_of_band"]) == (made.id, True, False)
    assert "parent" not in old
    assert not {"subscription", "paid"} & new.keys()
    assert old["lines"]["data"][0]["subscription"] == made.id
    assert "parent" not in old["lines"]["data"][0]


@pytest.mark.parametrize("version", [OLD, BASIL, NEW])
def test_an_endpoint_gets_events_in_its_own_version(
    version: Any, sdk: stripe.StripeClient, sandbox: Sandbox, receiver: Receiver
) -> None:
    """It says so, it is so, and the signature is over those bytes."""
    endpoint = sdk.v1.webhook_endpoints.create(
        {
            "url": receiver.url,
            "enabled_events": ["customer.subscription.updated"],
            "api_version": version,
        }
    )
    made = sandbox.subscribe(sandbox.create_customer().id, "price_pro")

    got = receiver.next()

    assert stripe.Webhook.construct_event(got.body, got.signature, endpoint.secret or "")
    told = json.loads(got.body)
    assert told["api_version"] == version
    seen = told["data"]["object"]
    assert ("current_period_end" in seen) == (version == OLD)
    assert ("current_period_end" in seen["items"]["data"][0]) == (version != OLD)
    ends = {**seen["items"]["data"][0], **seen}["current_period_end"]
    assert ends == made.current_period_end
