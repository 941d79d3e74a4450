"""Blocks of tests of one worker, and what is held after each block."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, text

from benchmarks.databases.comparing import timed_ms
from benchmarks.databases.figures import Block
from benchmarks.databases.grounds import Ground
from benchmarks.databases.sites import Site
from benchmarks.databases.ways.ours import Billproof

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


def grow(ground: Ground, blocks: int, tests: int) -> Iterator[Block]:
    """So many blocks of so many tests."""
    way = Billproof(ground)
    try:
        for _ in range(WARM_UP):
            timed_ms(way)
        for _ in range(blocks):
            times = [timed_ms(way) for _ in range(tests - 1)]
            yield _looked_at(way, times)
    finally:
        way.close()


def _looked_at(way: Billproof, times: list[float]) -> Block:
    """The block with one more test, into whose database we look before it ends."""
    begun = time.perf_counter()
    site = way.begin()
    site.play()
    taken = time.perf_counter() - begun
    size, server = site.work(_size), _server(site)
    handles = len(os.listdir(HANDLES))  # noqa: PTH208 - a Path would open one more
    begun = time.perf_counter()
    way.end()
    taken += time.perf_counter() - begun
    return Block(
        median_ms=statistics.median([*times, taken * 1000]),
        handles=handles,
        resident_mb=_resident_mb("self", "VmRSS"),
        database_kb=size / 1000,
        server_mb=server,
    )


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
