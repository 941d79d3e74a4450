"""Calls that get no answer: their connection is dropped."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Coroutine
from typing import Any

Silence = Coroutine[None, None, None]
"""What is done with a call that is not answered: at its end the connection is gone."""
Address = tuple[str, int]
_open: dict[Address, asyncio.Transport] = {}


def opened(transport: asyncio.Transport) -> None:
    """Note a connection, by its client's address."""
    _open[_address(transport)] = transport


def closed(transport: asyncio.Transport) -> None:
    """Forget it."""
    _open.pop(_address(transport), None)


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
