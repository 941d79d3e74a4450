"""Waiting for what other processes do: on conditions, with a deadline."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

PATIENCE_SECONDS = 60.0


def wait_until(is_so: Callable[[], bool], what: str = "it") -> None:
    """Return once it is so."""
    pause, deadline = threading.Event(), time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, f"{what} never came"
        pause.wait(0.02)
