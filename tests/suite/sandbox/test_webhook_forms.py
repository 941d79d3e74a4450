"""Events as they may come on demand: old, thin, in older versions, under other secrets."""

from __future__ import annotations

import json
from typing import Any

import pytest
import stripe

from billproof.sandbox.client import Sandbox
from tests.suite.sandbox.conftest import Receiver
from tests.suite.sandbox.held import SECRET, held_story


def test_a_rolled_secret_signs_beside_the_old_one(
    sdk: stripe.StripeClient, sandbox: Sandbox, receiver: Receiver
) -> None:
    """For the overlap; without one the old secret no longer fits."""
    endpoint = sdk.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]})
    old = str(endpoint.secret)

    new = sandbox.roll_secret(endpoint.id)

    sandbox.create_customer()
    both = receiver.next()
    for secret in (old, new):
        assert stripe.Webhook.construct_event(both.body, both.signature, secret).id
    newest = sandbox.roll_secret(endpoint.id, overlap=0)
    sandbox.create_customer()
    after = receiver.next()
    assert stripe.Webhook.construct_event(after.body, after.signature, newest).id
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(after.body, after.signature, new)


def test_two_secrets_that_are_rolled_both_sign_on(sandbox: Sandbox, receiver: Receiver) -> None:
    """With the new one there are three signatures, and each fits."""
    sandbox.set_webhook(receiver.url, "whsec_older, whsec_old")
    endpoint = sandbox.stripe("GET", "/v1/webhook_endpoints")["data"][0]["id"]

    new = sandbox.roll_secret(endpoint)

    sandbox.create_customer()
    got = receiver.next()
    for secret in ("whsec_older", "whsec_old", new):
        assert stripe.Webhook.construct_event(got.body, got.signature, secret).id


def test_an_old_event_is_signed_long_ago(sandbox: Sandbox, receiver: Receiver) -> None:
    """A receiver that heeds the tolerance refuses it; signed now, it takes it."""
    held = held_story(sandbox, receiver)

    sandbox.deliver(held[0], age=301)
    sandbox.deliver(held[0])

    stale, fresh = receiver.next(), receiver.next()
    with pytest.raises(stripe.SignatureVerificationError, match="tolerance"):
        stripe.Webhook.construct_event(stale.body, stale.signature, SECRET)
    assert stripe.Webhook.construct_event(fresh.body, fresh.signature, SECRET).id == held[0]


def test_an_event_is_signed_with_another_secret(sandbox: Sandbox, receiver: Receiver) -> None:
    """With that one, and with no other."""
    held = held_story(sandbox, receiver)

    sandbox.deliver(held[0], secret="whsec_foreign")

    got = receiver.next()
    assert stripe.Webhook.construct_event(got.body, got.signature, "whsec_foreign").id == held[0]
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(got.body, got.signature, SECRET)


def test_a_thin_event_only_names_its_object(
    sdk: stripe.StripeClient, sandbox: Sandbox, receiver: Receiver
) -> None:
    """The official SDK reads it as a notification, and not as an event."""
    held = held_story(sandbox, receiver)

    sandbox.deliver(held[0], form="thin")

    got = receiver.next()
    told = sdk.parse_event_notification(got.body, got.signature, SECRET)
    assert (told.id, told.type) == (held[0], "v1.customer.created")
    about = json.loads(got.body)["related_object"]
    assert about["url"] == f"/v1/customers/{about['id']}"
    with pytest.raises(ValueError, match=r"thin|notification|v2"):
        stripe.Webhook.construct_event(got.body, got.signature, SECRET)


def test_an_event_is_written_in_an_older_version(sandbox: Sandbox, receiver: Receiver) -> None:
    """The period is then the subscription's own; the data are the same."""
    held = held_story(sandbox, receiver)
    created = next(
        event.id for event in sandbox.held() if event.type == "customer.subscription.created"
    )
    assert created in held

    sandbox.deliver(created, api_version="2024-06-20")
    sandbox.deliver(created)

    old, new = (json.loads(receiver.next().body) for _ in range(2))
    item = new["data"]["object"]["items"]["data"][0]
    assert old["data"]["object"]["current_period_end"] == item["current_period_end"]
    assert "current_period_end" not in new["data"]["object"]
    assert (old["id"], old["api_version"]) == (new["id"], "2024-06-20")


def test_an_older_version_names_the_subscription_on_the_invoice(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    """Before basil at its top, today in `parent`; the SDK reads both, signed over their bytes."""
    sandbox.set_webhook(receiver.url, SECRET, mode="manual")
    made = sandbox.subscribe(sandbox.create_customer().id, "price_pro").id
    paid = next(event.id for event in sandbox.held() if event.type == "invoice.paid")

    for version in ("2024-06-20", "2025-03-31.basil"):
        sandbox.deliver(paid, api_version=version)

    read = []
    for _ in range(2):
        got = receiver.next()
        event = stripe.Webhook.construct_event(got.body, got.signature, SECRET)
        read.append(event.data.object)
    old, new = read
    assert (old["subscription"], "parent" in old) == (made, False)
    assert new["parent"]["subscription_details"]["subscription"] == made
    assert "subscription" not in new


def test_a_thin_events_object_is_fetched(
    sdk: stripe.StripeClient, sandbox: Sandbox, receiver: Receiver
) -> None:
    """By the SDK, at the path that each of them names, whatever its kind."""
    held = held_story(sandbox, receiver)
    for event in held:
        sandbox.deliver(event, form="thin")

    fetched = set()
    for _ in held:
        got = receiver.next()
        told: Any = sdk.parse_event_notification(got.body, got.signature, SECRET)
        assert told.fetch_related_object().id == told.related_object.id
        fetched.add(told.related_object.type)

    assert {"customer", "invoice", "subscription", "payment_intent"} <= fetched


def test_an_event_says_that_it_happened_long_ago(sandbox: Sandbox, receiver: Receiver) -> None:
    """Only `created` differs, in both forms; the signature is of now, and fits."""
    sandbox.set_webhook(receiver.url, SECRET, mode="manual")
    sandbox.create_customer()
    event = sandbox.events()[0]

    sandbox.deliver(event.id, created=1_600_000_000)
    sandbox.deliver(event.id, created=1_600_000_000, form="thin")

    got, thin = receiver.next(), receiver.next()
    assert json.loads(got.body) == {**json.loads(event.body), "created": 1_600_000_000}
    assert event.created != 1_600_000_000
    assert json.loads(thin.body)["created"] == "2020-09-13T12:26:40.000Z"
    assert stripe.Webhook.construct_event(got.body, got.signature, SECRET).id == event.id
