"""One mutant against the clauses that must catch it, or against all."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from billproof.errors import CannotTest
from billproof.law import load_law
from billproof.mutants.fate import Fate, Proof, proof_of
from billproof.verdicts.judge import judge
from billproof.verify.options import Options
from billproof.verify.progress import Silent
from billproof.verify.run import observe
from billproof.verify.selection import select

if TYPE_CHECKING:
    from pathlib import Path

    from billproof.mutants.catalogue import Mutant


def prove_one(mutant: Mutant, sandbox_url: str, scratch: Path, *, matrix: bool = False) -> Proof:
    """Judge the mutant by its own clauses alone, each by itself, beside a running sandbox.

    In a matrix all clauses look at it, to see which others went red.
    """
    law = load_law()
    options = Options(
        mutant=mutant.id,
        only=() if matrix else tuple(mutant.breaks),
        sandbox=sandbox_url,
        out=scratch / "report",
        workers=1,
        needs=False,
        # The trials themselves find out whether it starts; looking first would double that.
        preflight=False,
        fail_fast=not matrix and len(mutant.breaks) == 1,
    )
    selection = select(law, options.only, None, needs=False)
    begun = time.monotonic()
    try:
        observed = observe(options, law, selection, Silent())
    except CannotTest as void:
        return Proof(mutant=mutant.id, fate=Fate.VOID, reason=str(void))
    results = judge(selection.clauses, observed.evidence(needs_count=False))
    trouble = " ".join(fault.reason for fault in observed.faults)
    proof = proof_of(mutant, results, trouble)
    return proof.model_copy(update={"seconds": round(time.monotonic() - begun, 1)})
