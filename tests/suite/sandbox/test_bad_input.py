"""What a hostile or a careless client sends: refused in Stripe's form, and the next is served."""

from __future__ import annotations

import socket
from typing import Any

import httpx
import pytest
import stripe

from billproof.sandbox.api.scalars import LATEST as FARTHEST
from billproof.sandbox.client import Sandbox


@pytest.fixture(scope="module")
def server(watched: str) -> str:
    """A sandbox whose calls nobody compares with Stripe's: what is broken has many refusals."""
    return watched


def error_of(answer: httpx.Response) -> dict[str, Any]:
    """The error of an answer, which must have Stripe's form."""
    assert answer.headers["content-type"] == "application/json"
    error: dict[str, Any] = answer.json()["error"]
    assert error["type"] == "invalid_request_error"
    assert error["message"]
    return error


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("POST", "/nothing", 404),
        ("PUT", "/", 405),
        ("DELETE", "/c/pay/cs_test_1", 405),
        ("PROPFIND", "/_sandboxes", 404),
        ("GET", "/v2/core/accounts", 404),
    ],
)
def test_a_route_that_there_is_not_is_refused_in_stripes_form(
    http: httpx.Client, method: str, path: str, status: int
) -> None:
    """Wherever it is; the SDK reads it."""
    assert http.get("/v1/customers").status_code == 200

    answer = http.request(method, path, content=b"a" * 2_000_000)

    assert answer.status_code == status
    assert error_of(answer)["message"].startswith(f"Unrecognized request URL ({method}: {path})")


def test_a_publishable_key_is_refused_as_such(server: str, key: str) -> None:
    """By Bearer and Basic; restricted and secret keys are let in."""
    for good in (key, key.replace("sk_", "rk_")):
        client = stripe.StripeClient(good, base_addresses={"api": server})
        assert client.v1.customers.list().data == []

    client = stripe.StripeClient(key.replace("sk_", "pk_"), base_addresses={"api": server})
    with pytest.raises(stripe.AuthenticationError, match="publishable API key") as caught:
        client.v1.customers.list()

    body: Any = caught.value.json_body
    assert body["error"]["code"] == "secret_key_required"
    basic = httpx.get(f"{server}/v1/customers", auth=(key.replace("sk_", "pk_"), ""))
    assert basic.status_code == 401


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x"])
def test_a_body_of_another_kind_is_told_which_one(http: httpx.Client, kind: str) -> None:
    """The same bytes as a form are read."""
    for head, status in ((kind, 400), ("application/x-www-form-urlencoded", 200)):
        answer = http.post("/v1/customers", content=b"name=A", headers={"Content-Type": head})
        assert answer.status_code == status

    answer = http.post("/v1/customers", content=b"name=A", headers={"Content-Type": kind})

    assert "application/x-www-form-urlencoded" in error_of(answer)["message"]


@pytest.mark.parametrize(
    "form",
    [
        "expand[1000000000]=subscriptions",
        "expand[" + "9" * 5000 + "]=subscriptions",
        "metadata" + "[a]" * 10_000 + "=b",
        "metadata" + "[" * 10_000 + "=b",
        "&".join(f"metadata[k{number}]=v" for number in range(60_000)),
        "&" * 100_000,
        "expand[]=" + ".".join(["customer"] * 1000),
        "expand[]=" + ".".join(["customer"] * 500),
    ],
    ids=["index", "long_index", "deep", "brackets", "many", "ampersands", "long_path", "deep_path"],
)
def test_too_much_of_something_is_refused(http: httpx.Client, form: str) -> None:
    """A little of it is read."""
    head = {"Content-Type": "application/x-www-form-urlencoded"}
    for little in ("expand[0]=subscriptions", "metadata[a]=b", "&&", "expand[]=test_clock"):
        assert http.post("/v1/customers", content=little, headers=head).status_code == 200

    answer = http.post("/v1/customers", content=form, headers=head)

    assert answer.status_code in {400, 413}
    error_of(answer)


def test_a_body_in_pieces_is_read_and_limited(http: httpx.Client) -> None:
    """Without a length: the pieces are one body, and too many are too large."""
    small = http.post("/v1/customers", content=iter([b"name=A", b"da&email=ada", b"@shop.test"]))
    assert (small.json()["name"], small.json()["email"]) == ("Ada", "ada@shop.test")

    large = http.post("/v1/customers", content=(b"name=" + b"a" * 99_995 for _ in range(100)))

    assert large.status_code == 413
    assert "larger than" in error_of(large)["message"]


