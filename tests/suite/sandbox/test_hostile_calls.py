"""Calls that no client library makes: each is refused in Stripe's form, and the next is served."""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Callable, Iterator
from http.client import HTTPResponse
from typing import Any, NamedTuple

import httpx
import pytest

from billproof.sandbox.client import Sandbox

KEY = "sk_test_hostile"
OWN = f"Authorization: Bearer {KEY}"
FORM = "Content-Type: application/x-www-form-urlencoded"
MEGABYTE = 1 << 20


class Answer(NamedTuple):
    """What came back over the socket."""

    status: int
    error: dict[str, Any]


@pytest.fixture
def said(watched: str) -> Callable[..., Answer]:
    """Says bytes to the sandbox, and reads its answer."""
    host, port = watched.removeprefix("http://").split(":")

    def say(line: str, *headers: str, body: bytes = b"") -> Answer:
        head = "\r\n".join((f"{line} HTTP/1.1", "Host: 127.0.0.1", *headers, "", ""))
        with socket.create_connection((host, int(port)), timeout=20) as wire:
            wire.sendall(head.encode("latin-1") + body)
            answer = HTTPResponse(wire, method=line.split(maxsplit=1)[0])
            answer.begin()
            text = answer.read()
        return Answer(answer.status, json.loads(text).get("error", {}) if text else {})

    return say


@pytest.fixture(autouse=True)
def alive(watched: str) -> Iterator[None]:
    """Whatever was said, the next customer is made, and the first is still there."""
    with Sandbox(watched, KEY) as sandbox:
        first = sandbox.create_customer().id
        yield
        second = sandbox.create_customer().id
        assert {first, second} <= {each.id for each in sandbox.customers()}


def basic(text: bytes) -> str:
    """A header of HTTP's Basic authentication."""
    return "Authorization: Basic " + base64.b64encode(text).decode()


def one_by_one(text: bytes) -> bytes:
    """A body in chunks of one byte."""
    return b"".join(b"1\r\n%c\r\n" % each for each in text) + b"0\r\n\r\n"


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (OWN, 200),
        (f"Authorization: bearer  {KEY} ", 200),
        ("Authorization: Bearer rk_test_restricted", 200),
        (basic(KEY.encode() + b":"), 200),
        (basic(KEY.encode()), 200),
        ("X-Nothing: 1", 401),
        ("Authorization:", 401),
        ("Authorization: Bearer", 401),
        (f"Authorization: {KEY}", 401),
        (f"Authorization: Token {KEY}", 401),
        ("Authorization: Bearer pk_test_public", 401),
        ("Authorization: Bearer sk_test_", 401),
        ("Authorization: Bearer sk_test_a b", 401),
        ("Authorization: Bearer sk_test_\xff", 401),
        ("Authorization: Bearer {key} %s", 401),
        ("Authorization: Bearer sk_test_" + "a" * 60_000, 401),
        ("Authorization: Basic", 401),
        ("Authorization: Basic \xff", 401),
        ("Authorization: Basic ====", 401),
        (basic(b":" + KEY.encode()), 401),
        (basic(b"\xff:"), 401),
    ],
)
@pytest.mark.parametrize("path", ["/v1/customers", "/_sandbox/settings"])
def test_a_key_is_right_or_refused(
    said: Callable[..., Answer], path: str, header: str, status: int
) -> None:
    """By Bearer or Basic, for the API and for the levers; a broken one is a 401."""
    answer = said(f"GET {path}", header)

    assert (answer.status, answer.error == {}) == (status, status == 200)


