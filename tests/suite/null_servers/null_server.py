"""A server that gives every request the same answer: no conformance may be found in it.

`python null_server.py STATUS [BODY]` listens on a free port of loopback, prints its
origin in one line, and ends when its stdin closes.
"""

from __future__ import annotations

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def handler(status: int, body: bytes) -> type[BaseHTTPRequestHandler]:
    """A request handler that knows one answer."""

    class OneAnswer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body in one packet: two would wait 40 ms for each other.
        wbufsize = -1

        def handle_one_request(self) -> None:
            """Read the request whatever its method, and answer."""
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
            self.wfile.flush()

        def log_message(self, *_: object) -> None:
            """Say nothing: nobody reads it."""

    return OneAnswer


def main() -> None:
    """Serve until stdin closes."""
    status = int(sys.argv[1])
    body = sys.argv[2].encode() if len(sys.argv) > 2 else b"{}"
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(status, body))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"http://127.0.0.1:{server.server_address[1]}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
