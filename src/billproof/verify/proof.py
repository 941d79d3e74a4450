"""One mutant against the clauses that must catch it, or all; one variant against what it keeps."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from billproof.errors import CannotTest
from billproof.law import load_law
from billproof.mutants.fate import Fate, Proof, proof_of
from billproof.mutants.memory import caught_by
from billproof.run.plan import ForkServers
from billproof.run.record import Outcome
from billproof.verdicts.judge import judge
from billproof.verdicts.verdict import Verdict
from billproof.verify.options import Options
from billproof.verify.progress import Silent
from billproof.verify.run import observe
from billproof.verify.selection import select

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from billproof.mutants.catalogue import Mutant
    from billproof.mutants.variants import Variant
    from billproof.run.record import Record
    from billproof.verdicts.results import ClauseResult


@dataclass(frozen=True)
class Beside:
    """What runs already, for all proofs together."""

    sandbox_url: str
    fork: ForkServers = field(default_factory=ForkServers)
    over: Callable[[], str | None] = lambda: None
    """Why no more is to be proven; None while it is."""


@dataclass(frozen=True)
class _Judged:
    """What each clause says by itself, by which records, and the trouble of the run if any."""

    results: Sequence[ClauseResult]
    records: Sequence[Record]
    trouble: str

    def said_no(self, clauses: Sequence[str]) -> list[str]:
        """The names of the trials that found one of these clauses broken, in their order."""
        mine = [one for one in self.records if not set(clauses).isdisjoint(one.clauses)]
        return [one.test for one in mine if one.outcome is Outcome.FAILED]


def prove_one(mutant: Mutant, beside: Beside, scratch: Path, *, matrix: bool = False) -> Proof:
    """Judge the mutant by its own clauses alone, each by itself.

    In a matrix all clauses look at it, to see which others went red.
    """
    options = Options(
        mutant=mutant.id,
        only=() if matrix else tuple(mutant.breaks),
        sandbox=beside.sandbox_url,
        fork=beside.fork,
        out=scratch / "report",
        fail_fast=True,
        first=caught_by(mutant.id),
    )
    begun = time.monotonic()
    try:
        judged = _judged(options, beside.over)
    except CannotTest as void:
        return Proof(mutant=mutant.id, fate=Fate.VOID, reason=str(void))
    proof = proof_of(mutant, judged.results, judged.trouble)
    seconds = round(time.monotonic() - begun, 1)
    return proof.model_copy(update={"seconds": seconds, "trials": judged.said_no(mutant.breaks)})


def not_kept(variant: Variant, clauses: Sequence[str], beside: Beside, scratch: Path) -> list[str]:
    """Which of these clauses do not pass on the variant, and why.

    CannotTest when the variant cannot be made.
    """
    out = scratch / "report"
    options = Options(
        mutant=variant.id,
        only=tuple(clauses),
        sandbox=beside.sandbox_url,
        fork=beside.fork,
        out=out,
    )
    judged = _judged(options, beside.over)
    red = [one for one in judged.results if one.verdict is not Verdict.PASS]
    return [*([judged.trouble] if judged.trouble else []), *(_told(one) for one in red)]


def _judged(options: Options, over: Callable[[], str | None]) -> _Judged:
    law = load_law()
    # The trials themselves find out whether it starts; looking first would double that.
    alone = options.model_copy(update={"workers": 1, "needs": False, "preflight": False})
    selection = select(law, options.only, None, needs=False)
    observed = observe(alone, law, selection, Silent(), over)
    results = judge(selection.clauses, observed.evidence(needs_count=False))
    trouble = " ".join(fault.reason for fault in observed.faults)
    return _Judged(results, observed.records, trouble)


def _told(one: ClauseResult) -> str:
    why = one.finding
    seen = f": {why.what}: expected {why.expected}, got {why.got}" if why else ""
    return f"{one.id} {one.verdict}{seen}"
