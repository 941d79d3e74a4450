"""Connections that can be dropped: uvicorn's protocol, with its transports within reach."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from billproof.sandbox.objects.errors import Refusal, StripeError

Address = tuple[str, int]
_open: dict[Address, asyncio.Transport] = {}

NOT_HTTP = "it is no HTTP/1.1 request with a method that is registered"


class DroppableProtocol(HttpToolsProtocol):
    """HTTP/1.1 whose connections `drop` finds by the client's address."""

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's signature
        """Refuse what could not be parsed, in the form of every other refusal, and hang up."""
        refused = StripeError(Refusal.MALFORMED, reason=NOT_HTTP)
        body = json.dumps({"error": {"message": refused.message, "type": refused.row.type}})
        head = (
            "HTTP/1.1 400 Bad Request",
            "content-type: application/json",
            f"content-length: {len(body)}",
            "connection: close",
        )
        self.transport.write("\r\n".join((*head, "", body)).encode())
        self.transport.close()

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
