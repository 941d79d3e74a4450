"""Blocks of tests of one worker, and what is held after each block."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import Connection, text

from benchmarks.databases.comparing import timed_ms
from benchmarks.databases.figures import Block
from benchmarks.databases.grounds import Ground
from benchmarks.databases.sites import Site
from benchmarks.databases.ways.anywhere import DeleteAll, Truncate
from benchmarks.databases.ways.ours import Billproof
from benchmarks.databases.ways.way import Way

HANDLES = Path("/dev/fd")
SIZES = {
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
    "postgresql": "SELECT pg_database_size(current_database())",
}
BACKENDS = text(
    "SELECT pid FROM pg_stat_activity "
    "WHERE datname = current_database() AND backend_type = 'client backend'"
)
WARM_UP = 50
BARE_EVERY = 5
"""So many tests of ours come with one of the bare body."""


def grow(ground: Ground, blocks: int, tests: int) -> Iterator[Block]:
    """So many blocks of so many tests."""
    with ExitStack() as ends:
        ours = Billproof(ground)
        ends.callback(ours.close)
        bare = (Truncate if ground.driver.needs_server else DeleteAll)(ground)
        ends.callback(bare.close)
        _block(ours, bare, WARM_UP)
        for _ in range(blocks):
            yield _block(ours, bare, tests)


def _block(ours: Billproof, bare: Way, tests: int) -> Block:
    """Into the database of one test more we look, untimed, before it ends."""
    times, bare_times = [], []
    for number in range(tests):
        times.append(timed_ms(ours))
        if number % BARE_EVERY == 0:
            bare_times.append(_bare_ms(bare))
    site = ours.begin()
    site.play()
    found = Block(
        median_ms=statistics.median(times),
        bare_ms=statistics.median(bare_times),
        handles=len(os.listdir(HANDLES)),  # noqa: PTH208 - a Path would open one more
        resident_mb=_resident_mb("self", "VmRSS"),
        database_kb=site.work(_size) / 1000,
        server_mb=_server(site),
    )
    ours.end()
    return found


def _bare_ms(way: Way) -> float:
    """The body alone; what clears away its rows is not timed."""
    site = way.begin()
    begun = time.perf_counter()
    site.play()
    taken = (time.perf_counter() - begun) * 1000
    way.end()
    return taken


def _size(connection: Connection) -> int:
    return int(connection.scalar(text(SIZES[connection.dialect.name])) or 0)


def _server(site: Site) -> float:
    """What PostgreSQL's processes for this database have that is not shared."""
    if site.url.get_backend_name() != "postgresql":
        return 0.0
    found = site.work(lambda connection: list(connection.scalars(BACKENDS)))
    return sum(_resident_mb(str(process), "RssAnon") for process in found)


def _resident_mb(process: str, what: str) -> float:
    """In units of 1,000,000 bytes; 0 where the system does not tell."""
    status = Path("/proc") / process / "status"
    if not status.exists():
        return 0.0
    return int(status.read_text().partition(f"{what}:")[2].split()[0]) * 1024 / 1e6
