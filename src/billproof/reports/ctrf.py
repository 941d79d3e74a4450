"""`ctrf.json`: the Common Test Report Format, which dashboards and CI actions read."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from billproof.reports.outcome import OUTCOMES, Outcome, reason
from billproof.reports.transcript import answer_text, request_text, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from billproof.reports.reading import Report
    from billproof.run.record import Record
    from billproof.verdicts.results import ClauseResult, Fault, Results

SPEC_VERSION = "0.0.0"
Status = Literal["passed", "failed", "skipped", "pending", "other"]
# Readers take "other" and "pending" for harmless; what was not shown is not.
STATUSES: dict[Outcome, Status] = {
    Outcome.PASSED: "passed",
    Outcome.FAILED: "failed",
    Outcome.ERROR: "failed",
    Outcome.SKIPPED: "skipped",
}


class _Part(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class Test(_Part):
    """One clause; `raw_status` is its verdict."""

    name: str
    status: Status
    duration: int
    suite: list[str]
    message: str | None = None
    trace: str | None = None
    raw_status: str
    tags: list[str] = []
    type: str = "conformance"
    extra: dict[str, str] = {}


class Counts(_Part):
    """How many of each status, and when, in milliseconds since 1970."""

    tests: int
    passed: int
    failed: int
    skipped: int
    pending: int
    other: int
    start: int
    stop: int


class Tool(_Part):
    """Who tested."""

    name: str
    version: str


class Run(_Part):
    """One run."""

    tool: Tool
    summary: Counts
    tests: list[Test]
    extra: dict[str, str]


class Document(_Part):
    """The whole file."""

    report_format: Literal["CTRF"] = "CTRF"
    spec_version: str = SPEC_VERSION
    generated_by: str = "billproof"
    results: Run


def ctrf(report: Report) -> str:
    """The document."""
    results = report.results
    tests = [_test(clause, report.records.get(clause.id, [])) for clause in results.clauses]
    tests += [_fault(fault) for fault in results.summary.faults]
    run = Run(
        tool=Tool(name="billproof", version=results.suite.version),
        summary=_counts(results, tests),
        tests=tests,
        extra={
            "target": results.target.name,
            "contract": results.contract.version,
            "seed": str(results.seed),
            "command": results.command,
            **({"unclaimed": ", ".join(results.unclaimed)} if results.unclaimed else {}),
        },
    )
    return Document(results=run).model_dump_json(indent=2, by_alias=True, exclude_none=True) + "\n"


def _counts(results: Results, tests: Sequence[Test]) -> Counts:
    counted: Counter[Status] = Counter(test.status for test in tests)
    start = round(results.started.timestamp() * 1000)
    return Counts(
        tests=len(tests),
        passed=counted["passed"],
        failed=counted["failed"],
        skipped=counted["skipped"],
        pending=0,
        other=0,
        start=start,
        stop=start + round(results.seconds * 1000),
    )


def _test(clause: ClauseResult, records: Sequence[Record]) -> Test:
    exchange = shown(records)
    trace = f"{request_text(exchange)}\n\n{answer_text(exchange)}" if exchange else None
    return Test(
        name=f"{clause.id} {clause.text}".strip(),
        status=STATUSES[OUTCOMES[clause.verdict]],
        duration=round(clause.seconds * 1000),
        suite=["billproof", clause.capability],
        message=reason(clause) or None,
        trace=trace,
        raw_status=clause.verdict,
        tags=[clause.level],
        extra={"clause": clause.id, "again": clause.again, "hint": clause.hint},
    )


def _fault(fault: Fault) -> Test:
    """A run that could not see everything is not green for whoever counts tests."""
    return Test(
        name=f"the run itself, exit code {fault.code}",
        status="failed",
        duration=0,
        suite=["billproof", "run"],
        message=fault.reason,
        raw_status="fault",
    )
