"""Waiting for a condition with a deadline, and doing things at the same time."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_LOOK_EVERY_SECONDS = 0.05


def pause(seconds: float) -> None:
    """Let `seconds` pass: for a settle time that the contract grants, never to hide a race."""
    if seconds > 0:
        Event().wait(seconds)


def becomes(look: Callable[[], T], accept: Callable[[T], bool], *, within: float) -> T:
    """Look until `accept` says yes or `within` seconds are over; returns the last look.

    With 0 seconds it looks exactly once: what was promised must be there.
    """
    deadline = time.monotonic() + within
    seen = look()
    while not accept(seen) and time.monotonic() < deadline:
        pause(_LOOK_EVERY_SECONDS)
        seen = look()
    return seen


def together(calls: list[Callable[[], T]]) -> list[T]:
    """Make all calls at the same moment, each in a thread; answers in the calls' order."""
    barrier = Barrier(len(calls))

    def start(call: Callable[[], T]) -> T:
        barrier.wait(timeout=10)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(start, calls))
