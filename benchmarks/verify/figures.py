"""What was found of one run: its time, and what the clauses took of it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from billproof.verdicts.results import Results

PASSED = "pass"


@dataclass(frozen=True)
class Cost:
    """What one clause took."""

    clause: str
    seconds: float
    """The sum over its tests."""
    tests: int
    requests: int


@dataclass(frozen=True)
class Figures:
    """One run."""

    way: str
    workers: int
    wall_seconds: float
    processor_seconds: float
    """Of all its processes, user's and system's, as far as they have ended."""
    costs: tuple[Cost, ...]
    """The clauses that passed, the dearest first."""
    by_capability: Counter[str]

    @property
    def tests(self) -> int:
        """How many ran."""
        return sum(cost.tests for cost in self.costs)

    @property
    def requests(self) -> int:
        """How many the backend was sent by trials; those of schemathesis come on top."""
        return sum(cost.requests for cost in self.costs)


def costs_of(report: Path) -> tuple[tuple[Cost, ...], Counter[str]]:
    """Of a report folder: the clauses that passed, the dearest first, and their capabilities."""
    results = Results.model_validate_json((report / "results.json").read_text(encoding="utf-8"))
    passed = [clause for clause in results.clauses if clause.verdict == PASSED]
    costs = [
        Cost(one.id, one.seconds, len(one.tests), requests(report / "exchanges" / f"{one.id}.json"))
        for one in passed
    ]
    costs.sort(key=lambda cost: -cost.seconds)
    return tuple(costs), Counter(clause.capability for clause in passed)


def requests(exchanges: Path) -> int:
    """Those that the file of a clause holds."""
    if not exchanges.exists():
        return 0
    return sum(len(trial["exchanges"]) for trial in json.loads(exchanges.read_bytes()))