@pytest.mark.parametrize(("length", "status"), [(255, 200), (256, 400), (60_000, 400)])
def test_an_idempotency_key_has_at_most_255_characters(
    http: httpx.Client, sandbox: Sandbox, length: int, status: int
) -> None:
    """A longer one is refused, and has no effect."""
    answer = http.post("/v1/customers", headers={"Idempotency-Key": "k" * length})

    assert answer.status_code == status
    assert len(sandbox.customers()) == (status == 200)


@pytest.mark.parametrize(
    "lines",
    [
        b"GET /v1/customers HTTP/1.1\r\nHost: localhost\r\nX: a\x00b\r\n\r\n",
        b"GET /v1/cust\x00omers HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"POST /v1/customers HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
        b"POST /v1 HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
    ids=[
        "nul_in_header",
        "nul_in_path",
        "long_path",
        "negative_length",
        "bad_chunk",
        "tls",
        "http2",
    ],
)
def test_what_is_no_http_ends_its_own_connection_only(
    server: str, http: httpx.Client, lines: bytes
) -> None:
    """With a 400 that can be parsed; a call on another connection is served."""
    host, port = server.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(lines)
        said = b"".join(iter(lambda: _some(connection), b""))

    assert said.startswith(b"HTTP/1.1 400 ")
    assert b'"type": "invalid_request_error"' in said
    assert http.get("/v1/customers").status_code == 200


def _some(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65_536)
    except ConnectionResetError:
        return b""


def test_a_client_that_leaves_midway_has_no_effect(
    server: str, key: str, http: httpx.Client, sandbox: Sandbox
) -> None:
    """Half a body is nothing; a whole one is a customer."""
    host, port = server.removeprefix("http://").split(":")
    head = f"POST /v1/customers HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\n"
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(f"{head}Content-Length: 600\r\n\r\nname=Half".encode())
        connection.shutdown(socket.SHUT_WR)
        assert _some(connection) == b""

    assert http.post("/v1/customers", data={"name": "Whole"}).status_code == 200

    assert [each.model_dump()["name"] for each in sandbox.customers()] == ["Whole"]


@pytest.mark.parametrize("instant", [FARTHEST + 1, 1 << 40, 1 << 53])
def test_no_clock_stands_where_dates_end(http: httpx.Client, instant: int) -> None:
    """At the last instant that is allowed, a subscription is made, and time ends there."""
    last = {"frozen_time": FARTHEST}
    clock = http.post("/v1/test_helpers/test_clocks", data=last).json()["id"]
    path = f"/v1/test_helpers/test_clocks/{clock}"

    answer = http.post("/v1/test_helpers/test_clocks", data={"frozen_time": instant})

    assert (answer.status_code, error_of(answer)["param"]) == (400, "frozen_time")
    customer = http.post("/v1/customers", data={"test_clock": clock}).json()["id"]
    card = http.post("/v1/payment_methods/pm_card_visa/attach", data={"customer": customer})
    order = {"customer": customer, "items[0][price]": "price_billproof_pro"}
    order["default_payment_method"] = card.json()["id"]
    assert http.post("/v1/subscriptions", data=order).json()["status"] == "active"
    moved = http.post(f"{path}/advance", data={"frozen_time": FARTHEST + 1})
    assert (moved.status_code, error_of(moved)["param"]) == (400, "frozen_time")


@pytest.mark.parametrize("beyond", [FARTHEST + 1, 10**15])
def test_no_date_is_later_than_the_pages_can_write(
    http: httpx.Client, sandbox: Sandbox, beyond: int
) -> None:
    """The end of a subscription and the day an invoice is due; the last day is shown."""
    made = sandbox.subscribe(sandbox.create_customer().id, "price_billproof_pro")
    path, owner = f"/v1/subscriptions/{made.id}", {"customer": made.customer}
    draft = {**owner, "collection_method": "send_invoice"}
    page = http.post("/v1/billing_portal/sessions", data=owner).json()["url"]

    ended = http.post(path, data={"cancel_at": beyond})
    due = http.post("/v1/invoices", data={**draft, "due_date": beyond})
    days = http.post("/v1/invoices", data={**draft, "days_until_due": beyond})

    refused = [(each.status_code, error_of(each)["param"]) for each in (ended, due, days)]
    assert refused == [(400, "cancel_at"), (400, "due_date"), (400, "days_until_due")]
    assert http.post(path, data={"cancel_at": FARTHEST}).status_code == 200
    assert http.post("/v1/invoices", data={**draft, "due_date": FARTHEST}).status_code == 200
    assert http.get(page).status_code == 200
