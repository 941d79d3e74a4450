"""Several calls on one connection: each gets its own answer, in the order in which they came."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette

from billproof.sandbox.api.connections import serving
from billproof.sandbox.api.door import Api
from billproof.sandbox.client import Sandbox
from billproof.sandbox.front import Front
from tests.suite.sandbox.local import Local

KEY = "sk_test_lines"
HEAD = f"Host: 127.0.0.1\r\nAuthorization: Bearer {KEY}\r\n"
CALL = f"GET /v1/customers?limit=1 HTTP/1.1\r\n{HEAD}\r\n".encode()
PAGE = f"GET /_sandbox/ HTTP/1.1\r\n{HEAD}\r\n".encode()
LEVER = f"GET /_sandbox/calls HTTP/1.1\r\n{HEAD}\r\n".encode()


@dataclass
class Heard:
    """One answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """Its body."""
        return dict(json.loads(self.body))


@dataclass
class Line:
    """A connection."""

    wire: socket.socket
    reader: BufferedReader

    def say(self, *requests: bytes) -> None:
        """Send all at once."""
        self.wire.sendall(b"".join(requests))

    def hear(self, method: str = "GET") -> Heard:
        """The next answer."""
        status = int(self.reader.readline().split()[1])
        headers: dict[str, str] = {}
        while line := self.reader.readline().strip().decode():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        length = 0 if method == "HEAD" else int(headers.get("content-length", 0))
        return Heard(status, headers, self.reader.read(length))

    def is_over(self) -> bool:
        """Whether the other side has hung up, once all is read."""
        try:
            return self.reader.read(1) == b""
        except ConnectionResetError:
            return True


@pytest.fixture
def line(watched: str) -> Iterator[Line]:
    """A connection to the sandbox."""
    with opened(watched) as one:
        yield one


@contextmanager
def opened(url: str) -> Iterator[Line]:
    """One more connection."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as wire:
        yield Line(wire, wire.makefile("rb"))


def made(name: str) -> bytes:
    """A call that makes a customer."""
    body = f"name={name}"
    kind = "Content-Type: application/x-www-form-urlencoded\r\n"
    head = f"POST /v1/customers HTTP/1.1\r\n{HEAD}{kind}Content-Length: {len(body)}\r\n\r\n"
    return (head + body).encode()


def test_calls_sent_at_once_are_answered_in_their_order(line: Line) -> None:
    """Pipelined, as RFC 9112 allows in section 9.3.2."""
    line.say(made("first"), made("second"), CALL)

    assert [line.hear().json["name"] for _ in range(2)] == ["first", "second"]
    assert line.hear().json["data"][0]["name"] == "second"


def test_a_call_waits_for_the_page_before_it(line: Line) -> None:
    """Pages and levers take longer; what is answered at once does not overtake them."""
    line.say(PAGE, CALL, LEVER, made("third"), CALL)

    kinds = [line.hear().headers["content-type"].split(";")[0] for _ in range(5)]

    assert kinds == ["text/html", *["application/json"] * 4]


def test_a_call_in_pieces_is_one_call(line: Line) -> None:
    """Wherever the network cuts it."""
    text = made("pieces")

    for each in (text[:7], text[7:60], text[60:-4], text[-4:]):
        line.say(each)

    assert line.hear().json["name"] == "pieces"


@pytest.mark.parametrize(
    ("version", "header", "stays"),
    [
        ("1.1", "", True),
        ("1.1", "Connection: close\r\n", False),
        ("1.0", "", False),
        ("1.0", "Connection: keep-alive\r\n", True),
    ],
)
def test_a_connection_stays_as_long_as_its_client_wants(
    line: Line, version: str, header: str, *, stays: bool
) -> None:
    """By the rules of RFC 9112, section 9.3; what is not usual for a version is said."""
    line.say(f"GET /v1/customers HTTP/{version}\r\n{HEAD}{header}\r\n".encode())
    heard = line.hear()

    usual = {("1.1", True): None, ("1.0", True): "keep-alive"}
    assert heard.headers.get("connection") == usual.get((version, stays), "close")
    if stays:
        line.say(CALL)
        assert line.hear().status == 200
    else:
        assert line.is_over()


def test_a_body_is_sent_when_it_is_asked_for(line: Line) -> None:
    """Who expects `100 Continue` gets it first (RFC 9110, section 10.1.1)."""
    text = made("patient").replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n")
    head, _, body = text.partition(b"\r\n\r\n")

    line.say(head, b"\r\n\r\n")
    assert line.hear().status == 100
    line.say(body)

    assert line.hear().json["name"] == "patient"


def test_a_body_that_is_too_large_is_refused_before_its_end(line: Line) -> None:
    """And the connection serves the next call when the rest has come."""
    size = 3 << 20
    head = f"POST /v1/customers HTTP/1.1\r\n{HEAD}Content-Length: {size}\r\n\r\n".encode()

    line.say(head, b"a" * (size // 2))
    heard = line.hear()
    line.say(b"a" * (size - size // 2), CALL)

    assert (heard.status, heard.json["error"]["type"]) == (413, "invalid_request_error")
    assert line.hear().status == 200


def test_who_sends_all_before_listening_is_told_as_well(line: Line) -> None:
    """The connection that is to be closed stays until the rest has come."""
    size = 10 << 20
    head = f"POST /v1/customers HTTP/1.1\r\n{HEAD}Connection: close\r\nContent-Length: {size}\r\n"

    line.say(f"{head}\r\n".encode(), b"a" * size)
    heard = line.hear()

    assert (heard.status, heard.headers["connection"]) == (413, "close")
    assert line.is_over()


def test_what_follows_a_call_that_is_held_is_not_answered(line: Line, watched: str) -> None:
    """The connection ends with the call that a fault drops; its other clients are served."""
    with Sandbox(watched, KEY) as sandbox:
        fault = sandbox.fault("writes", effect="reset", times=1)
        line.say(made("lost"), made("behind"))

        assert line.is_over()
        assert sandbox.find_fault(fault.id).hits == 1
        known = sandbox.stripe("GET", "/v1/customers", {"limit": 100})["data"]
        assert not {"lost", "behind"} & {each["name"] for each in known}
    with opened(watched) as other:
        other.say(CALL)
        assert other.hear().status == 200


def test_a_head_has_no_body(line: Line) -> None:
    """Whatever its answer's length would be (RFC 9110, section 9.3.2)."""
    line.say(CALL.replace(b"GET", b"HEAD"), CALL)

    assert line.hear("HEAD").status == 404
    assert line.hear().status == 200


def test_a_connection_on_which_nobody_speaks_is_ended() -> None:
    """After the time for which it is kept, counted from the last call."""

    async def conversation() -> bytes:
        local = Local()
        front = Front(Api(local.tenants, lambda: local.at), Starlette(), None)
        config = uvicorn.Config(front, http=serving(front.answer), timeout_keep_alive=1)
        server = uvicorn.Server(config)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            running = asyncio.ensure_future(server.serve(sockets=[listener]))
            reader, writer = await asyncio.open_connection(*listener.getsockname())
            writer.write(CALL + CALL)
            heard = await asyncio.wait_for(reader.read(), 20)
            writer.close()
            server.should_exit = True
            await running
        return heard

    assert asyncio.run(conversation()).count(b"HTTP/1.1 200 OK") == 2
