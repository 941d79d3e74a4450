"""One server per worker that stays up, with another app on another database for each test.

To start a server costs two hundred milliseconds, to swap what it serves a few. The swap waits
until no request is under way, so that none of one test reaches the database of the next.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

import uvicorn

from billproof.database.lifespan import App, Lifespan, Message, Receive, Send
from billproof.errors import CannotTest

Found = TypeVar("Found")
PATIENCE_SECONDS = 10.0


class LiveServer:
    """A uvicorn in a thread, on a free loopback port."""

    def __init__(self) -> None:
        self._stage = _Stage()
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            self._stage, lifespan="off", ws="none", log_level="warning", access_log=False
        )
        self._server = uvicorn.Server(config)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, args=[listener], daemon=True)
        self._thread.start()

    def _run(self, listener: socket.socket) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._server.serve(sockets=[listener]))

    def show(self, app: App) -> None:
        """Serve an app from now on; its startup has then run."""
        self._wait(self._stage.enter(app))

    def clear(self) -> None:
        """Serve nothing: no request is under way any more, and the app's shutdown has run.

        CannotTest when a request does not end.
        """
        self._wait(self._stage.leave())

    def close(self) -> None:
        """End the server; its loop closes what was opened in it."""
        self._server.should_exit = True
        self._thread.join(PATIENCE_SECONDS)

    def _wait(self, what: Coroutine[Any, Any, Found]) -> Found:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(2 * PATIENCE_SECONDS)


class _Stage:
    """The application that uvicorn serves: whatever app is on it."""

    def __init__(self) -> None:
        self._lifespan: Lifespan | None = None
        self._under_way: dict[asyncio.Task[Any], str] = {}

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if self._lifespan is None:
            await _between_tests(send)
            return
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - uvicorn calls from a task
        self._under_way[task] = f"{scope['method']} {scope['path']}"
        try:
            scope["state"] = dict(self._lifespan.state)
            await self._lifespan.app(scope, receive, send)
        finally:
            del self._under_way[task]

    async def enter(self, app: App) -> None:
        """Put an app on stage."""
        lifespan = Lifespan(app)
        await lifespan.start()
        self._lifespan = lifespan

    async def leave(self) -> None:
        """Take it off when it has answered."""
        left, self._lifespan = self._lifespan, None
        if left is None:
            return
        late = await self._drained()
        await left.end()
        if late:
            raise CannotTest(
                "request-under-way",
                f"{' and '.join(late)} had no answer {PATIENCE_SECONDS:.0f} s after its test.",
                "It was broken off. Wait in the test for what it has begun.",
            )

    async def _drained(self) -> list[str]:
        """Wait for what is under way; what did not end in time, and is broken off."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._under_way and (left := deadline - time.monotonic()) > 0:
            await asyncio.wait(list(self._under_way), timeout=left)
        late = list(self._under_way.values())
        for task in list(self._under_way):
            task.cancel()
            with contextlib.suppress(BaseException):
                await task
        return late


async def _between_tests(send: Send) -> None:
    headers = [(b"content-type", b"text/plain"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": b"No test is running."})
