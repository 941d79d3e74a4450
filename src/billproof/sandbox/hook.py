"""A webhook endpoint for tests: it takes events, and answers what the test wants it to."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

PATIENCE_SECONDS = 10.0


class Letter(NamedTuple):
    """One delivery, as it came: for `construct_event` of Stripe's SDK."""

    body: bytes
    signature: str
    """The header `Stripe-Signature`."""


class StripeHook:
    """An endpoint on a free loopback port."""

    def __init__(self) -> None:
        self.statuses = [200]
        """What it answers, one after the other; the last one for good."""
        self._letters: queue.Queue[Letter] = queue.Queue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def next(self) -> dict[str, Any]:
        """The next event that comes; AssertionError when none does within ten seconds."""
        return dict(json.loads(self.next_letter().body))

    def next_letter(self) -> Letter:
        """The same, as it came."""
        try:
            return self._letters.get(timeout=PATIENCE_SECONDS)
        except queue.Empty:
            raise AssertionError(f"no event came in {PATIENCE_SECONDS:.0f} s") from None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = hook.statuses[0]
                del hook.statuses[: len(hook.statuses) > 1]
                hook._letters.put(Letter(body, self.headers["Stripe-Signature"]))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler

    @contextmanager
    def listening(self) -> Iterator[StripeHook]:
        """Answer for as long as the block lasts."""
        with self._server:
            thread = threading.Thread(target=self._server.serve_forever, args=[0.02], daemon=True)
            thread.start()
            try:
                yield self
            finally:
                self._server.shutdown()
                thread.join()
