"""What a run found: figures, and what could not be had."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Speed:
    """How fast one kind of request was answered; `busy` is the load's share of a processor."""

    per_second: float
    p50_ms: float
    p99_ms: float
    busy: float


@dataclass(frozen=True)
class Measured:
    """One server, in medians of all rounds."""

    name: str
    version: str
    is_stateful: bool
    ready_ms: float
    resident_mb: float
    """After 1,000 customers."""
    create: Speed
    look: Speed


@dataclass(frozen=True)
class NotMeasured:
    """A server that was not measured, and why."""

    name: str
    why: str


@dataclass(frozen=True)
class Growth:
    """Ours, new and full, in turns; and its memory with many subscribers."""

    customers: int
    create_new: Speed
    create_full: Speed
    look_new: Speed
    look_full: Speed
    subscribers: int
    subscribers_mb: float


@dataclass(frozen=True)
class Results:
    """All that one run found; the first of `measured` is ours."""

    date: str
    machine: str
    rounds: int
    seconds: float
    measured: tuple[Measured, ...]
    missing: tuple[NotMeasured, ...]
    growth: Growth | None


def middle(rounds: Sequence[Measured]) -> Measured:
    """The medians of one server's rounds."""
    first = rounds[0]
    return Measured(
        name=first.name,
        version=first.version,
        is_stateful=first.is_stateful,
        ready_ms=statistics.median(each.ready_ms for each in rounds),
        resident_mb=statistics.median(each.resident_mb for each in rounds),
        create=middle_speed([each.create for each in rounds]),
        look=middle_speed([each.look for each in rounds]),
    )


def middle_speed(speeds: Sequence[Speed]) -> Speed:
    """The medians of some speeds, each figure by itself."""
    return Speed(
        per_second=statistics.median(each.per_second for each in speeds),
        p50_ms=statistics.median(each.p50_ms for each in speeds),
        p99_ms=statistics.median(each.p99_ms for each in speeds),
        busy=statistics.median(each.busy for each in speeds),
    )
