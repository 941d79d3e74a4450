"""Until an app that we host has got ready: it may migrate beside its start, as a process may."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from math import ceil
from typing import TYPE_CHECKING

from billproof.targets.process import POLL_SECONDS

if TYPE_CHECKING:
    from billproof.database.lifespan import Lifespan, Message

READY_SECONDS = 5.0
"""Whoever says for longer that he is not is taken as he is; his answers show it."""
NOT_READY = 503


async def until_ready(hosted: Lifespan) -> None:
    """Ask its /readyz until it answers anything but 503 (openapi.yaml), within a bound."""
    for _ in range(ceil(READY_SECONDS / POLL_SECONDS)):
        if await _status(hosted) != NOT_READY:
            return
        await asyncio.sleep(POLL_SECONDS)


async def _status(hosted: Lifespan) -> int | None:
    """What it answers; None when there is no answer, which is for the trials to tell."""
    started: list[int] = []
    request: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        if not request:
            # Nobody leaves: who listens for that must wait, not turn in a circle.
            await asyncio.Event().wait()
        return request.pop()

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            started.append(message["status"])

    with suppress(Exception):  # whatever a foreign app raises
        await asyncio.wait_for(hosted.app(_scope(hosted), receive, send), READY_SECONDS)
    return started[0] if started else None


def _scope(hosted: Lifespan) -> Message:
    """A GET of /readyz from this machine, in ASGI's words."""
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/readyz",
        "raw_path": b"/readyz",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1")],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 0),
        "state": hosted.state.copy(),
    }
