"""The control API's manners: whatever it is sent, it says in Stripe's form what is wrong."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from billproof.sandbox.client import Sandbox
from billproof.sandbox.control.reading import LARGEST_BODY


def error_of(answer: httpx.Response) -> tuple[int, str | None, str]:
    """An error's status, parameter and message; it must have Stripe's form."""
    error = answer.json()["error"]
    assert error["type"] == "invalid_request_error"
    assert answer.headers["content-type"] == "application/json"
    return answer.status_code, error.get("param"), error["message"]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"mode=manual",
        b"[]",
        b"null",
        b'"manual"',
        b"\xff\xfe",
        b'{"back_off": [NaN]}',
        b'{"back_off": [Infinity]}',
        b'{"back_off": [1e999]}',
        b'{"secret": "\\ud800"}',
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b"9" * 5000,
    ],
    ids=range(12),
)
def test_what_is_no_json_object_is_refused(http: httpx.Client, body: bytes) -> None:
    """With 400; the same call with an object, or with nothing, is done."""
    for good in (b"{}", b"", b'{"mode": "manual"}'):
        assert http.put("/_sandbox/webhooks", content=good).status_code == 200

    status, _, message = error_of(http.put("/_sandbox/webhooks", content=body))

    assert (status, message.startswith("Invalid request: the body is not")) == (400, True)


@pytest.mark.parametrize(
    ("method", "path", "good", "bad", "param"),
    [
        ("PUT", "webhooks", {"mode": "auto"}, {"mode": 1}, "mode"),
        ("PUT", "webhooks", {"mode": None}, {"mode": "off"}, "mode"),
        ("PUT", "webhooks", {"url": "http://h.test"}, {"url": "ftp://h.test"}, "url"),
        ("PUT", "webhooks", {"url": "http://h.test"}, {"url": ["http://h.test"]}, "url"),
        ("PUT", "webhooks", {"back_off": []}, {"back_off": 1}, "back_off"),
        ("PUT", "webhooks", {"back_off": [0]}, {"back_off": [-1]}, "back_off[0]"),
        ("PUT", "webhooks", {"back_off": [1]}, {"back_off": [True]}, "back_off[0]"),
        ("PUT", "webhooks", {}, {"colour": "red"}, "colour"),
        ("PUT", "search", {"lag": 1}, {"lag": "1"}, "lag"),
        ("PUT", "search", {"lag": 0}, {"lag": None}, "lag"),
        ("POST", "faults", {"kind": "customer"}, {"kind": "customers"}, "kind"),
        ("POST", "faults", {"status": 400}, {"status": 399}, "status"),
        ("POST", "faults", {"status": 599}, {"status": 599.0}, "status"),
        ("POST", "faults", {"times": 1}, {"times": True}, "times"),
        ("POST", "faults", {"user": "7"}, {"user": 7}, "user"),
        ("POST", "faults", {}, {"customer": "cus_unknown"}, "customer"),
        ("PUT", "settings", {"retry_days": [1]}, {"retry_days": [0]}, "retry_days[0]"),
    ],
)
def test_a_member_that_does_not_fit_is_named(
    http: httpx.Client,
    method: str,
    path: str,
    good: dict[str, Any],
    bad: dict[str, Any],
    param: str,
) -> None:
    """With 400, and nothing is changed by the rest of the call."""
    assert http.request(method, f"/_sandbox/{path}", json=good).status_code == 200

    status, named, message = error_of(http.request(method, f"/_sandbox/{path}", json=bad))

    assert (status, named) == (400, param)
    assert message


@pytest.mark.parametrize(
    ("order", "param"),
    [
        ({"times": 0}, "times"),
        ({"times": 101}, "times"),
        ({"delay": 3601}, "delay"),
        ({"age": "1"}, "age"),
        ({"api_version": "today"}, "api_version"),
        ({"secret": ""}, "secret"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_delivery_that_makes_no_sense_is_refused(
    http: httpx.Client, sandbox: Sandbox, order: dict[str, Any], param: str
) -> None:
    """Nothing is delivered; without what makes no sense it is."""
    sandbox.set_webhook("http://127.0.0.1:9/", "whsec_tests", mode="manual")
    event = sandbox.events(customer=sandbox.create_customer().id)[0].id

    answer = http.post("/_sandbox/deliveries", json={"event": event, **order})

    assert error_of(answer)[:2] == (400, param)
    assert sandbox.attempts() == []
    assert sandbox.deliver(event).error


@pytest.mark.parametrize(
    ("good", "bad", "param"),
    [
        ({"metadata": {"a": "1"}}, {"metadata": {"telegram_user_id": []}}, "metadata"),
        ({"description": None}, {"description": 5}, "description"),
        (
            {"pause_collection": {"behavior": "void"}},
            {"pause_collection": "void"},
            "pause_collection",
        ),
        ({"status": "frozen"}, {"status": ""}, "status"),
        ({"cancel_at": None}, {"cancel_at": 1.5}, "cancel_at"),
        ({}, {"items": []}, "items"),
        ({}, {"colour": "red"}, "colour"),
    ],
)
def test_only_what_can_be_true_is_set(
    http: httpx.Client, sandbox: Sandbox, good: dict[str, Any], bad: dict[str, Any], param: str
) -> None:
    """A subscription is left as it was by what does not fit."""
    made = sandbox.subscribe(sandbox.create_customer().id, "price_pro")
    path = f"/_sandbox/subscriptions/{made.id}"
    assert http.post(path, json=good).status_code == 200
    before = sandbox.subscription(made.id)

    status, named, _ = error_of(http.post(path, json=bad))

    assert (status, named) == (400, param)
    assert sandbox.subscription(made.id) == before


@pytest.mark.parametrize(
    ("bad", "param"),
    [
        ({"status": "paid"}, "status"),
        ({"status": ""}, "status"),
        ({"withhold": ["total"]}, "withhold[0]"),
        ({"amount_due": 0}, "amount_due"),
    ],
)
def test_an_invoice_is_disguised_and_never_forged(
    http: httpx.Client, sandbox: Sandbox, bad: dict[str, Any], param: str
) -> None:
    """What Stripe's own calls can make true is theirs; a disguise lasts, and hinders nothing."""
    made = sandbox.create_invoice(sandbox.create_customer().id, 1900, "eur")
    path = f"/_sandbox/invoices/{made.id}"

    status, named, _ = error_of(http.post(path, json=bad))

    assert (status, named) == (400, param)
    assert sandbox.invoice(made.id) == made
    sandbox.disguise(made.id, status="under_review", withhold=["hosted_invoice_url"])
    final = sandbox.move_invoice(made.id, "finalize")
    assert (final.status, final.hosted_invoice_url) == ("under_review", None)
    assert None not in (final.number, final.invoice_pdf)


