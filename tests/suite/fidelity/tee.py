"""Stands between clients and a sandbox, passes every byte on, and keeps what was said.

It works on bytes, so that raw and broken requests, resets and held calls stay what they are.
"""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

CHUNK = 1 << 16


@dataclass
class Conversation:
    """The bytes of one connection, each way."""

    asked: bytearray = field(default_factory=bytearray)
    answered: bytearray = field(default_factory=bytearray)


class Tee:
    """Listens on a free loopback port in a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._ways: set[asyncio.Future[None]] = set()
        self.heard: list[Conversation] = []
        """Every conversation so far; whole once the tee is closed."""
        self.url = ""
        """Where it listens."""
        self.origin = ""
        """Where it passes things on to."""

    def __enter__(self) -> Self:
        self._thread.start()
        opened = asyncio.run_coroutine_threadsafe(self._open(), self._loop)
        self._server = opened.result(timeout=10)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(timeout=10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _open(self) -> asyncio.Server:
        return await asyncio.start_server(self._meet, "127.0.0.1", 0, backlog=2048)

    async def _close(self) -> None:
        self._server.close()
        for way in self._ways:
            way.cancel()
        await asyncio.gather(
            *asyncio.all_tasks() - {asyncio.current_task()}, return_exceptions=True
        )

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection(
            "127.0.0.1", urlsplit(self.origin).port
        )
        talk = Conversation()
        self.heard.append(talk)
        ways = {
            asyncio.ensure_future(_pump(reader, inner_writer, talk.asked)),
            asyncio.ensure_future(_pump(inner_reader, writer, talk.answered)),
        }
        self._ways |= ways
        # HTTP has no half-open connections: the end of one way is the end of both.
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        self._ways -= ways
        inner_writer.transport.abort()
        writer.close()


async def _pump(
    source: asyncio.StreamReader, target: asyncio.StreamWriter, kept: bytearray
) -> None:
    try:
        while chunk := await source.read(CHUNK):
            kept += chunk
            target.write(chunk)
            await target.drain()
    except OSError:
        pass  # a reset is an end like any other
