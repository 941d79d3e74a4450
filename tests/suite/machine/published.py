"""A published run with a clause of every verdict, and awkward things in what was said."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from billproof.reports.reading import Report
from billproof.run.record import Exchange, Finding, Outcome, Record
from billproof.verdicts.results import (
    ClauseResult,
    ContractIdentity,
    Fault,
    Known,
    Results,
    Shown,
    SuiteIdentity,
    TargetIdentity,
)
from billproof.verdicts.summary import summarise
from billproof.verdicts.verdict import Verdict

AWKWARD = "</script><b>&amp; ```` | \x00\x1b[31m \ud7ff\uffff ]]> é𝄞"
"""What a backend may say, to be shown and never obeyed."""

STATUS = Shown(what="status of POST /checkout", expected="201", got="500", code="")
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""One pixel."""

KNOWN = Known(reason="ticket 7", owner="Ada")


def result(clause_id: str, verdict: Verdict, **more: Any) -> ClauseResult:
    """One clause after a run."""
    told: dict[str, Any] = {
        "level": "MUST",
        "capability": "checkout" if clause_id.startswith("CHK") else "core",
        "text": f"{clause_id} is a sentence with <b>, & and |.",
        "why": "Money is lost.",
        "hint": "Commit `first`, then answer.",
        "again": f"billproof verify --only {clause_id} --seed 7",
        "seconds": 0.25,
    }
    return ClauseResult.model_validate({"id": clause_id, "verdict": verdict, **told, **more})


CLAUSES = [
    result("AUT-001", Verdict.PASS, seconds=1.5, tests=["tests/api/t.py::test_a"]),
    result("AUT-002", Verdict.WARN, level="SHOULD", finding=STATUS),
    result("AUT-003", Verdict.NOT_TESTABLE, finding=STATUS.model_copy(update={"what": "no"})),
    result("AUT-004", Verdict.NOT_APPLICABLE, seconds=0),
    result("AUT-005", Verdict.NOT_OBSERVABLE_HERE, seconds=0),
    result("AUT-006", Verdict.ERROR, finding=Shown(what="boom", expected="", got="", code="")),
    result("AUT-007", Verdict.EXPECTED_FAIL, finding=STATUS, known=KNOWN),
    result("AUT-008", Verdict.UNEXPECTED_PASS),
    result("AUT-009", Verdict.NOT_RUN, seconds=0),
    result("AUT-010", Verdict.FLAKY, finding=STATUS, known=KNOWN),
    result("AUT-011", Verdict.NOT_SCORED, seconds=0),
    result("CHK-001", Verdict.FAIL, finding=STATUS, tests=["tests/api/t.py::test_c"]),
    result("CHK-002", Verdict.BLOCKED, blocked_by=["CHK-001"]),
    result("CHK-003", Verdict.BLOCKED, blocked_by=["CHK-002"]),
    result("CHK-004", Verdict.FAIL, finding=STATUS.model_copy(update={"got": AWKWARD})),
]


def results(*clauses: ClauseResult, partial: bool = False, **more: Any) -> Results:
    """A run that judged these."""
    faults = more.pop("faults", [])
    told: dict[str, Any] = {
        "suite": SuiteIdentity(version="0.1.0", browser="Chromium 156.0"),
        "contract": ContractIdentity(version="1.0", clauses="abc", total=len(clauses)),
        "target": TargetIdentity(kind="command", name="node server.js", capabilities=["core"]),
        "seed": 7,
        "command": "billproof verify --cmd 'node server.js' --seed 7",
        "started": datetime(2026, 11, 28, 9, 30, tzinfo=UTC),
        "seconds": 12.5,
    }
    summary = summarise(clauses, faults, partial=partial)
    return Results(summary=summary, clauses=list(clauses), **told | more)


def exchange(path: str = "/checkout", **more: Any) -> Exchange:
    """One request that went wrong."""
    told: dict[str, Any] = {
        "method": "POST",
        "url": f"http://127.0.0.1:8000{path}",
        "request_headers": [("authorization", "tma <init data>")],
        "request_body": '{"plan": "pro"}',
        "status": 500,
        "response_headers": [("content-type", "text/plain")],
        "response_body": f"no such table {AWKWARD}",
        "seconds": 0.0123,
        "curl": f"curl -sS -X POST http://127.0.0.1:8000{path}",
    }
    return Exchange.model_validate(told | more)


def record(clause_id: str, outcome: Outcome, **more: Any) -> Record:
    """One trial of a clause."""
    told: dict[str, Any] = {
        "test": f"tests/api/t.py::test_{clause_id}",
        "clauses": [clause_id],
        "outcome": outcome,
        "seconds": 0.25,
        "checks": ["somebody is there", STATUS.what],
        "exchanges": [exchange("/first", status=200), exchange()],
    }
    return Record.model_validate(told | more)


FINDING = Finding(what=STATUS.what, expected="201", got="500", exchange=1)
RECORDS = {
    "AUT-001": [record("AUT-001", Outcome.PASSED)],
    "CHK-001": [record("CHK-001", Outcome.FAILED, finding=FINDING)],
    "CHK-004": [record("CHK-004", Outcome.FAILED, finding=FINDING, pictures=["abc.png"])],
}


def report() -> Report:
    """A run that went every way that one can go."""
    fault = Fault(code=3, reason="The backend ended with exit code 7.\nIts last lines:\n  bye")
    return Report(results(*CLAUSES, faults=[fault]), RECORDS, {"abc.png": PICTURE})


def publish(shown: Report, folder: Path) -> Path:
    """Lay the report down as a run does, without what is made from it."""
    (folder / "exchanges").mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(shown.results.model_dump_json(), encoding="utf-8")
    for clause_id, records in shown.records.items():
        rows = [each.model_dump(mode="json") for each in records]
        (folder / "exchanges" / f"{clause_id}.json").write_text(json.dumps(rows), encoding="utf-8")
    for name, picture in shown.pictures.items():
        (folder / "exchanges" / name).write_bytes(picture)
    return folder
