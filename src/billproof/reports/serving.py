"""A report folder over http, on this machine alone: what the trace viewer needs."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LOOPBACK = "127.0.0.1"


class _Files(SimpleHTTPRequestHandler):
    # Not the machine's table of types: some say text/plain for scripts, which browsers refuse.
    extensions_map = {  # noqa: RUF012 - as its base class has it
        ".css": "text/css; charset=utf-8",
        ".html": "text/html; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".json": "application/json",
        ".png": "image/png",
        ".svg": "image/svg+xml",
        ".txt": "text/plain; charset=utf-8",
        "": "application/octet-stream",
    }

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Nothing: whoever looks at a report need not read a log."""


def server(folder: Path, port: int) -> ThreadingHTTPServer:
    """Serves `folder` once it is told to; port 0 is any that is free."""
    handler = partial(_Files, directory=str(folder))
    return ThreadingHTTPServer((LOOPBACK, port), handler)


def address(served: ThreadingHTTPServer, page: str) -> str:
    """Where a page of the folder is."""
    return f"http://{LOOPBACK}:{served.server_address[1]}/{page}"
