"""Webhook endpoints that are down, mute, endless or broken: an attempt says so, and no more."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import uuid
from collections.abc import Callable, Iterator

import pytest

from billproof.sandbox.client import Sandbox, SandboxRefused
from tests.suite.sandbox.conftest import Receiver, wait_until

SECRET = "whsec_hostile"
MEGABYTE = 1 << 20
Manners = Callable[[socket.socket], None]


@pytest.fixture
def sandbox(watched: str) -> Iterator[Sandbox]:
    """An account on the watched sandbox."""
    with Sandbox(watched, f"sk_test_{uuid.uuid4().hex}") as client:
        yield client


@pytest.fixture
def listening() -> Iterator[Callable[[Manners], str]]:
    """Opens endpoints that answer each call in a manner of their own."""
    with contextlib.ExitStack() as sockets:

        def listen(manners: Manners) -> str:
            listener = sockets.enter_context(socket.create_server(("127.0.0.1", 0)))
            threading.Thread(target=serve, args=[listener, manners], daemon=True).start()
            return f"http://127.0.0.1:{listener.getsockname()[1]}/hook"

        yield listen


def serve(listener: socket.socket, manners: Manners) -> None:
    """Answer one call after the other, until nobody listens any more."""
    with contextlib.suppress(OSError):
        while True:
            with listener.accept()[0] as caller, contextlib.suppress(OSError):
                hear_out(caller)
                manners(caller)


def hear_out(caller: socket.socket) -> None:
    """Read the whole call: who hangs up on unread bytes resets the connection under his answer."""
    reader = caller.makefile("rb")
    length = 0
    while (line := reader.readline().strip().lower()) != b"":
        if line.startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    reader.read(length)


def saying(text: bytes) -> Manners:
    """Say that, and hang up."""
    return lambda caller: caller.sendall(text)


def endless(caller: socket.socket) -> None:
    """An answer that never ends."""
    caller.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        caller.sendall(b"a" * 65_536)


def reset(caller: socket.socket) -> None:
    """No answer, and not even an orderly end."""
    caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


HEAD = b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n"


@pytest.mark.parametrize(
    ("manners", "status", "taken", "length"),
    [
        (saying(HEAD % (204, 0)), 204, True, 0),
        (saying(HEAD % (302, 0)), 302, False, 0),
        (saying(b"HTTP/1.1 302 X\r\nLocation: http://127.0.0.1:9/\r\n\r\n"), 302, False, 0),
        (saying(HEAD % (600, 0)), 600, False, 0),
        (saying(HEAD % (200, 10 * MEGABYTE) + b"a" * 10 * MEGABYTE), 200, True, 2000),
        (endless, 200, True, 2000),
        (saying(HEAD % (200, 100) + b"broken off"), None, False, 0),
        (saying(HEAD % (100, 0)), None, False, 0),
        (saying(b"\0\xff nothing that anybody reads\r\n\r\n"), None, False, 0),
        (saying(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nabc"), None, False, 0),
        (saying(b"HTTP/1.1 200 OK\r\n" + b"X: " + b"a" * MEGABYTE), None, False, 0),
        (saying(b""), None, False, 0),
        (reset, None, False, 0),
    ],
    ids=range(13),
)
def test_an_answer_is_an_attempt(
    sandbox: Sandbox,
    listening: Callable[[Manners], str],
    manners: Manners,
    status: int | None,
    taken: bool,  # noqa: FBT001 - a column
    length: int,
) -> None:
    """Whatever it is: the beginning of an answer, or why there is none."""
    sandbox.set_webhook(listening(manners), SECRET, mode="manual")
    event = sandbox.events(customer=sandbox.create_customer().id)[0].id

    attempt = sandbox.deliver(event)

    assert (attempt.status, attempt.taken, len(attempt.answer)) == (status, taken, length)
    assert (attempt.error is None) == (status is not None)
    assert [each.id for each in sandbox.attempts()] == [attempt.id]


def test_no_delivery_meets_a_connection_that_is_being_closed(
    sandbox: Sandbox, listening: Callable[[Manners], str]
) -> None:
    """An endpoint may close an idle connection at any moment, as it did here before it answered."""

    def answer_once(caller: socket.socket) -> None:
        caller.sendall(HEAD % (200, 0))
        hear_out(caller)

    sandbox.set_webhook(listening(answer_once), SECRET, mode="manual")
    event = sandbox.events(customer=sandbox.create_customer().id)[0].id

    assert [sandbox.deliver(event).status for _ in range(3)] == [200, 200, 200]


def test_a_mute_endpoint_holds_up_nobody(
    sandbox: Sandbox, listening: Callable[[Manners], str], receiver: Receiver
) -> None:
    """While it is waited for, calls are answered, and other endpoints get their events."""
    mute = threading.Event()

    def wait(_caller: socket.socket) -> None:
        mute.wait(30)

    url = listening(wait)
    sandbox.set_webhook(url, SECRET)
    params = {"url": receiver.url, "enabled_events": ["*"]}
    sandbox.stripe("POST", "/v1/webhook_endpoints", params)

    customers = [sandbox.create_customer().id for _ in range(3)]

    got = {receiver.next().id for _ in customers}
    assert got == {event.id for event in sandbox.events()}
    assert sandbox.webhooks().under_way >= 3
    mute.set()
    wait_until(lambda: {attempt.url for attempt in sandbox.attempts()} == {url, receiver.url})


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://",
        "http:///hook",
        "ftp://shop.test",
        "shop.test/hook",
        "http://shop.test:99999/",
        "http://shop.test:0/",
        "http://shop.test:-1/",
        "http://[::1",
        "http://a b/",
        "http://shop.test/\0",
        "http://shop.test/\r\nX: y",
        "http://shop.test/" + "a" * 5000,
    ],
)
def test_what_nobody_could_call_is_no_endpoint(sandbox: Sandbox, url: str) -> None:
    """Neither by a call nor by the lever, whose other members then change nothing either."""
    good = {"url": "https://shop.test:8443/hook?a=b", "enabled_events": ["*"]}
    made = sandbox.stripe("POST", "/v1/webhook_endpoints", good)["id"]

    for path in ("/v1/webhook_endpoints", f"/v1/webhook_endpoints/{made}"):
        with pytest.raises(SandboxRefused) as caught:
            sandbox.stripe("POST", path, {**good, "url": url})
        assert (caught.value.status, caught.value.param) == (400, "url")
    with pytest.raises(SandboxRefused) as caught:
        sandbox.set_webhook(url, SECRET, mode="manual")

    assert (caught.value.status, caught.value.param) == (400, "url")
    assert (sandbox.webhooks().mode, sandbox.webhooks().urls) == ("auto", [good["url"]])