def test_a_body_of_ten_megabytes_is_too_large(http: httpx.Client) -> None:
    """Sent whole or in pieces, it is read to its end and refused; a large one is not."""
    sizes = LARGEST_BODY, 10 * 1024 * 1024
    small, large = (b'{"mode": "manual"}'.ljust(size) for size in sizes)
    assert http.put("/_sandbox/webhooks", content=small).status_code == 200

    whole = http.put("/_sandbox/webhooks", content=large)
    parts = http.put(
        "/_sandbox/webhooks",
        content=(large[at : at + 99_999] for at in range(0, len(large), 99_999)),
    )

    for answer in (whole, parts):
        status, _, message = error_of(answer)
        assert (status, str(LARGEST_BODY) in message) == (413, True)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("faults", "DELETE, GET, POST"), ("settings", "GET, PUT"), ("health", "GET")],
)
@pytest.mark.parametrize("method", ["PATCH", "OPTIONS", "TRACE", "PROPFIND"])
def test_a_wrong_method_is_told_the_right_ones(
    http: httpx.Client, path: str, allowed: str, method: str
) -> None:
    """405 with `Allow`, also for methods that no route here knows."""
    for right in allowed.split(", "):
        assert http.request(right, f"/_sandbox/{path}").status_code == 200

    answer = http.request(method, f"/_sandbox/{path}")

    status, _, message = error_of(answer)
    assert (status, sorted(answer.headers["allow"].split(", "))) == (405, allowed.split(", "))
    assert answer.headers["allow"] in message


@pytest.mark.parametrize("path", ["nothing", "faults/", "faults/a/b", "Events"])
def test_an_unknown_route_says_where_all_stand(http: httpx.Client, path: str) -> None:
    """404, and the way to the document; an unknown object is 404 too, and says so."""
    missing = error_of(http.get("/_sandbox/faults/fault_1"))
    assert missing == (404, "id", "No such fault: 'fault_1'")

    status, _, message = error_of(http.get(f"/_sandbox/{path}"))

    assert (status, "/_sandbox/openapi.json" in message) == (404, True)


def test_an_unknown_query_parameter_is_refused(http: httpx.Client) -> None:
    """A misspelt filter would show everything."""
    assert http.get("/_sandbox/events?user=1").status_code == 200

    assert error_of(http.get("/_sandbox/events?usr=1"))[:2] == (400, "usr")


def test_a_head_is_a_get_without_its_body(http: httpx.Client) -> None:
    """As everywhere in HTTP."""
    for path in ("/_sandbox/health", "/_sandbox/events"):
        answer = http.head(path)

        assert (answer.status_code, answer.content) == (200, b"")
