"""What became of a mutant: whether the clauses that it breaks have caught it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from billproof.verdicts.results import Shown
from billproof.verdicts.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from billproof.mutants.catalogue import Mutant
    from billproof.verdicts.results import ClauseResult

CAUGHT = frozenset({Verdict.FAIL, Verdict.WARN})
VOIDING = frozenset({Verdict.ERROR, Verdict.NOT_TESTABLE, Verdict.NOT_RUN})
"""A mutant that does not start ends here: nothing was looked at."""


class Fate(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    VOID = "void"
    """It could not be made, does not start, or the run itself failed: nothing is proven."""


class Proof(BaseModel):
    """One mutant, and what each clause that looked at it said."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mutant: str
    fate: Fate
    verdicts: dict[str, Verdict] = {}
    """Of the clauses that it must break, and of all others that went red."""
    reason: str = ""
    findings: dict[str, Shown] = {}
    """Why each of its clauses said no."""
    strays: list[str] = []
    """Clauses that went red and are not declared to; in a matrix only, where all look at it."""
    seconds: float = 0
    trials: list[str] = []
    """The names of those that said no: the first to be tried the next time."""


def proof_of(mutant: Mutant, results: Sequence[ClauseResult], trouble: str) -> Proof:
    """What these results of the whole run, and its trouble if any, mean for the mutant."""
    mine = [one for one in results if one.id in mutant.breaks]
    verdicts = {one.id: one.verdict for one in mine}
    findings = {one.id: one.finding for one in mine if one.finding}
    red = {one.id: one.verdict for one in results if one.verdict in CAUGHT}
    other = "" if trouble else otherwise(mutant, findings)
    judged = fate(verdicts, trouble)
    if judged is Fate.KILLED and other:
        judged = Fate.SURVIVED
    return Proof(
        mutant=mutant.id,
        fate=judged,
        verdicts=verdicts | red,
        reason=trouble or other,
        findings=findings,
        strays=[] if mutant.also is None else sorted({*red} - {*mutant.breaks, *mutant.also}),
    )


def otherwise(mutant: Mutant, findings: Mapping[str, Shown]) -> str:
    """Which clause said no for another reason than the mutant's; nothing when none did."""
    for clause, words in mutant.shows.items():
        found = findings.get(clause)
        told = f"{found.what}: expected {found.expected}, got {found.got}" if found else ""
        if found and words not in told:
            return f"{clause} says no for another reason than {words!r}: {told}."
    return ""


def fate(verdicts: Mapping[str, Verdict], trouble: str) -> Fate:
    """Killed only when every declared clause itself says no."""
    if trouble or not VOIDING.isdisjoint(verdicts.values()):
        return Fate.VOID
    caught = bool(verdicts) and CAUGHT.issuperset(verdicts.values())
    return Fate.KILLED if caught else Fate.SURVIVED
