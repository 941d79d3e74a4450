"""The control API: its document, its answers, its refusals."""

from __future__ import annotations

from typing import Any

import httpx
import jsonschema
import pytest
from openapi_spec_validator import validate

from billproof.sandbox.client import Sandbox
from billproof.sandbox.control.routes import LEVERS
from tests.suite.sandbox.conftest import Receiver

PREFIX = "/_sandbox"


@pytest.fixture
def document(visitor: httpx.Client) -> dict[str, Any]:
    """The document as it is served; no key is needed for it."""
    return dict(visitor.get(f"{PREFIX}/openapi.json").json())


def test_the_document_is_valid_and_whole(document: dict[str, Any]) -> None:
    """OpenAPI 3.1, with every lever and nothing else."""
    validate(document)

    served = {(f"{PREFIX}{lever.path}", lever.method.lower()) for lever in LEVERS}
    told = {(path, method) for path, there in document["paths"].items() for method in there}
    assert told == served | {(f"{PREFIX}/health", "get")}
    names = [each["operationId"] for there in document["paths"].values() for each in there.values()]
    assert len(names) == len(set(names))


def _pulled(sandbox: Sandbox, http: httpx.Client, receiver: Receiver) -> dict[str, httpx.Response]:
    """One good call of every lever, by its name."""
    sandbox.set_webhook(receiver.url, "whsec_x", mode="manual")
    customer = sandbox.create_customer().id
    subscription = sandbox.subscribe(customer, "price_pro").id
    bill = sandbox.create_invoice(customer, 1900, "eur").id
    event = sandbox.events(customer=customer)[0].id
    charge = sandbox.stripe("GET", "/v1/charges")["data"][0]["id"]
    endpoint = sandbox.stripe("GET", "/v1/webhook_endpoints")["data"][0]["id"]
    session = sandbox.create_session(
        mode="subscription",
        success_url="https://shop.test",
        line_items=[{"price": "price_pro", "quantity": 1}],
    ).id
    asked = {"customer": customer, "payment_method": "pm_card_authenticationRequired"}
    setup = sandbox.stripe("POST", "/v1/setup_intents", {**asked, "confirm": True})["id"]
    card = sandbox.stripe(
        "POST", f"/v1/payment_methods/{asked['payment_method']}/attach", {"customer": customer}
    )["id"]
    waiting = sandbox.stripe(
        "POST",
        "/v1/subscriptions",
        {
            "customer": customer,
            "items": [{"price": "price_pro"}],
            "default_payment_method": card,
            "expand": ["latest_invoice.payments"],
        },
    )
    payment = waiting["latest_invoice"]["payments"]["data"][0]["payment"]["payment_intent"]
    fault = sandbox.fault(kind="dispute").id
    bodies: dict[str, tuple[str, Any]] = {
        "post_checkout_sessions_id_pay": (session, {}),
        "post_subscriptions_id": (subscription, {"cancel_at_period_end": True}),
        "post_invoices_id": (bill, {"status": "under_review"}),
        "post_payment_intents_id_authenticate": (payment, {"outcome": "complete"}),
        "post_setup_intents_id_authenticate": (setup, {"outcome": "fail"}),
        "put_customers_id_clock": (customer, {"offset": 5}),
        "put_settings": ("", {"retry_days": [1, 2], "after_retries": "unpaid"}),
        "post_charges_id_dispute": (charge, {"reason": "duplicate"}),
        "post_faults": ("", {"kind": "dispute", "times": 1}),
        "get_faults_id": (fault, None),
        "delete_faults_id": (fault, None),
        "put_search": ("", {"lag": 0}),
        "put_webhooks": ("", {"mode": "manual"}),
        "put_customers_id_delivery": (customer, {"mode": "manual"}),
        "post_events_id_drop": (event, None),
        "post_webhook_endpoints_id_roll_secret": (endpoint, {"overlap": 60}),
        "post_deliveries": ("", {"event": event}),
        "post_disputes_id_settle": ("", {"status": "won"}),
    }
    answers = {}
    # What ends something comes last, and all faults after the one.
    ordered = sorted(
        LEVERS, key=lambda each: (each.method == "DELETE") * (2 - each.path.count("{"))
    )
    for lever in ordered:
        identifier, body = bodies.get(lever.name, ("", None))
        if lever.name == "post_disputes_id_settle":
            identifier = sandbox.stripe("GET", "/v1/disputes")["data"][0]["id"]
        path = f"{PREFIX}{lever.path}".replace("{id}", identifier)
        answers[lever.name] = http.request(lever.method, path, json=body)
    return answers


def test_every_answer_is_what_the_document_says(
    document: dict[str, Any], sandbox: Sandbox, http: httpx.Client, receiver: Receiver
) -> None:
    """Each lever is pulled once, and moves."""
    answers = _pulled(sandbox, http, receiver)

    for lever in LEVERS:
        answer = answers[lever.name]
        assert answer.status_code == 200, (lever.name, answer.text)
        schema = {**document["components"]["schemas"][lever.answers], **_defined(document)}
        jsonschema.validate(answer.json(), schema)


