"""Connections that can be dropped: uvicorn's protocol, with its transports within reach."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

Address = tuple[str, int]
_open: dict[Address, asyncio.Transport] = {}


class DroppableProtocol(HttpToolsProtocol):
    """HTTP/1.1 whose connections `drop` finds by the client's address."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Remember the transport."""
        super().connection_made(transport)
        _open[_address(transport)] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        _open.pop(_address(self.transport), None)
        super().connection_lost(exc)


def _address(transport: Any) -> Address:
    peer = transport.get_extra_info("peername") or ("", 0)
    return str(peer[0]), int(peer[1])


async def drop(client: Address) -> None:
    """Reset the connection of a client: no answer, not even an orderly end."""
    transport = _open.get((client[0], client[1]))
    if transport is None:
        return
    linger = struct.pack("ii", 1, 0)
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    transport.abort()
    while (client[0], client[1]) in _open:  # noqa: ASYNC110 - over within the loop's next round
        await asyncio.sleep(0)
