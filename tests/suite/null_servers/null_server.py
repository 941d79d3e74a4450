"""A server that treats every request alike: no conformance may be found in it.

`python null_server.py MODE` listens on a free port of loopback, prints its origin in one
line, and ends when its stdin closes. MODE is a status, or a name of `MODES`.
"""

from __future__ import annotations

import json
import re
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

Headers = Iterable[tuple[str, str]]
NO_STORE = (("Cache-Control", "no-store"),)
WIRE = Path(__file__).parents[3] / "openapi.yaml"
NO_CONTENT = 204
GARBAGE = bytes(range(256)) * 4
CHUNK = b"400\r\n" + b"x" * 1024 + b"\r\n"
PAUSE_SECONDS = 0.05
"""Between two chunks of a body without end: 20 KB a second fill nobody's memory."""
AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER: closing sends a reset instead of an end."""


class Null(BaseHTTPRequestHandler):
    """Reads each request whole, whatever it is, and does with it what `answer` does."""

    protocol_version = "HTTP/1.1"
    # Head and body in one packet: two would wait 40 ms for each other.
    wbufsize = -1
    answer: Callable[[Null], None]
    over = threading.Event()
    """Set when the server ends."""

    def handle_one_request(self) -> None:
        """Read the request whatever its method, and answer."""
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            type(self).answer(self)
            self.wfile.flush()
        except OSError:
            self.close_connection = True

    def reply(self, status: int, body: bytes, media_type: str, headers: Headers = ()) -> None:
        """One whole answer."""
        self.send_response(status)
        if status != NO_CONTENT:
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: nobody reads it."""


class Quiet(ThreadingHTTPServer):
    """Ends whoever waits for it, and says nothing of callers who went away."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Who reads an endless body goes away before its end."""


def with_status(status: int) -> Callable[[Null], None]:
    """This status and `{}`."""
    return lambda request: request.reply(status, b"{}", "application/json")


def valid(wire: Any) -> Callable[[Null], None]:
    """To each operation the success that openapi.yaml has as its example; to all else 404."""
    answers = {
        (method.upper(), re.compile(re.sub(r"\{\w+\}", "[^/?]+", path) + r"(?:\?.*)?$")): operation
        for path, operations in wire["paths"].items()
        for method, operation in operations.items()
        if "responses" in operation
    }

    def reply(request: Null) -> None:
        for (method, path), operation in answers.items():
            if method == request.command and path.match(request.path):
                status, body, media_type = _example(operation)
                request.reply(status, body, media_type, NO_STORE)
                return
        request.reply(404, b"{}", "application/json")

    return reply


def _example(operation: Any) -> tuple[int, bytes, str]:
    status = next(key for key in operation["responses"] if key.startswith("2"))
    for media_type, content in operation["responses"][status].get("content", {}).items():
        shown = next(iter(content["examples"].values()))["value"]
        text = shown if isinstance(shown, str) else json.dumps(shown)
        return int(status), text.encode(), media_type
    return int(status), b"", "text/plain"


def redirect(request: Null) -> None:
    """Lead everybody to where he is."""
    request.reply(307, b"", "text/plain", [("Location", request.path)])


def hang(request: Null) -> None:
    """Take the request, and say nothing until all is over."""
    request.over.wait()
    request.close_connection = True


def reset(request: Null) -> None:
    """Take the request, and drop the connection."""
    request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    # Its files hold the socket open, and its owner would send an end first.
    socket.socket(fileno=request.connection.detach()).close()
    request.close_connection = True


def garbage(request: Null) -> None:
    """Answer with bytes that are no HTTP."""
    request.wfile.write(GARBAGE)
    request.close_connection = True


def endless(request: Null) -> None:
    """Begin a good answer, and never end it."""
    request.send_response(200)
    request.send_header("Content-Type", "application/json")
    request.send_header("Transfer-Encoding", "chunked")
    request.end_headers()
    while not request.over.wait(PAUSE_SECONDS):
        request.wfile.write(CHUNK)
        request.wfile.flush()
    request.close_connection = True


MODES = {
    "redirect": redirect,
    "hang": hang,
    "reset": reset,
    "garbage": garbage,
    "endless": endless,
}


def answer(mode: str) -> Callable[[Null], None]:
    """What `mode` does with a request."""
    if mode == "valid":
        return valid(yaml.safe_load(WIRE.read_text(encoding="utf-8")))
    return MODES[mode] if mode in MODES else with_status(int(mode))


def main() -> None:
    """Serve until stdin closes."""
    handler = type("Handler", (Null,), {"answer": staticmethod(answer(sys.argv[1]))})
    server = Quiet(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"http://127.0.0.1:{server.server_address[1]}\n")
    sys.stdout.flush()
    sys.stdin.read()
    Null.over.set()


if __name__ == "__main__":
    main()
