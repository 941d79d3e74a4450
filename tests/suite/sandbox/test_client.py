"""The typed client beside the document: it pulls every lever, with bodies that fit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from billproof.sandbox.client import Sandbox
from billproof.sandbox.control.document import document
from billproof.sandbox.control.routes import LEVERS
from tests.suite.sandbox.conftest import SUCCESS, Receiver

DOCUMENT = document(LEVERS)
ASKED = "pm_card_authenticationRequired"


class Overheard(Sandbox):
    """A client that keeps what it sends."""

    def __init__(self, url: str, secret_key: str) -> None:
        super().__init__(url, secret_key)
        self.sent: list[tuple[str, str, Any, set[str]]] = []
        """Method, path, body, and the names in the query."""

    def send(self, method: str, path: str, **words: Any) -> dict[str, Any]:
        """Send it."""
        names = {name for name, _ in words.get("params", ())}
        if path.startswith("/_sandbox/"):
            self.sent.append((method, path, words.get("json"), names))
        return super().send(method, path, **words)


@pytest.fixture
def client(server: str, key: str) -> Iterator[Overheard]:
    """The client on the test's own account."""
    with Overheard(server, key) as sandbox:
        yield sandbox


def _bill(client: Overheard) -> None:
    """Pull what belongs to buyers and their banks."""
    lines = [{"price": "price_pro", "quantity": 1}]
    session = client.create_session(mode="subscription", success_url=SUCCESS, line_items=lines)
    customer = client.pay(session.id, email="ada@shop.test").customer or ""
    card = client.stripe("POST", f"/v1/payment_methods/{ASKED}/attach", {"customer": customer})
    wanted = {"customer": customer, "payment_method": card["id"], "confirm": True}
    client.authenticate(client.stripe("POST", "/v1/setup_intents", wanted)["id"])
    expand = ["latest_invoice.payments"]
    asks = {"customer": customer, "items": lines, "default_payment_method": card["id"]}
    made = client.stripe("POST", "/v1/subscriptions", {**asks, "expand": expand})
    payment = made["latest_invoice"]["payments"]["data"][0]["payment"]["payment_intent"]
    client.authenticate(payment, "fail")
    paid = [each for each in client.stripe("GET", "/v1/charges")["data"] if each["paid"]]
    assert client.dispute(paid[0]["id"]).reason == "fraudulent"


def _rule(client: Overheard) -> None:
    """Pull what belongs to the merchant, to time and to the truth."""
    [dispute] = client.stripe("GET", "/v1/disputes")["data"]
    assert client.settle_dispute(dispute["id"], "won").status == "won"
    client.settle_by(retry_days=[2, 4], after_retries="unpaid")
    assert client.settings().retry_days == [2, 4]
    clock = client.stripe("POST", "/v1/test_helpers/test_clocks", {"frozen_time": 1_800_000_007})
    assert [(each.id, each.frozen_time) for each in client.clocks()] == [
        (clock["id"], 1_800_000_007)
    ]
    client.run_ahead(client.customers()[0].id, 60)
    client.amend(client.subscriptions()[0].id, status="past_due")
    bill = client.create_invoice(client.customers()[0].id, 1900, "eur")
    shown = client.disguise(bill.id, status="under_review", withhold=["number"])
    assert (shown.status, shown.number) == ("under_review", None)
    empty = client.create_invoice(client.customers()[0].id, 0, "eur")
    client.delete_draft(empty.id)
    assert client.move_invoice(bill.id, "finalize").amount_due == client.invoice(bill.id).amount_due
    assert client.sessions()
    assert client.calls() == []
    client.lag_search(0)


def _fail(client: Overheard) -> None:
    """Pull what belongs to faults."""
    customer = client.create_customer().id
    fault = client.fault(customer=customer)
    assert (
        client.faults(customer) == [client.find_fault(fault.id)] == [client.clear_fault(fault.id)]
    )
    client.clear_faults()


def _deliver(client: Overheard, receiver: Receiver) -> None:
    """Pull what belongs to webhooks."""
    client.set_webhook(receiver.url, "whsec_x", mode="manual")
    assert client.webhooks().urls == [receiver.url]
    customer = client.create_customer().id
    client.set_delivery(customer, "manual")
    [event] = client.held(customer=customer)
    assert client.events(customer=customer) == [event]
    assert client.deliver(event.id).taken
    assert client.release([event.id], form="thin")[0].taken
    client.deliver_later(event.id, 0)
    client.drop(event.id)
    assert client.attempts(customer=customer)
    client.roll_secret(client.stripe("GET", "/v1/webhook_endpoints")["data"][0]["id"])


def test_it_pulls_every_lever_as_the_document_says(client: Overheard, receiver: Receiver) -> None:
    """None is missing, no body says what its schema refuses, no query asks what is not answered."""
    client.health()
    _bill(client)
    _rule(client)
    _fail(client)
    _deliver(client, receiver)

    pulled = set()
    for method, path, body, names in client.sent:
        operation = _operation(method, path)
        pulled.add(operation["operationId"])
        told = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"}
        assert names <= told, operation["operationId"]
        if body is not None:
            content = operation["requestBody"]["content"]["application/json"]
            jsonschema.validate(body, content["schema"])
    assert pulled == {lever.name for lever in LEVERS} | {"health"}


def _operation(method: str, path: str) -> dict[str, Any]:
    """What the document says of a call; of two that fit, the one without a variable."""
    fitting = [
        place
        for place, there in DOCUMENT["paths"].items()
        if method.lower() in there and re.fullmatch(re.sub(r"{\w+}", "[^/]+", place), path)
    ]
    found: dict[str, Any] = DOCUMENT["paths"][min(fitting, key=lambda each: "{" in each)]
    operation: dict[str, Any] = found[method.lower()]
    return operation
