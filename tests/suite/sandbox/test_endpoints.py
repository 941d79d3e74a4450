"""Webhook endpoints: several at once, secrets that are replaced, addresses where nobody is."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from billproof.sandbox.client import Sandbox
from tests.suite.sandbox.conftest import Receiver, wait_until


def signed_by(body: bytes, signature: str, *secrets: str) -> list[bool]:
    """For each secret, whether the official SDK accepts the delivery under it."""
    found = []
    for secret in secrets:
        try:
            stripe.WebhookSignature.verify_header(body.decode(), signature, secret, 300)
            found.append(True)
        except stripe.SignatureVerificationError:
            found.append(False)
    return found


def pending(sdk: stripe.StripeClient, event: str) -> int:
    """How many endpoints have not taken an event, as the API says."""
    return sdk.v1.events.retrieve(event).pending_webhooks


def test_each_endpoint_has_its_own_secret_version_and_types(
    sandbox: Sandbox, sdk: stripe.StripeClient, receiver: Receiver, second_receiver: Receiver
) -> None:
    """One event goes to both, each in its own shape; another goes to one alone."""
    old = sdk.v1.webhook_endpoints.create(
        {
            "url": receiver.url,
            "enabled_events": ["customer.subscription.created"],
            "api_version": "2024-06-20",
        }
    )
    new = sdk.v1.webhook_endpoints.create(
        {
            "url": second_receiver.url,
            "enabled_events": ["customer.created", "customer.subscription.created"],
        }
    )
    sandbox.subscribe(sandbox.create_customer().id, "price_pro")

    first, second = receiver.next(), second_receiver.next()
    third = second_receiver.next()

    assert (first.type, second.type) == ("customer.subscription.created", "customer.created")
    assert first.id == third.id
    shapes = [json.loads(each.body)["data"]["object"] for each in (first, third)]
    assert ["current_period_end" in shape for shape in shapes] == [True, False]
    secrets = old.secret or "", new.secret or ""
    assert signed_by(first.body, first.signature, *secrets) == [True, False]
    assert signed_by(third.body, third.signature, *secrets) == [False, True]


def test_pending_webhooks_goes_down_as_endpoints_take_it(
    sandbox: Sandbox, sdk: stripe.StripeClient, receiver: Receiver, second_receiver: Receiver
) -> None:
    """The delivered text says for how many it was; the API says how many are left."""
    for url in (receiver.url, second_receiver.url):
        sdk.v1.webhook_endpoints.create({"url": url, "enabled_events": ["*"]})
    sandbox.send("PUT", "/_sandbox/webhooks", json={"mode": "manual"})
    sandbox.create_customer()
    event = sandbox.events()[0].id
    assert pending(sdk, event) == 2
    second_receiver.statuses = [500, 200]

    sandbox.deliver(event)
    assert pending(sdk, event) == 1
    sandbox.deliver(event)

    assert pending(sdk, event) == 0
    assert json.loads(receiver.next().body)["pending_webhooks"] == 2


def test_attempts_end_when_the_endpoint_is_disabled(
    sandbox: Sandbox, sdk: stripe.StripeClient, receiver: Receiver
) -> None:
    """As at Stripe, what is due then is not sent; before, it was tried again."""
    endpoint = sdk.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]})
    sandbox.send("PUT", "/_sandbox/webhooks", json={"back_off": [0.01] * 3})
    receiver.statuses, receiver.meeting = [500], threading.Barrier(2)
    sandbox.create_customer()
    receiver.next()
    receiver.meeting.wait(10)
    receiver.next()

    sdk.v1.webhook_endpoints.update(endpoint.id, {"disabled": True})
    receiver.meeting.wait(10)

    wait_until(lambda: sandbox.webhooks().under_way == 0)
    assert len(sandbox.attempts()) == 2


def test_what_waits_for_its_turn_does_not_go_to_a_deleted_endpoint(
    sandbox: Sandbox, sdk: stripe.StripeClient, receiver: Receiver
) -> None:
    """A customer's next event leaves after the one before; by then nobody is there."""
    endpoint = sdk.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]})
    receiver.meeting = threading.Barrier(2)
    customer = sandbox.create_customer().id
    receiver.next()
    sandbox.stripe("POST", f"/v1/customers/{customer}", {"name": "Ada"})

    sdk.v1.webhook_endpoints.delete(endpoint.id)
    receiver.meeting.wait(10)

    wait_until(lambda: sandbox.webhooks().under_way == 0)
    assert [each.type for each in sandbox.attempts()] == ["customer.created"]


def test_the_pauses_between_attempts_can_be_set(
    sandbox: Sandbox, sdk: stripe.StripeClient, receiver: Receiver
) -> None:
    """After the last of them it is given up, and the event is still pending."""
    usual = sandbox.webhooks().back_off
    sandbox.set_webhook(receiver.url, "whsec_tests")
    receiver.statuses = [500]

    sandbox.send("PUT", "/_sandbox/webhooks", json={"back_off": [0.01, 0.01]})
    sandbox.create_customer()

    wait_until(lambda: len(sandbox.attempts()) == 3 and sandbox.webhooks().under_way == 0)
    assert (len(usual), usual[:3]) == (10, [0.5, 1.0, 2.0])
    assert pending(sdk, sandbox.events()[0].id) == 1


@pytest.mark.parametrize(
    "forged", [{"secret": "whsec_x"}, {"age": 400}, {"created": 1}, {"form": "thin"}], ids=str
)
def test_a_forged_delivery_is_not_the_events_own(
    sandbox: Sandbox, sdk: stripe.StripeClient, receiver: Receiver, forged: dict[str, Any]
) -> None:
    """Whoever takes it still waits for the event; in another version it is the event."""
    sandbox.set_webhook(receiver.url, "whsec_tests", mode="manual")
    sandbox.create_customer()
    event = sandbox.events()[0].id

    assert sandbox.deliver(event, **forged).taken
    assert pending(sdk, event) == 1
    sandbox.deliver(event, api_version="2024-06-20")

    assert pending(sdk, event) == 0


@pytest.fixture
def endless() -> Iterator[str]:
    """An endpoint whose answer never ends."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.rfile.readline()
            self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
            try:
                while True:
                    self.wfile.write(b"x" * 65_536)
            except OSError:
                return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as listener:
        thread = threading.Thread(target=listener.serve_forever, args=[0.02], daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.server_address[1]}/"
        listener.shutdown()
        thread.join()


def test_an_endless_answer_is_not_read_to_its_end(sandbox: Sandbox, endless: str) -> None:
    """Its beginning is kept, and it counts by its status."""
    sandbox.set_webhook(endless, "whsec_tests", mode="manual")
    sandbox.create_customer()

    attempt = sandbox.deliver(sandbox.events()[0].id)

    assert (attempt.status, attempt.answer) == (200, "x" * 2000)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/", "http://nowhere.invalid/", "https://[::1]:9/"]
)
def test_an_address_where_nobody_is_does_no_harm(sandbox: Sandbox, url: str) -> None:
    """Attempts fail and say why; the account goes on."""
    sandbox.set_webhook(url, "whsec_tests")
    sandbox.send("PUT", "/_sandbox/webhooks", json={"back_off": [0.01]})

    customers = [sandbox.create_customer().id for _ in range(3)]

    wait_until(lambda: len(sandbox.attempts()) == 6 and sandbox.webhooks().under_way == 0)
    assert {(each.status, bool(each.error)) for each in sandbox.attempts()} == {(None, True)}
    assert [each.id for each in sandbox.customers()] == customers
