"""The ASGI lifespan protocol, for a host that starts and ends many apps in one process."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Message, Receive, Send], Awaitable[None]]


class StartError(Exception):
    """The app said `lifespan.startup.failed`; the message is what it gave as its reason."""


class Lifespan:
    """One app between its startup and its shutdown."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.state: dict[str, Any] = {}
        """What the app put there at startup; each request gets a shallow copy."""
        self._inbox: asyncio.Queue[Message] = asyncio.Queue()
        self._outbox: asyncio.Queue[Message] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self._reason = ""

    async def start(self) -> None:
        """Run the app's startup; an app without a lifespan simply has none."""
        self._task = asyncio.create_task(self._run())
        answer = await self._say("lifespan.startup", self._task)
        if answer == "lifespan.startup.failed":
            raise StartError(self._reason)

    async def end(self) -> None:
        """Run the app's shutdown, whatever it answers."""
        if self._task and not self._task.done():
            await self._say("lifespan.shutdown", self._task)
            self._task.cancel()

    async def _say(self, kind: str, running: asyncio.Task[None]) -> str | None:
        """Send one message; the type of the app's answer, None when it ended without one."""
        await self._inbox.put({"type": kind})
        reply = asyncio.create_task(self._outbox.get())
        await asyncio.wait({reply, running}, return_when=asyncio.FIRST_COMPLETED)
        if not reply.done():
            reply.cancel()
            return None
        message = reply.result()
        lines = str(message.get("message", "")).strip().splitlines()
        self._reason = lines[-1] if lines else kind
        return str(message["type"])

    async def _run(self) -> None:
        scope = {
            "type": "lifespan",
            "asgi": {"version": "3.0", "spec_version": "2.0"},
            "state": self.state,
        }
        # An app that has no lifespan raises here; its requests work all the same.
        with contextlib.suppress(Exception):
            await self.app(scope, self._inbox.get, self._outbox.put)
