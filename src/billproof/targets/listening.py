"""A listening socket, made so that servers on it are quick."""

from __future__ import annotations

import socket


def listen(address: str = "127.0.0.1", port: int = 0) -> socket.socket:
    """A listening socket, on a free port by default.

    IPPROTO_TCP is said aloud: without it asyncio leaves Nagle's delay on, and every
    request costs 40 ms.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port))
    listener.listen(128)
    return listener


def inherited(number: int) -> socket.socket:
    """The listening socket of this file descriptor."""
    return socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, fileno=number)
