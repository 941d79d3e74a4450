"""What nobody would send on purpose: whatever comes, it is answered, and never with a 5xx."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from billproof.sandbox.api.operations import OPERATIONS
from billproof.sandbox.api.schema import trees
from billproof.sandbox.client import Sandbox
from billproof.sandbox.control.document import document as control_document
from billproof.sandbox.control.routes import LEVERS
from billproof.sandbox.wire import _pairs
from tests.suite.sandbox import v1_document

EXAMPLES = 20
SCHEMA = schemathesis.openapi.from_dict(v1_document.document())
CONTROL = schemathesis.openapi.from_dict(control_document(LEVERS))
PATIENT = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def known(sandbox: Sandbox) -> dict[str, str]:
    """An object of each kind, so that what is sent gets further than to a 404."""
    customer = sandbox.create_customer().id
    subscription = sandbox.subscribe(customer, "price_pro")
    found = {"customer": customer, "subscription": subscription.id, "price": "price_pro"}
    for kind in ("invoice", "payment_intent", "charge", "payment_method", "event"):
        found[kind] = sandbox.stripe("GET", f"/v1/{kind}s")["data"][0]["id"]
    found["item"] = subscription.items.data[0].id
    made = sandbox.stripe("POST", "/v1/test_helpers/test_clocks", {"frozen_time": 1_700_000_000})
    found["clock"] = made["id"]
    return found


def _aimed(path: str, known: dict[str, str]) -> str:
    """The id that a path wants, where there is one."""
    noun = path.split("/{", maxsplit=1)[0].rsplit("/", 1)[-1].removesuffix("s")
    return known.get({"subscription_item": "item", "test_clock": "clock"}.get(noun, noun), "no")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.call)
def test_no_call_of_the_api_ends_in_a_5xx(
    operation: Any, http: httpx.Client, known: dict[str, str]
) -> None:
    """Parameters of the right names and of all forms, on an object that is there."""
    found = SCHEMA[operation.path][operation.method]
    path = operation.path.replace("{id}", _aimed(operation.path, known))

    @PATIENT
    @given(case=found.as_strategy())
    def holds(case: Any) -> None:
        body = case.body if isinstance(case.body, dict) else {}
        said = _mended(operation.call, body, known)
        pairs = urlencode(list(_pairs("", said)), errors="replace")
        answer = _sent(http, operation.method, path, pairs)
        assert answer.status_code < 500, (path, said, answer.text)
        assert "error" in answer.json() or "object" in answer.json()

    holds()


def _sent(http: httpx.Client, method: str, path: str, pairs: str) -> httpx.Response:
    if method == "GET":
        return http.get(f"{path}?{pairs}")
    head = {"Content-Type": "application/x-www-form-urlencoded"}
    return http.request(method, path, content=pairs.encode(), headers=head)


def _mended(call: str, body: dict[str, Any], known: dict[str, str]) -> dict[str, Any]:
    """What names an object names one that is there; what a call cannot do without is there."""
    names = {name.rstrip("!") for name in trees()[call]}
    usual = {
        "customer": known["customer"],
        "success_url": "https://shop.test",
        "mode": "subscription",
        "line_items": [{"price": "price_pro", "quantity": 1}],
    }
    needed = {name: usual[name] for name in usual if name in names and call.endswith("create")}
    return needed | {name: known.get(name, value) for name, value in body.items()}


@pytest.mark.parametrize("lever", LEVERS, ids=lambda each: each.name)
def test_no_lever_ends_in_a_5xx(lever: Any, http: httpx.Client, known: dict[str, str]) -> None:
    """Bodies that fit the document, and queries."""
    found = CONTROL[f"/_sandbox{lever.path}"][lever.method]
    path = f"/_sandbox{lever.path}".replace("{id}", _aimed(lever.path, known))

    @PATIENT
    @given(case=found.as_strategy())
    def holds(case: Any) -> None:
        body = case.body if isinstance(case.body, dict) else None
        answer = http.request(lever.method, path, json=body, params=dict(case.query or {}))
        assert answer.status_code < 500, (path, body, answer.text)
        answer.json()

    holds()


BAD = {
    "nonsense": b"\x00\xff%%%",
    "broken_escapes": b"name=%zz&email=%",
    "invalid_utf8": b"name=%ff%fe",
    "nul": b"name=a%00b",
    "no_names": b"=&=&&&",
    "deep": b"a" + b"[b]" * 500 + b"=c",
    "many": b"&".join(b"metadata[k%d]=v" % number for number in range(3000)),
    "brackets": b"metadata[=x&metadata]=y&[]=z",
    "clash": b"metadata[a]=1&metadata[a][b]=2",
    "array_for_object": b"metadata[]=1",
    "lone_surrogate": b"name=%ed%a0%80",
}


@pytest.mark.parametrize("name", BAD)
def test_a_body_that_is_none_is_refused_or_read(
    name: str, http: httpx.Client, sandbox: Sandbox
) -> None:
    """In Stripe's form; the next call is served, and nothing is lost."""
    head = {"Content-Type": "application/x-www-form-urlencoded"}

    answer = http.post("/v1/customers", content=BAD[name], headers=head)

    assert answer.status_code in {200, 400}, answer.text
    if answer.status_code != 200:
        assert answer.json()["error"]["type"] == "invalid_request_error"
    assert sandbox.create_customer(name="Good").id


def test_a_body_of_ten_megabytes_is_too_large(http: httpx.Client) -> None:
    """413, for the API and for the control API; a body that is not is read."""
    large = b"name=" + b"a" * 10_000_000
    for path in ("/v1/customers", "/_sandbox/faults"):
        answer = http.post(path, content=large)
        assert (answer.status_code, "error" in answer.json()) == (413, True)

    assert http.post("/v1/customers", content=b"name=small").status_code == 200


def test_json_is_not_what_the_api_reads(http: httpx.Client) -> None:
    """It says what to send instead."""
    answer = http.post("/v1/customers", json={"name": "A"})

    assert answer.status_code == 400
    assert "form" in answer.json()["error"]["message"]
    assert http.post("/v1/customers", data={"name": "A"}).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/v1/customers"), ("PATCH", "/v1/nothing"), ("GET", "/v2/core/events/evt_1")],
)
def test_a_call_that_there_is_not_is_a_404(http: httpx.Client, method: str, path: str) -> None:
    """As Stripe's, whatever the method."""
    answer = http.request(method, path)

    assert answer.status_code == 404
    assert "Unrecognized request URL" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "value",
    ["", "Bearer", "Bearer pk_test_1", "Basic !!", "Basic OnNr", "Bearer sk_test_%ff"],
)
def test_a_broken_key_is_a_401(visitor: httpx.Client, value: str) -> None:
    """Without telling the key; a good one beside it is let in."""
    answer = visitor.get("/v1/customers", headers=[("Authorization", value)])

    assert answer.status_code == 401
    assert "api key" in answer.json()["error"]["message"].lower()
    good = {"Authorization": "Bearer sk_test_good"}
    assert visitor.get("/v1/customers", headers=good).status_code == 200
