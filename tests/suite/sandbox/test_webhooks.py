"""Webhooks: signed, retried, held, delivered on demand."""

from __future__ import annotations

import json

import pytest
import stripe

from billproof.sandbox.client import Sandbox, SandboxRefused
from tests.suite.sandbox.conftest import Receiver, wait_until

SECRET = "whsec_tests"


def test_the_sdk_accepts_a_delivery_over_its_bytes(sandbox: Sandbox, receiver: Receiver) -> None:
    """The signature holds for the exact body, and for no other secret."""
    sandbox.set_webhook(receiver.url, SECRET)
    customer = sandbox.create_customer(name="Zoë Ünal")

    got = receiver.next()

    event = stripe.Webhook.construct_event(got.body, got.signature, SECRET)
    assert event.type == "customer.created"
    assert event.data.object["id"] == customer.id
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(got.body, got.signature, "whsec_other")
    assert got.body.decode() == sandbox.events(customer=customer.id)[0].body


def test_each_of_two_secrets_signs(sandbox: Sandbox, receiver: Receiver) -> None:
    """While a secret is being replaced, the old one and the new one both fit."""
    sandbox.set_webhook(receiver.url, "whsec_old,whsec_new")
    sandbox.create_customer()

    got = receiver.next()

    for secret in ("whsec_old", "whsec_new"):
        assert stripe.Webhook.construct_event(got.body, got.signature, secret).id


def test_what_is_refused_comes_again(sandbox: Sandbox, receiver: Receiver) -> None:
    """A 500 and a redirect are failures; the third attempt is taken, and is the last."""
    receiver.statuses = [500, 302, 200]
    sandbox.set_webhook(receiver.url, SECRET)
    sandbox.create_customer()

    bodies = [receiver.next().body for _ in range(3)]

    assert len(set(bodies)) == 1
    wait_until(lambda: len(sandbox.attempts()) == 3)
    assert [each.status for each in sandbox.attempts()] == [500, 302, 200]
    assert [each.taken for each in sandbox.attempts()] == [False, False, True]


def test_events_of_a_customer_come_in_order(sandbox: Sandbox, receiver: Receiver) -> None:
    """First attempts leave in the order in which things happened."""
    sandbox.set_webhook(receiver.url, SECRET)
    customer = sandbox.create_customer().id
    sandbox.subscribe(customer, "price_pro")

    expected = [event.type for event in sandbox.events(customer=customer)]

    assert [receiver.next().type for _ in expected] == expected


def test_held_events_leave_on_demand_only(sandbox: Sandbox, receiver: Receiver) -> None:
    """Manual mode delivers nothing by itself, and as often as asked."""
    sandbox.set_webhook(receiver.url, SECRET, mode="manual")
    customer = sandbox.create_customer().id
    event = sandbox.events(customer=customer)[0]

    attempts = [sandbox.deliver(event.id) for _ in range(2)]

    assert [attempt.status for attempt in attempts] == [200, 200]
    assert [json.loads(receiver.next().body)["id"] for _ in range(2)] == [event.id] * 2
    assert receiver.got.empty()
    assert len(sandbox.attempts(event=event.id)) == 2


def test_one_customer_can_be_held_alone(sandbox: Sandbox, receiver: Receiver) -> None:
    """The customer's mode wins over the account's."""
    sandbox.set_webhook(receiver.url, SECRET, mode="manual")
    held, free = sandbox.create_customer().id, sandbox.create_customer().id
    sandbox.set_delivery(free, "auto")

    sandbox.stripe("POST", f"/v1/customers/{held}", {"name": "Held"})
    sandbox.stripe("POST", f"/v1/customers/{free}", {"name": "Free"})

    assert json.loads(receiver.next().body)["data"]["object"]["id"] == free
    assert sandbox.attempts(customer=held) == []


def test_an_endpoint_made_by_a_call_gets_the_types_it_asked_for(
    sdk: stripe.StripeClient, sandbox: Sandbox, receiver: Receiver
) -> None:
    """Its secret is shown once, and signs what goes there."""
    endpoint = sdk.v1.webhook_endpoints.create(
        {"url": receiver.url, "enabled_events": ["customer.updated"]}
    )
    customer = sandbox.create_customer().id
    sandbox.stripe("POST", f"/v1/customers/{customer}", {"name": "N"})

    got = receiver.next()

    assert got.type == "customer.updated"
    assert stripe.Webhook.construct_event(got.body, got.signature, endpoint.secret or "")
    assert sdk.v1.webhook_endpoints.retrieve(endpoint.id).to_dict().get("secret") is None
    sdk.v1.webhook_endpoints.delete(endpoint.id)
    assert sdk.v1.webhook_endpoints.list().data == []


def test_an_endpoint_is_changed_and_switched_off(
    sdk: stripe.StripeClient, sandbox: Sandbox, receiver: Receiver
) -> None:
    """Other types come from then on; none while it is disabled; all is well after that."""
    made = sdk.v1.webhook_endpoints.create(
        {"url": receiver.url, "enabled_events": ["customer.created"], "metadata": {"a": "1"}}
    )
    changed = sdk.v1.webhook_endpoints.update(
        made.id,
        {"enabled_events": ["customer.updated"], "metadata": {"b": "2"}, "disabled": True},
    )
    assert (changed.status, changed.enabled_events) == ("disabled", ["customer.updated"])
    assert changed.metadata.to_dict() == {"a": "1", "b": "2"}
    customer = sandbox.create_customer().id
    sandbox.stripe("POST", f"/v1/customers/{customer}", {"name": "Unheard"})

    assert sdk.v1.webhook_endpoints.update(made.id, {"disabled": False}).status == "enabled"
    sandbox.stripe("POST", f"/v1/customers/{customer}", {"name": "Heard"})

    got = receiver.next()
    assert json.loads(got.body)["data"]["object"]["name"] == "Heard"
    assert stripe.Webhook.construct_event(got.body, got.signature, made.secret or "")
    with pytest.raises(stripe.InvalidRequestError) as caught:
        sdk.v1.webhook_endpoints.update(made.id, {"url": "nowhere"})
    assert (caught.value.code, caught.value.param) == ("url_invalid", "url")


def test_a_dead_endpoint_is_an_attempt_without_a_status(sandbox: Sandbox) -> None:
    """Why nothing came is said, and the API goes on."""
    sandbox.set_webhook("http://127.0.0.1:9/hook", SECRET, mode="manual")
    customer = sandbox.create_customer().id

    attempt = sandbox.deliver(sandbox.events(customer=customer)[0].id)

    assert attempt.status is None
    assert attempt.error
    assert not attempt.taken


def test_nothing_is_delivered_without_an_endpoint(sandbox: Sandbox) -> None:
    """An account without an endpoint refuses a delivery on demand."""
    customer = sandbox.create_customer().id

    with pytest.raises(SandboxRefused, match="no webhook endpoint"):
        sandbox.deliver(sandbox.events(customer=customer)[0].id)
