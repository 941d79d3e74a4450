"""Webhook endpoints that misbehave: each is an attempt that says why, and holds nobody up."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from billproof.sandbox.client import Sandbox, SandboxRefused
from tests.suite.sandbox.conftest import Receiver, wait_until

SECRET = "whsec_tests"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 10485760\r\n\r\n"
Behaviour = Callable[[socket.socket, threading.Event], None]


@contextmanager
def behaving(behaviour: Behaviour) -> Iterator[str]:
    """The URL of an endpoint that answers each connection in its own way."""
    over = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while not over.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65_536)
                behaviour(connection, over)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/hook"
    over.set()
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(timeout=10)


def never_answers(_connection: socket.socket, over: threading.Event) -> None:
    """Take the request, and no more."""
    over.wait(timeout=10)


def leaves(_connection: socket.socket, _over: threading.Event) -> None:
    """Hang up instead of an answer."""


def leaves_midway(connection: socket.socket, _over: threading.Event) -> None:
    """Promise more than comes."""
    connection.sendall(HEAD + b"half")


def speaks_otherwise(connection: socket.socket, _over: threading.Event) -> None:
    """Answer what is no HTTP."""
    connection.sendall(b"220 mail.test ESMTP\r\n\r\n")


def drips(connection: socket.socket, over: threading.Event) -> None:
    """Answer without an end, a little at a time."""
    connection.sendall(HEAD)
    while not over.wait(timeout=0.05):
        try:
            connection.sendall(b".")
        except OSError:
            return


@pytest.mark.parametrize(
    "behaviour", [never_answers, leaves, leaves_midway, speaks_otherwise, drips]
)
def test_no_answer_is_an_attempt_that_says_why(
    sandbox: Sandbox, receiver: Receiver, behaviour: Behaviour
) -> None:
    """Soon, as patience is short; an endpoint that answers takes the same event."""
    with behaving(behaviour) as url:
        sandbox.set_webhook(url, SECRET, mode="manual", patience=0.5)
        event = sandbox.events(customer=sandbox.create_customer().id)[0].id

        attempt = sandbox.deliver(event)

    assert (attempt.status, attempt.taken) == (None, False)
    assert attempt.error
    assert attempt.seconds < 5
    sandbox.set_webhook(receiver.url, SECRET, mode="manual")
    assert sandbox.deliver(event).taken


def test_an_endpoint_that_hangs_holds_nobody_up(sandbox: Sandbox, receiver: Receiver) -> None:
    """Neither calls, nor the same event's other endpoint, nor the next customer's events."""
    with behaving(never_answers) as url:
        sandbox.set_webhook(receiver.url, SECRET, patience=30)
        wanted = {"url": url, "enabled_events": ["*"]}
        sandbox.stripe("POST", "/v1/webhook_endpoints", wanted)

        first, second = (sandbox.create_customer().id for _ in range(2))

        wait_until(lambda: len(sandbox.attempts()) == 2)
        assert {each.customer for each in sandbox.attempts()} == {first, second}
        assert sandbox.webhooks().under_way == 2


@pytest.mark.parametrize(
    "url",
    [
        "http://",
        "https:///hook",
        "http://[::1",
        "http://h:99999/",
        "http://a b/",
        "http://h/\u0000",
    ],
)
def test_an_address_that_is_none_is_refused(sandbox: Sandbox, url: str) -> None:
    """By the lever and by the call; an odd one that is one is taken."""
    odd = "http://[::1]:1/ünï?a=b#c"
    sandbox.set_webhook(odd, SECRET)
    assert sandbox.stripe("POST", "/v1/webhook_endpoints", {"url": odd, "enabled_events": ["*"]})[
        "id"
    ]

    with pytest.raises(SandboxRefused) as lever:
        sandbox.set_webhook(url, SECRET)
    with pytest.raises(SandboxRefused) as call:
        sandbox.stripe("POST", "/v1/webhook_endpoints", {"url": url, "enabled_events": ["*"]})

    assert [lever.value.error_code, call.value.error_code] == ["url_invalid"] * 2
    assert sandbox.webhooks().urls == [odd, odd]
