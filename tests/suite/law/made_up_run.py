"""A run that never was: what WHK-004 got in it."""

from __future__ import annotations

from datetime import UTC, datetime

from billproof.verdicts.results import (
    ClauseResult,
    ContractIdentity,
    Results,
    SuiteIdentity,
    TargetIdentity,
)
from billproof.verdicts.summary import summarise
from billproof.verdicts.verdict import Verdict


def run(
    verdict: Verdict = Verdict.PASS, *, tests: tuple[str, ...] = (), checks: tuple[str, ...] = ()
) -> Results:
    """One that judged WHK-004 by these tests, which made these checks."""
    judged = ClauseResult(
        id="WHK-004",
        level="MUST",
        capability="webhooks",
        verdict=verdict,
        tests=list(tests),
        checks=list(checks),
    )
    return Results(
        suite=SuiteIdentity(version="0.1.0"),
        contract=ContractIdentity(version="1.0", clauses="abc", total=1),
        target=TargetIdentity(kind="app", name="m:f", capabilities=["core"]),
        seed=7,
        command="billproof verify --seed 7",
        started=datetime(2026, 11, 28, tzinfo=UTC),
        seconds=1,
        summary=summarise([judged], [], partial=False),
        clauses=[judged],
    )
