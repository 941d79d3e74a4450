"""The judge: records of trials in, one verdict per clause out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from billproof.run.record import Finding, Outcome, Record
from billproof.verdicts.results import ClauseResult, Shown
from billproof.verdicts.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Judged(Protocol):
    """What the judge must know of a clause (billproof.law has all of it)."""

    @property
    def id(self) -> str:
        """Its stable id."""

    @property
    def level(self) -> str:
        """MUST, SHOULD or MAY."""

    @property
    def capability(self) -> str:
        """The capability that it belongs to."""

    @property
    def needs(self) -> Sequence[str]:
        """Ids of the clauses without which it cannot hold."""


# The worst outcome among a clause's tests speaks for it.
_SEVERITY = (
    Outcome.ERROR,
    Outcome.FAILED,
    Outcome.CANNOT_TEST,
    Outcome.NOT_OBSERVABLE,
    Outcome.PASSED,
    Outcome.NOT_DECLARED,
)
_VERDICTS = {
    Outcome.ERROR: Verdict.ERROR,
    Outcome.FAILED: Verdict.FAIL,
    Outcome.CANNOT_TEST: Verdict.NOT_TESTABLE,
    Outcome.NOT_OBSERVABLE: Verdict.NOT_OBSERVABLE_HERE,
    Outcome.PASSED: Verdict.PASS,
    Outcome.NOT_DECLARED: Verdict.NOT_APPLICABLE,
}
UNCLAIMED = "unclaimed"
"""Code of what is said of a capability that is there, though it is not declared."""
_BLOCKING = frozenset({Verdict.FAIL, Verdict.BLOCKED})


@dataclass(frozen=True)
class Evidence:
    """All that a run found out."""

    records: Sequence[Record] = ()
    refusals: Mapping[str, Finding | None] = field(default_factory=dict)
    """For each capability that is not declared: why its refusal is not clean, or None.

    Of one that is there all the same what is there, with the code `unclaimed`.
    """
    newer: frozenset[str] = frozenset()
    """Clauses that came after the version which the backend claims: told, and not scored."""
    left: frozenset[str] = frozenset()
    """Clauses of which some trials were not run: a fault was seen, or nothing is known."""
    needs_count: bool = True
    """False: a failing clause fails, even if what it needs fails too."""


def worst(records: Sequence[Record]) -> Record | None:
    """The record that speaks for its clause: of the worst outcome the first by its test's name."""
    return min(
        records,
        key=lambda record: (_SEVERITY.index(record.outcome), record.test),
        default=None,
    )


def judge(clauses: Sequence[Judged], evidence: Evidence) -> list[ClauseResult]:
    """One result per clause, in order of id."""
    by_clause: dict[str, list[Record]] = defaultdict(list)
    for record in sorted(evidence.records, key=lambda record: record.test):
        for clause_id in record.clauses:
            by_clause[clause_id].append(record)
    first = {clause.id: _alone(clause, by_clause[clause.id], evidence) for clause in clauses}
    needs = {clause.id: clause.needs for clause in clauses}
    if evidence.needs_count:
        first = {key: _after_needs(result, first, needs) for key, result in first.items()}
    return [first[key] for key in sorted(first)]


def _alone(clause: Judged, records: Sequence[Record], evidence: Evidence) -> ClauseResult:
    """The verdict that the clause's own tests give it."""
    if clause.id in evidence.newer:
        return ClauseResult(
            id=clause.id,
            level=clause.level,
            capability=clause.capability,
            verdict=Verdict.NOT_SCORED,
        )
    if clause.capability in evidence.refusals:
        return _of_refusal(clause, evidence.refusals[clause.capability])
    speaker = worst(records)
    verdict = _VERDICTS[speaker.outcome] if speaker else Verdict.NOT_RUN
    if verdict is Verdict.PASS and clause.id in evidence.left:
        verdict = Verdict.NOT_RUN
    if verdict is Verdict.FAIL and clause.level != "MUST":
        verdict = Verdict.WARN
    return ClauseResult(
        id=clause.id,
        level=clause.level,
        capability=clause.capability,
        verdict=verdict,
        seconds=round(sum(record.seconds for record in records), 3),
        tests=_distinct(record.test for record in records),
        checks=_distinct(check for record in records for check in record.checks),
        finding=_shown(speaker, records) if speaker else None,
    )


def _shown(speaker: Record, records: Sequence[Record]) -> Shown | None:
    """What went wrong; that it does so only at times is the first thing to know."""
    if speaker.finding is None:
        return None
    shown = Shown.of(speaker.finding)
    same = [record.outcome is Outcome.PASSED for record in records if record.test == speaker.test]
    if True not in same:
        return shown
    often = f"flaky, {same.count(False)} of {len(same)} times"
    return shown.model_copy(update={"what": f"{often}: {shown.what}"})


def _of_refusal(clause: Judged, finding: Finding | None) -> ClauseResult:
    """Refused as it should be, or not; what is only there is noted, and not judged."""
    unclean = finding is not None and finding.code != UNCLAIMED
    return ClauseResult(
        id=clause.id,
        level=clause.level,
        capability=clause.capability,
        verdict=Verdict.FAIL if unclean else Verdict.NOT_APPLICABLE,
        finding=Shown.of(finding) if finding else None,
    )


def _after_needs(
    result: ClauseResult,
    all_results: Mapping[str, ClauseResult],
    needs: Mapping[str, Sequence[str]],
) -> ClauseResult:
    """A clause that fails while something it needs fails is blocked by that."""
    if result.verdict is not Verdict.FAIL:
        return result
    by = sorted(
        key
        for key in needs[result.id]
        if key in all_results and all_results[key].verdict in _BLOCKING
    )
    return (
        result.model_copy(update={"verdict": Verdict.BLOCKED, "blocked_by": by}) if by else result
    )


def _distinct(checks: object) -> list[str]:
    return list(dict.fromkeys(checks))  # type: ignore[call-overload]