def _defined(document: dict[str, Any]) -> dict[str, Any]:
    return {"components": document["components"]}


def test_a_schema_refuses_what_it_does_not_mean(document: dict[str, Any]) -> None:
    """Or the test before this one would prove nothing."""
    for name, schema in document["components"]["schemas"].items():
        refused = jsonschema.Draft202012Validator({**schema, **_defined(document)})
        assert list(refused.iter_errors({"other": 1})), f"{name} takes anything"


@pytest.mark.parametrize(
    ("call", "body", "status", "words"),
    [
        ("POST /faults", b"{", 400, "not JSON"),
        ("POST /faults", b"[1]", 400, "not a JSON object"),
        ("POST /faults", b"[" * 100_000, 400, "not JSON"),
        ("POST /faults", b'{"sort": "x"}', 400, "it takes: on, kind"),
        ("POST /faults", b'{"on": "mondays"}', 400, "all or writes or create"),
        ("POST /faults", b'{"status": 200}', 400, "whole number from 400 to 599"),
        ("POST /faults", b'{"status": true}', 400, "whole number from 400 to 599"),
        ("POST /faults", b'{"user": 7}', 400, "user must be a string"),
        ("POST /faults", b'{"user": ""}', 400, "not empty"),
        ("PUT /settings", b'{"retry_days": [0]}', 400, "from 1 to 60"),
        ("PUT /settings", b'{"retry_days": [1,1,1,1,1,1,1,1,1]}', 400, "at most 8"),
        ("PUT /webhooks", b'{"url": "ftp://x"}', 400, "Not a valid URL"),
        ("PUT /search", b"{}", 400, "Missing required param: lag"),
        ("POST /deliveries", b"{}", 400, "Missing required param: event"),
        ("POST /deliveries", b'{"event": "evt_no"}', 404, "No such event"),
        ("DELETE /faults/no", b"", 404, "No such fault"),
        ("PATCH /faults", b"", 405, "it knows POST, GET, DELETE"),
        ("GET /nothing", b"", 404, "/_sandbox/openapi.json"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words_that_help(
    http: httpx.Client, call: str, body: bytes, status: int, words: str
) -> None:
    """In the form of Stripe's errors; the next good call is served."""
    method, path = call.split()

    answer = http.request(method, PREFIX + path, content=body)

    assert answer.status_code == status
    assert words in answer.json()["error"]["message"]
    assert http.get(f"{PREFIX}/settings").status_code == 200


def test_a_wrong_method_names_the_right_ones(http: httpx.Client) -> None:
    """In `Allow`, as HTTP wants it."""
    answer = http.put(f"{PREFIX}/deliveries/held")

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


def test_a_lever_needs_a_key(visitor: httpx.Client) -> None:
    """Health and the document do not."""
    assert visitor.get(f"{PREFIX}/settings").status_code == 401
    assert visitor.get(f"{PREFIX}/health").status_code == 200


def test_settings_are_the_accounts_own(sandbox: Sandbox, http: httpx.Client) -> None:
    """What is not named stays; another key has its own."""
    sandbox.settle_by(retry_days=[1], finalization_delay=0)

    changed = http.put(f"{PREFIX}/settings", json={"after_retries": "past_due"}).json()

    assert changed == {
        "retry_days": [1],
        "after_retries": "past_due",
        "finalization_delay": 0,
        "upcoming_days": 7,
    }
    other = {"Authorization": "Bearer sk_test_other_settings"}
    assert http.get(f"{PREFIX}/settings", headers=other).json()["retry_days"] == [3, 5, 7]


def test_a_customers_time_runs_ahead(sandbox: Sandbox) -> None:
    """His period ends by itself, in seconds; time never goes back."""
    customer = sandbox.create_customer().id
    subscription = sandbox.subscribe(customer, "price_pro")
    end = subscription.current_period_end

    sandbox.run_ahead(customer, end - subscription.model_extra["created"] + 5)  # type: ignore[index]

    assert sandbox.subscription(subscription.id).items.data[0].current_period_start == end


def test_a_clock_is_advanced_by_the_client(sandbox: Sandbox) -> None:
    """It waits until the clock is ready."""
    clock = sandbox.stripe("POST", "/v1/test_helpers/test_clocks", {"frozen_time": 1_700_000_000})
    customer = sandbox.create_customer(test_clock=clock["id"]).id
    subscription = sandbox.subscribe(customer, "price_pro")
    end = subscription.current_period_end

    sandbox.advance(clock["id"], end + 3600)

    events = [event.type for event in sandbox.events(customer=customer)]
    assert events.count("invoice.paid") == 2
