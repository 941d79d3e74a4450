"""Ports that a command was told to listen on."""

from __future__ import annotations

import socket

from billproof.errors import CannotTest, UsageError
from billproof.targets.process import free_port

LAST_PORT = 65535


def usable(host: str, port: int, flag: str = "--port") -> int:
    """`port`, or a free one for 0; CannotTest when somebody listens there already."""
    if not 0 <= port <= LAST_PORT:
        raise UsageError(f"{port} is no port.", f"Ports go from 0 (any) to {LAST_PORT}.")
    if port == 0:
        return free_port()
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as problem:
        reason = f"Port {port} of {host} cannot be used: {problem.strerror}."
        raise CannotTest("port-in-use", reason, f"Name another with {flag}.") from None
    return port