@pytest.mark.parametrize("path", ["/v1/customers", "/_sandbox/settings"])
def test_of_two_keys_the_last_counts(said: Callable[..., Answer], path: str) -> None:
    """As for every other header, and the same for the API and for the levers."""
    broken = "Authorization: Bearer no"

    assert said(f"GET {path}", broken, OWN).status == 200
    assert said(f"GET {path}", OWN, broken).status == 401


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("GET /v1/customers", 200),
        ("HEAD /v1/customers", 404),
        ("CONNECT /v1/customers", 404),
        ("TRACE /v1/customers", 404),
        ("DELETE /v1/customers", 404),
        ("GET /v1", 404),
        ("GET /v1/", 404),
        ("GET /v1//customers", 404),
        ("GET /v1/customers/", 404),
        ("GET /v1/customers/%00", 404),
        ("GET /v1/customers/%ff", 404),
        ("GET /v1/customers/%2f", 404),
        ("GET /v2/core/events", 404),
        ("POST /v2/core/events", 404),
        ("GET /nothing", 404),
        ("GET *", 404),
        ("GET /_sandbox/%00", 404),
        ("PATCH /_sandbox/settings", 405),
        ("BREW /v1/customers", 400),
        ("GET /v1/customers?" + "a" * 60_000, 400),
        ("GET /v1/customers?" + "a" * 70_000, 400),
        ("GET /v1/customers?limit=-1", 400),
        ("GET /v1/customers?limit=" + "9" * 30, 400),
        ("GET /v1/customers?%ff=%00", 400),
        ("GET /v1/customers?expand[1000000000]=data", 400),
        ("GET /v1/customers?expand[]=" + "data." * 900, 400),
        ("GET /v1/customers?" + "&".join(["expand[]=nothing"] * 1900), 400),
        ("GET /v1/customers/search?query=" + "(" * 4000, 400),
    ],
)
def test_a_line_is_served_or_refused(said: Callable[..., Answer], line: str, status: int) -> None:
    """Unknown routes and methods, and queries that make no sense."""
    answer = said(line, OWN)

    assert answer.status == status
    if status != 200 and not line.startswith("HEAD"):
        assert answer.error["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ((FORM, "Content-Length: 6"), b"name=a", 200),
        ((), b"", 200),
        ((FORM, "Transfer-Encoding: chunked"), one_by_one(b"name=" + b"a" * 4000), 200),
        (("Content-Type: application/json", "Content-Length: 2"), b"{}", 400),
        (("Content-Type: Application/JSON", "Content-Length: 2"), b"{}", 400),
        (("Content-Type: multipart/form-data; boundary=x", "Content-Length: 5"), b"--x--", 400),
        ((FORM, "Transfer-Encoding: chunked"), one_by_one(b"name=" + b"a" * MEGABYTE), 413),
        ((FORM, f"Content-Length: {10 * MEGABYTE}"), b"a" * 10 * MEGABYTE, 413),
        ((FORM, "Transfer-Encoding: chunked"), b"zz\r\n", 400),
        ((FORM, "Content-Length: -5"), b"name=a", 400),
        ((FORM, "Content-Length: 5", "Content-Length: 6"), b"name=a", 400),
        ((FORM, "Content-Length: 5", "Transfer-Encoding: chunked"), b"0\r\n\r\n", 400),
        (("X-Nul: a\0b", "Content-Length: 0"), b"", 400),
        ((f"X-Long: {'a' * MEGABYTE}", "Content-Length: 0"), b"", 200),
        ((*(f"X-{number}: 1" for number in range(5000)), "Content-Length: 0"), b"", 200),
        ((f"Idempotency-Key: {'k' * 255}", "Content-Length: 0"), b"", 200),
        ((f"Idempotency-Key: {'k' * 256}", "Content-Length: 0"), b"", 400),
        (("Idempotency-Key: \xe9{key}", "Content-Length: 0"), b"", 200),
        (("Stripe-Version: \xff", "Content-Length: 0"), b"", 400),
    ],
    ids=range(19),
)
def test_a_body_is_read_or_refused(
    said: Callable[..., Answer], headers: tuple[str, ...], body: bytes, status: int
) -> None:
    """However it comes, and whatever comes with it."""
    answer = said("POST /v1/customers", OWN, *headers, body=body)

    assert answer.status == status
    assert answer.error.get("type", "invalid_request_error") == "invalid_request_error"


@pytest.mark.parametrize(
    ("form", "status"),
    [
        (b"name=a&name=b", 200),
        (b"name=%ff&phone=%00", 200),
        (b"expand[]=a&expand[a]=b", 400),
        (b"expand[-1]=a", 400),
        (b"expand[1000000000]=a", 400),
        (b"a" + b"[b]" * 100_000 + b"=1", 400),
        (b"&" * 1_000_000, 400),
        (b"&".join(b"p%d=1" % number for number in range(100_000)), 400),
        (b"{param}=1&{0}=2", 400),
        (b"metadata[{x}][a]=1", 400),
        (b"a" * 500_000 + b"=1", 400),
        (b"name=" + b"a" * 900_000, 400),
        ("balance=\u0661\u0662".encode(), 400),
    ],
    ids=range(13),
)
def test_a_form_is_read_or_refused(said: Callable[..., Answer], form: bytes, status: int) -> None:
    """Repeated, nested, numbered, endless."""
    answer = said("POST /v1/customers", OWN, FORM, f"Content-Length: {len(form)}", body=form)

    assert (answer.status, answer.error == {}) == (status, status == 200)


@pytest.mark.parametrize("length", [0, 10 * MEGABYTE])
def test_a_large_body_without_a_key_is_a_401(watched: str, length: int) -> None:
    """The client hears of it although it has not said all; with a key it would be a 413."""
    answer = httpx.post(f"{watched}/v1/customers", content=b"a" * length, trust_env=False)

    assert answer.status_code == 401


def test_a_foreign_host_is_told_what_to_do(watched: str) -> None:
    """In Stripe's form, so that an SDK in a container shows it."""
    own = {"Authorization": f"Bearer {KEY}"}
    assert httpx.get(f"{watched}/v1/customers", headers=own, trust_env=False).status_code == 200

    answer = httpx.get(
        f"{watched}/v1/customers", headers={**own, "Host": "stripe:80"}, trust_env=False
    )

    assert answer.status_code == 421
    assert "--advertise" in answer.json()["error"]["message"]
    assert "stripe:80" in answer.json()["error"]["message"]
