"""What a run found: figures, and what could not be had."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Timed:
    """One way with one driver: the medians of its tests, and of the bare body between them."""

    driver: str
    name: str
    tests: int
    median_ms: float
    bare_ms: float
    failed: tuple[str, ...]
    """The guarantees that it was found not to keep."""

    @property
    def ratio(self) -> float:
        """How many times the bare body a test takes."""
        return self.median_ms / self.bare_ms


@dataclass(frozen=True)
class Run:
    """Whole runs of pytest: the same tests, isolated by one tool; medians of all rounds."""

    name: str
    tests: int
    seconds: float
    """Of a run of so many tests, from the start of its process to its end."""
    one_seconds: float
    """Of a run of one of them."""

    @property
    def whole_ms(self) -> float:
        """A test's share of a whole run."""
        return self.seconds / self.tests * 1000

    @property
    def further_ms(self) -> float:
        """What one test more takes."""
        return (self.seconds - self.one_seconds) / (self.tests - 1) * 1000


@dataclass(frozen=True)
class Block:
    """Some tests in a row, and what was held after the last of them."""

    median_ms: float
    bare_ms: float
    """Of the body alone, in turns with them, in a database that does not grow."""
    handles: int
    resident_mb: float
    database_kb: float
    server_mb: float
    """What the server's processes for our connections have of their own; 0 for SQLite."""


@dataclass(frozen=True)
class Growth:
    """billproof with one driver over many tests."""

    driver: str
    size: int
    """Tests in a block."""
    blocks: tuple[Block, ...]

    def ends(self) -> tuple[float, float]:
        """The medians of the first five blocks and of the last five, in ms."""
        return _ends([block.median_ms for block in self.blocks])

    def ratio(self) -> float:
        """The second to the first; what else the machine did is in it."""
        first, last = self.ends()
        return last / first

    def own_ratio(self) -> float:
        """The same of the blocks' ratios to the bare body, which the machine slows as much."""
        first, last = _ends([block.median_ms / block.bare_ms for block in self.blocks])
        return last / first


def _ends(figures: Sequence[float]) -> tuple[float, float]:
    return statistics.median(figures[:5]), statistics.median(figures[-5:])


@dataclass(frozen=True)
class NotMeasured:
    """What was not measured, and why."""

    name: str
    why: str


@dataclass(frozen=True)
class Results:
    """All that one run found."""

    date: str
    machine: str
    rounds: int
    timed: tuple[Timed, ...]
    runs: tuple[Run, ...]
    growths: tuple[Growth, ...]
    missing: tuple[NotMeasured, ...]
