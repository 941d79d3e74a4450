"""Connections: uvicorn's, on which calls of the API are answered as soon as they are read.

For a page or a lever uvicorn makes a task that runs an ASGI application. A call of the API needs
none, since nothing between reading and answering it awaits; the task would be half of its time.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import unquote

from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from billproof.sandbox.api.answers import Answer, head
from billproof.sandbox.api.incoming import LARGEST_BODY, Incoming
from billproof.sandbox.api.silence import Silence, closed, opened
from billproof.sandbox.objects.errors import Refusal, StripeError

CALLS = (b"/v1", b"/v2")
METHODS = frozenset({b"GET", b"POST", b"DELETE"})
NOT_HTTP = "it is no HTTP/1.1 request with a method that is registered"
MOST_IGNORED = 1 << 26
CLOSE, KEEP = b"connection: close\r\n", b"connection: keep-alive\r\n"


class CallProtocol(HttpToolsProtocol):
    """HTTP/1.1. A call that comes while an earlier answer is under way is left to uvicorn."""

    answer: ClassVar[Callable[[Incoming], Answer | Silence]]
    """Serves a call of the API."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._is_call = False
        self._call: Incoming | None = None
        self._is_whole = False
        self._ignored = 0
        self._silence: asyncio.Task[None] | None = None
        self._gone = asyncio.Event()
        self._heard_at = 0.0
        self._idle: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let the connection be found when it is to be dropped."""
        super().connection_made(transport)
        opened(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits for it."""
        closed(self.transport)
        self._gone.set()
        if self._idle is not None:
            self._idle.cancel()
        super().connection_lost(exc)

    def on_headers_complete(self) -> None:
        """Take a plain call of the API; everything else is uvicorn's."""
        self._is_call, self._is_whole, self._ignored = self._is_plain(), False, 0
        if self._is_call:
            self._call = self._incoming()
        else:
            self._heard_at = self.loop.time()
            super().on_headers_complete()

    def _is_plain(self) -> bool:
        earlier: RequestResponseCycle | None = self.cycle
        return (
            self.url.startswith(CALLS)
            and (earlier is None or earlier.response_complete)
            and not self.expect_100_continue
            and self.parser.get_method() in METHODS
            and not self.parser.should_upgrade()
        )

    def _incoming(self) -> Incoming:
        path, _, query = self.url.decode("latin-1").partition("#")[0].partition("?")
        return Incoming(
            self.parser.get_method().decode(),
            unquote(path) if "%" in path else path,
            query,
            dict(self.headers),
            bytearray(),
            self.client or ("", 0),
            self._departure,
        )

    async def _departure(self) -> None:
        await self._gone.wait()

    def on_body(self, body: bytes) -> None:
        """Gather what is sent; once it is too much, it is refused and the rest is not kept."""
        if not self._is_call:
            super().on_body(body)
        elif self._call is not None:
            self._call.body += body
            if len(self._call.body) > LARGEST_BODY:
                self._serve(self._call)
        else:
            self._ignore(len(body))

    def on_message_complete(self) -> None:
        """Answer the call."""
        if not self._is_call:
            super().on_message_complete()
            return
        self._is_whole = True
        if self._call is not None:
            self._serve(self._call)
        elif not self.parser.should_keep_alive():
            self.transport.close()

    def _ignore(self, size: int) -> None:
        """Let a client send the rest of what is refused: many hear nothing before they have."""
        self._ignored += size
        if self._ignored > MOST_IGNORED:
            self.transport.close()

    def _serve(self, call: Incoming) -> None:
        self._call = None
        if self._silence is not None or self.transport.is_closing():
            return  # Nobody hears what is said after the call that gets no answer.
        answer = type(self).answer(call)
        if not isinstance(answer, Answer):
            self._silence = self.loop.create_task(answer)
        elif answer.delay_seconds:
            self._silence = self.loop.create_task(self._write_late(answer, call))
        else:
            self._write(answer, call)

    async def _write_late(self, answer: Answer, call: Incoming) -> None:
        """Answer after a while, unless the client leaves before."""
        try:
            await asyncio.wait_for(self._gone.wait(), answer.delay_seconds)
        except TimeoutError:
            self._silence = None
            self._write(answer, call)

    def _write(self, answer: Answer, call: Incoming) -> None:
        lines = [STATUS_LINE[answer.status]]
        for name, value in (*self.server_state.default_headers, *head(answer, call)):
            lines += (name, b": ", value, b"\r\n")
        stays = self.parser.should_keep_alive()
        if not stays or self.parser.get_http_version() == "1.0":
            lines.append(KEEP if stays else CLOSE)
        lines += (b"\r\n", answer.text)
        self.transport.write(b"".join(lines))
        if stays:
            self._note_life()
        elif self._is_whole:
            self.transport.close()

    def _note_life(self) -> None:
        # One timer that looks when the last call was, not one for each call.
        self._heard_at = self.loop.time()
        if self._idle is None:
            self._idle = self.loop.call_later(self.timeout_keep_alive, self._end_if_idle)

    def _end_if_idle(self) -> None:
        """End a connection on which nothing was said for as long as it is kept."""
        self._idle = None
        left = self._heard_at + self.timeout_keep_alive - self.loop.time()
        earlier: RequestResponseCycle | None = self.cycle
        if earlier is not None and not earlier.response_complete:
            return  # uvicorn's own timer begins when a page is sent
        if left > 0:
            self._idle = self.loop.call_later(left, self._end_if_idle)
        elif self._silence is None and self._call is None:
            self.timeout_keep_alive_handler()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's signature
        """Refuse what could not be parsed, in the form of every other refusal, and hang up."""
        refused = StripeError(Refusal.MALFORMED, reason=NOT_HTTP)
        body = json.dumps({"error": {"message": refused.message, "type": refused.row.type}})
        lines = (
            "HTTP/1.1 400 Bad Request",
            "content-type: application/json",
            f"content-length: {len(body)}",
            "connection: close",
        )
        self.transport.write("\r\n".join((*lines, "", body)).encode())
        self.transport.close()


def serving(answer: Callable[[Incoming], Answer | Silence]) -> type[CallProtocol]:
    """The protocol whose calls are served by `answer`: uvicorn makes one for each connection."""
    return type("Serving", (CallProtocol,), {"answer": staticmethod(answer)})
