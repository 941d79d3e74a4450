"""What a run has seen so far, and what went wrong with the run itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from billproof.run.plan import RunPlan
from billproof.run.record import Finding, Outcome, Record
from billproof.verdicts.judge import UNCLAIMED, Evidence
from billproof.verdicts.results import Fault
from billproof.verify.browser import ADVICE
from billproof.verify.selection import Selection

FAULTS = {
    "no-such-device": 2,
    "no-such-pages": 2,
    "backend-did-not-start": 3,
    "backend-died": 3,
    "backend-hangs": 3,
    "sandbox-died": 3,
}
"""Codes of a CannotTest that speak of the whole run and not of a clause, with their exit codes."""


@dataclass
class Observed:
    """The records and faults of one run."""

    plan: RunPlan
    records: list[Record] = field(default_factory=list)
    refused: dict[str, Finding | None] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    seconds: float = 0.0
    browser: str | None = None
    """What looks at the pages."""
    aborted: bool = False
    """Whether trials were left out because backend or pytest were gone."""
    left: set[str] = field(default_factory=set)
    """The clauses of which some trials were never run: they cannot have passed."""
    interrupted: bool = False
    """Whether somebody ended it amid its trials."""

    def evidence(self, *, needs_count: bool, newer: frozenset[str] = frozenset()) -> Evidence:
        """For the judge."""
        left = frozenset(self.left)
        return Evidence(self.records, self.refused, newer, left, needs_count=needs_count)

    def fault(self, code: int, reason: str) -> None:
        """Note, once, why the run as a whole is not sound."""
        fault = Fault.model_validate({"code": code, "reason": reason})
        if fault not in self.faults:
            self.faults.append(fault)

    def abort(self, code: int, reason: str) -> None:
        """Note why no further trial makes sense."""
        self.aborted = True
        self.fault(code, reason)

    def interrupt(self, clauses: int) -> None:
        """Note that somebody ended the run amid the trials of so many clauses."""
        self.interrupted = True
        self.abort(3, f"Interrupted: {len(self.judged)} of {clauses} clauses were looked at.")

    @property
    def unclaimed(self) -> list[str]:
        """The capabilities that are there, though they are not declared."""
        told = {name: finding.code for name, finding in self.refused.items() if finding}
        return sorted(name for name, code in told.items() if code == UNCLAIMED)

    @property
    def judged(self) -> set[str]:
        """The clauses of which there is a record."""
        return {clause for record in self.records for clause in record.clauses}

    @property
    def failed(self) -> bool:
        """Whether any trial found the backend wrong."""
        return any(record.outcome is Outcome.FAILED for record in self.records)

    def miss_browser(self, clauses: Sequence[str], advice: str = ADVICE) -> None:
        """Without a browser these clauses cannot be judged."""
        self.fault(3, f"No browser was found: {', '.join(clauses)} cannot be judged. {advice}")
        self.records += [_without_browser(clause, advice) for clause in clauses]

    def look_back(self, selection: Selection) -> None:
        """Tell apart what the environment or the suite did from what the backend did."""
        for record in self.records:
            if record.finding and (code := FAULTS.get(record.finding.code)):
                self.abort(code, record.finding.what)
        gaps = [clause.id for clause in selection.runnable if clause.id not in self.judged]
        if gaps and not self.aborted:
            self.fault(5, f"No trial judges {', '.join(gaps)}.")


def _without_browser(clause: str, advice: str) -> Record:
    return Record(
        test=f"(no browser for {clause})",
        clauses=[clause],
        outcome=Outcome.CANNOT_TEST,
        seconds=0,
        checks=[],
        finding=Finding(what=f"No browser was found. {advice}", code="no-browser"),
    )
