"""Each mutant against the clauses that must catch it."""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from billproof.errors import CannotTest
from billproof.law import load_law
from billproof.run.plan import RunPlan, TargetPlan
from billproof.verdicts.judge import judge
from billproof.verdicts.verdict import Verdict
from billproof.verify.options import Options
from billproof.verify.progress import Silent
from billproof.verify.run import observe
from billproof.verify.sandbox_process import SandboxProcess
from billproof.verify.selection import select

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from billproof.mutants.catalogue import Mutant

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
    """One mutant, and what each of its clauses said."""

    model_config = ConfigDict(frozen=True)

    mutant: str
    fate: Fate
    verdicts: dict[str, Verdict] = {}
    reason: str = ""


def prove(mutants: Sequence[Mutant], cwd: Path) -> Iterator[Proof]:
    """Run the mutants one after the other beside one sandbox."""
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="billproof-")))
        url = stack.enter_context(SandboxProcess(_plan(scratch, cwd))).wait_ready()
        for mutant in mutants:
            yield prove_one(mutant, url, scratch)


def prove_one(mutant: Mutant, sandbox_url: str, scratch: Path) -> Proof:
    """Judge the mutant by its own clauses alone, each by itself, beside a running sandbox."""
    law = load_law()
    options = Options(
        mutant=mutant.id,
        only=tuple(mutant.breaks),
        sandbox=sandbox_url,
        out=scratch / "report",
        workers=1,
        needs=False,
        # The trials themselves find out whether it starts; looking first would double that.
        preflight=False,
        fail_fast=len(mutant.breaks) == 1,
    )
    selection = select(law, options.only, None, needs=False)
    try:
        observed = observe(options, law, selection, Silent())
    except CannotTest as void:
        return Proof(mutant=mutant.id, fate=Fate.VOID, reason=str(void))
    results = judge(selection.clauses, observed.evidence(needs_count=False))
    verdicts = {result.id: result.verdict for result in results}
    reason = " ".join(fault.reason for fault in observed.faults)
    return Proof(mutant=mutant.id, fate=fate(verdicts, reason), verdicts=verdicts, reason=reason)


def fate(verdicts: dict[str, Verdict], trouble: str) -> Fate:
    """Killed only when every declared clause itself says no."""
    if trouble or not VOIDING.isdisjoint(verdicts.values()):
        return Fate.VOID
    caught = bool(verdicts) and CAUGHT.issuperset(verdicts.values())
    return Fate.KILLED if caught else Fate.SURVIVED


def _plan(scratch: Path, cwd: Path) -> RunPlan:
    return RunPlan(
        run_id=0,
        seed=0,
        target=TargetPlan(kind="app"),
        environ={},
        sandbox_url="",
        settle_seconds=0,
        out=scratch,
        scratch=scratch,
        ambient=dict(os.environ),
        cwd=cwd,
    )
