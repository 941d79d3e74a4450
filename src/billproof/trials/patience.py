"""A backend that hangs costs each clause one wait: its other trials are not made after it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from billproof.errors import CannotTest, Violation
from billproof.run.record import Finding, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

OVER_BUDGET = "over-budget"
"""Code of a trial that was ended because it took too long."""


@dataclass
class Patience:
    """What this process has waited for in vain, by clause."""

    _spent: dict[str, Finding] = field(default_factory=dict)

    def spend(self, clauses: Iterable[str], finding: Finding) -> None:
        """A trial of these clauses waited until its bound."""
        for clause in clauses:
            self._spent.setdefault(clause, finding)

    def check(self, clauses: Iterable[str]) -> None:
        """Raise what an earlier trial of these clauses found, if it waited in vain."""
        for clause in clauses:
            if finding := self._spent.get(clause):
                raise _again(finding)


def _again(finding: Finding) -> Exception:
    if finding.code:
        return CannotTest(finding.code, f"An earlier trial of the clause ended so: {finding.what}")
    return Violation(finding.what, finding.expected, f"{finding.got}, in an earlier trial")


def over_budget(seconds: float, checks: Sequence[str]) -> tuple[Outcome, Finding]:
    """How a trial ends that was not over after `seconds`: nobody is blamed, nothing green.

    How far its `checks` had come tells a busy machine from a backend or a page that hangs.
    """
    what = (
        f"The trial was not over after {seconds:.0f} s, which is all that it may take. "
        f"It had seen {_told(checks)}. Where the machine was busy, judge the clause again alone."
    )
    return Outcome.CANNOT_TEST, Finding(what=what, code=OVER_BUDGET)


def _told(checks: Sequence[str]) -> str:
    return f"{len(checks)} things, last {checks[-1]!r}" if checks else "nothing"
