"""Connections that ask and wait, ask and wait; and what came of it."""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import cast

from benchmarks.sandbox.load.answers import read
from benchmarks.sandbox.load.scripts import SCRIPTS, Script

SILENCE_SECONDS = 20


@dataclass(frozen=True)
class Load:
    """What is asked: each connection runs the script `times` times, or until time is up."""

    port: int
    script: str
    times: int | None
    seconds: float
    connections: int = 8


@dataclass(frozen=True)
class Tally:
    """What was answered, in how long; `busy` is the generator's own share of one processor."""

    answers: int
    refused: int
    statuses: str
    seconds: float
    p50_ms: float
    p99_ms: float
    busy: float


@dataclass
class Heard:
    """All that the connections of one load heard."""

    statuses: Counter[int] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)

    def tally(self, seconds: float, processor_seconds: float) -> Tally:
        """Their sum; ConnectionError when a connection was lost."""
        if self.failures:
            raise ConnectionError(f"{len(self.failures)} connections lost: {self.failures[0]}")
        waits = sorted(self.waits)
        good = sum(count for status, count in self.statuses.items() if status // 100 == 2)  # noqa: PLR2004 - the class of success
        return Tally(
            answers=len(waits),
            refused=len(waits) - good,
            statuses=", ".join(
                f"{count} times {status}" for status, count in self.statuses.items()
            ),
            seconds=seconds,
            p50_ms=percentile(waits, 0.50) * 1000,
            p99_ms=percentile(waits, 0.99) * 1000,
            busy=processor_seconds / seconds,
        )


class Connection(asyncio.Protocol):
    """One connection, kept: a request goes out when the answer before it is whole."""

    def __init__(self, script: Script, heard: Heard, deadline: float) -> None:
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._script, self._heard, self._deadline = script, heard, deadline
        self._received = b""
        self._asked_at = 0.0
        self._is_done = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the first time."""
        # uvloop's transports have all that asyncio's have, but are none.
        self._transport = cast("asyncio.Transport", transport)
        self._say(next(self._script))

    def data_received(self, data: bytes) -> None:
        """Go on when the answer is whole."""
        self._received = self._received + data if self._received else data
        answer = read(self._received)
        if answer is None:
            return
        now = time.perf_counter()
        self._heard.waits.append(now - self._asked_at)
        self._heard.statuses[answer.status] += 1
        self._received = b""
        self._go_on(answer.body, now)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whether it was we who left."""
        if not self._is_done:
            self._heard.failures.append(exc or EOFError("the server hung up"))
        self.ended.set_result(None)

    def _go_on(self, body: bytes, now: float) -> None:
        try:
            if now < self._deadline:
                self._say(self._script.send(body))
                return
        except StopIteration:
            pass
        except (KeyError, ValueError) as error:  # the answer is not what the script needs
            self._heard.failures.append(error)
        self._is_done = True
        self._transport.close()

    def _say(self, request: bytes) -> None:
        self._asked_at = time.perf_counter()
        self._transport.write(request)


async def drive(load: Load) -> Tally:
    """Put the load on 127.0.0.1; an OSError when a connection is lost or nothing is answered."""
    loop, heard = asyncio.get_running_loop(), Heard()
    scripts = [SCRIPTS[load.script](load.times) for _ in range(load.connections)]
    begun, processor = time.perf_counter(), time.process_time()
    deadline = begun + load.seconds
    ends: list[asyncio.Future[None]] = []
    for script in scripts:
        made = Connection(script, heard, deadline)
        await loop.create_connection(lambda made=made: made, "127.0.0.1", load.port)  # type: ignore[misc]  # mypy cannot type a lambda's default
        ends.append(made.ended)
    await _ended(ends, heard)
    return heard.tally(time.perf_counter() - begun, time.process_time() - processor)


async def _ended(ends: list[asyncio.Future[None]], heard: Heard) -> None:
    """Wait for all; TimeoutError when nobody hears anything for a while."""
    pending: set[asyncio.Future[None]] = set(ends)
    while pending:
        before = len(heard.waits)
        _, pending = await asyncio.wait(pending, timeout=SILENCE_SECONDS)
        if pending and len(heard.waits) == before:
            raise TimeoutError("it stopped answering")


def percentile(ordered: list[float], share: float) -> float:
    """The smallest value that `share` of all do not exceed; 0 of none."""
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)] if ordered else 0.0
