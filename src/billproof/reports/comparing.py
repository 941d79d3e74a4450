"""Two runs side by side: what newly fails, what is fixed, what else is different."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from billproof.reports.outcome import reason
from billproof.verdicts.verdict import RED, Verdict

if TYPE_CHECKING:
    from billproof.verdicts.results import ClauseResult, Results

BAD = RED | {Verdict.ERROR}
GOOD = frozenset({Verdict.PASS, Verdict.WARN, Verdict.UNEXPECTED_PASS})


@dataclass(frozen=True)
class Change:
    """One clause that is not as it was; a verdict is None where a run did not judge it."""

    id: str
    before: Verdict | None
    after: Verdict | None
    text: str
    reason: str
    """Why it has its verdict now."""


@dataclass(frozen=True)
class Comparison:
    """All that is different."""

    newly_failing: list[Change]
    fixed: list[Change]
    changed: list[Change]
    """Another verdict that is neither, another reason, or judged in one run alone."""
    notes: list[str]
    """Why the runs may not be comparable."""

    @property
    def exit_code(self) -> int:
        """1 when anything newly fails, else 0."""
        return 1 if self.newly_failing else 0


def compare(before: Results, after: Results) -> Comparison:
    """What became of each clause from `before` to `after`, in order of id."""
    old = {clause.id: clause for clause in before.clauses}
    new = {clause.id: clause for clause in after.clauses}
    pairs = [(old.get(key), new.get(key)) for key in sorted({*old, *new})]
    failing = [_change(a, b) for a, b in pairs if _bad(b) and not _bad(a)]
    # What is excused, or was not looked at, is not mended.
    fixed = [_change(a, b) for a, b in pairs if _bad(a) and b and b.verdict in GOOD]
    told = {change.id for change in failing + fixed}
    changed = [_change(a, b) for a, b in pairs if _differ(a, b)]
    return Comparison(
        newly_failing=failing,
        fixed=fixed,
        changed=[change for change in changed if change.id not in told],
        notes=_notes(before, after),
    )


def _bad(clause: ClauseResult | None) -> bool:
    return clause is not None and clause.verdict in BAD


def _differ(before: ClauseResult | None, after: ClauseResult | None) -> bool:
    """What came may hold ids that are new in each run; what was checked does not."""
    if before is None or after is None:
        return True
    checked = [clause.finding.what if clause.finding else "" for clause in (before, after)]
    return before.verdict is not after.verdict or checked[0] != checked[1]


def _change(before: ClauseResult | None, after: ClauseResult | None) -> Change:
    known = after or before
    assert known is not None, "a change is of a clause"  # noqa: S101 - for the type alone
    return Change(
        id=known.id,
        before=before.verdict if before else None,
        after=after.verdict if after else None,
        text=known.text,
        reason=reason(after) if after else "",
    )


def _notes(before: Results, after: Results) -> list[str]:
    rows = {
        "contracts": (before.contract.clauses[:12], after.contract.clauses[:12]),
        "suites": (before.suite.version, after.suite.version),
        "targets": (before.target.name, after.target.name),
    }
    return [
        f"The {name} differ: {one}, {other}." for name, (one, other) in rows.items() if one != other
    ]
