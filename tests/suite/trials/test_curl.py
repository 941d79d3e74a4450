"""The printed line sends the same request again."""

from __future__ import annotations

import json
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

from billproof.trials.curl import Request, curl_line

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

Seen = list[tuple[str, str, dict[str, str], bytes]]


@pytest.fixture
def echo() -> Generator[tuple[str, Seen]]:
    """A server that remembers what it was sent."""
    seen: Seen = []

    class Remember(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Remember the request."""
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            seen.append((self.command, self.path, headers, body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Remember)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", seen
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"plan": "pro", "note": 'it\'s "quoted" $HOME `x`'}).encode(),
        b'{"a":\r\n 1}\n',
        b"\xff\x00 no text",
        json.dumps({"long": "x" * 900}).encode(),
    ],
    ids=["quotes", "newlines", "bytes", "long"],
)
def test_the_line_sends_the_same_bytes(echo: tuple[str, Seen], tmp_path: Path, body: bytes) -> None:
    """Short text stands in the line; anything else comes from a file beside the report."""
    origin, seen = echo
    headers = {"Content-Type": "application/json", "X-Quoted": '"it\'s"', "Idempotency-Key": ""}
    line = curl_line(Request("POST", origin, "/a?b=c&d=%20", headers, body), None, {}, tmp_path)
    for file, content in line.bodies.items():
        file.write_bytes(content)

    subprocess.run(["/bin/sh", "-c", line.text], check=True, capture_output=True, timeout=20)

    [(method, path, sent, received)] = seen
    assert (method, path, received) == ("POST", "/a?b=c&d=%20", body)
    assert {name: sent[name.lower()] for name in headers} == headers


def test_expiring_headers_are_made_when_the_line_runs(
    echo: tuple[str, Seen], tmp_path: Path
) -> None:
    """The signature is computed by the shell, over the bytes that curl sends."""
    origin, seen = echo
    request = Request("POST", origin, "/hook", {"Stripe-Signature": "old"}, b'{"id":"evt_1"}')
    line = curl_line(
        request, "tma $(echo fresh)", {"Stripe-Signature": "$(wc -c < {body})"}, tmp_path
    )
    for file, content in line.bodies.items():
        file.write_bytes(content)

    subprocess.run(["/bin/sh", "-c", line.text], check=True, capture_output=True, timeout=20)

    [(_, _, sent, received)] = seen
    assert received == b'{"id":"evt_1"}'
    assert sent["authorization"] == "tma fresh"
    assert sent["stripe-signature"].strip() == "14"
