"""How long an endpoint is waited for: what never answers well is an attempt that says why."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

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
