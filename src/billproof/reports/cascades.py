"""Which clauses are the cause, and what each of them blocks: a cascade is told once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from billproof.verdicts.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from billproof.verdicts.results import ClauseResult

LOUD = (
    Verdict.FAIL,
    Verdict.ERROR,
    Verdict.NOT_TESTABLE,
    Verdict.NOT_RUN,
    Verdict.UNEXPECTED_PASS,
    Verdict.WARN,
)
"""Verdicts that somebody has to look into, the first ones first; blocked ones follow a cause."""


@dataclass(frozen=True)
class Cause:
    """A clause to look into, and the clauses that are blocked by it, directly or not."""

    clause: ClauseResult
    blocks: tuple[ClauseResult, ...] = ()

    @property
    def blocking(self) -> str:
        """`11 blocked by WHK-001`; blank when nothing is."""
        return f"{len(self.blocks)} blocked by {self.clause.id}" if self.blocks else ""


def causes(clauses: Sequence[ClauseResult]) -> list[Cause]:
    """All causes: those that block the most first, then in order of verdict and id.

    A clause that two causes block stands under the first of them alone.
    """
    known = {clause.id: clause for clause in clauses}
    blocked: dict[str, list[ClauseResult]] = {}
    for clause in clauses:
        if clause.verdict is Verdict.BLOCKED:
            blocked.setdefault(_root(clause, known), []).append(clause)
    loud = [clause for clause in clauses if clause.verdict in LOUD or clause.id in blocked]
    found = [Cause(clause, tuple(blocked.get(clause.id, ()))) for clause in loud]
    return sorted(found, key=_rank)


def _root(clause: ClauseResult, known: dict[str, ClauseResult]) -> str:
    """The clause at the bottom of what blocks this one; itself when that was not judged."""
    at = clause
    while at.verdict is Verdict.BLOCKED and (by := [one for one in at.blocked_by if one in known]):
        at = known[by[0]]
    return at.id


def _rank(cause: Cause) -> tuple[int, int, str]:
    verdict = cause.clause.verdict
    place = LOUD.index(verdict) if verdict in LOUD else 0
    return -len(cause.blocks), place, cause.clause.id
