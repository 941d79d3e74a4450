"""Many mutants: in parallel beside one sandbox, each once, on a reference that is green."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from billproof.errors import CannotTest
from billproof.law import load_law
from billproof.mutants.catalogue import Mutant
from billproof.mutants.fate import CAUGHT, VOIDING, Proof
from billproof.mutants.ledger import Ledger, digest, key_of
from billproof.run.plan import RunPlan, TargetPlan
from billproof.run.scratch import scratch_folder
from billproof.verdicts.judge import judge
from billproof.verify.fork_servers import fork_servers
from billproof.verify.options import Options
from billproof.verify.planning import reference_command
from billproof.verify.progress import Watcher
from billproof.verify.proof import Beside, prove_one
from billproof.verify.run import observe
from billproof.verify.sandbox_process import SandboxProcess
from billproof.verify.selection import select

RED = "red-baseline"
"""Code of the CannotTest for a reference that is red by itself: a kill would prove nothing."""
MIXED = 24
"""Every so many-th mutant follows the one before."""


@dataclass(frozen=True)
class Campaign:
    """How the mutants are run."""

    ledger: Ledger | None = None
    workers: int | None = None
    matrix: bool = False

    def proofs(self, mutants: Sequence[Mutant], watcher: Watcher) -> Iterator[Proof]:
        """What became of each, as it is known: first what was proven before, then the others.

        Raises CannotTest when the reference without a defect is red where they must be.
        """
        suite = digest()
        keys = {mutant.id: key_of(mutant, suite, matrix=self.matrix) for mutant in mutants}
        left: list[Mutant] = []
        for mutant in mutants:
            known = self.ledger.known(keys[mutant.id]) if self.ledger else None
            if known is None:
                left.append(mutant)
            else:
                yield known
        if left:
            check_green(left, watcher, matrix=self.matrix)
        for proof in self._prove(left):
            if self.ledger:
                self.ledger.keep(keys[proof.mutant], proof)
            yield proof

    def _prove(self, mutants: Sequence[Mutant]) -> Iterator[Proof]:
        """Each of them, in the order in which they are done."""
        if not mutants:
            return
        with ExitStack() as stack:
            scratch = stack.enter_context(scratch_folder())
            url = stack.enter_context(SandboxProcess(_plan(scratch))).wait_ready()
            fork = stack.enter_context(fork_servers(scratch / "fork", os.environ))
            # One more than cores: some of them wait for what never comes.
            pool = ThreadPoolExecutor(self.workers or (os.cpu_count() or 1) + 1)
            # Who stops waiting must not wait for those that have not begun.
            stack.callback(pool.shutdown, cancel_futures=True)
            stopped = threading.Event()
            # Before the pool is waited for: what runs ends as if its time were over.
            stack.callback(stopped.set)
            beside = Beside(url, fork, lambda: "Stopped." if stopped.is_set() else None)
            prove = partial(prove_one, matrix=self.matrix)
            begun = [
                pool.submit(prove, mutant, beside, scratch / mutant.id) for mutant in mixed(mutants)
            ]
            for future in as_completed(begun):
                yield future.result()


def mixed(mutants: Sequence[Mutant]) -> list[Mutant]:
    """The same in another order: neighbours, which work or wait alike, are far apart."""
    return [mutant for first in range(MIXED) for mutant in mutants[first::MIXED]]


def check_green(mutants: Sequence[Mutant], watcher: Watcher, *, matrix: bool = False) -> None:
    """CannotTest unless the reference, served as they are, is green by the clauses they break."""
    for command in dict.fromkeys(mutant.command for mutant in mutants):
        mine = [mutant for mutant in mutants if mutant.command == command]
        only = () if matrix else tuple(sorted({key for one in mine for key in one.breaks}))
        red = _red(only, command, watcher)
        if red:
            reason = f"The reference itself, without a defect, is red: {', '.join(red)}."
            raise CannotTest(RED, reason, "Mend that first: a kill would prove nothing.")


def _red(only: tuple[str, ...], command: str | None, watcher: Watcher) -> list[str]:
    """What the reference does not pass of these clauses, or trouble of the run as a whole."""
    law = load_law()
    selection = select(law, only, None, needs=False)
    with scratch_folder() as out:
        served = None if command is None else reference_command(command)
        asked = Options(
            cmd=served, only=only, needs=False, preflight=False, settle_seconds=0, out=out
        )
        try:
            observed = observe(asked, law, selection, watcher)
        except CannotTest as nothing:
            return [str(nothing)]
    results = judge(selection.clauses, observed.evidence(needs_count=False))
    told = [f"{one.id} {one.verdict}" for one in results if one.verdict in CAUGHT | VOIDING]
    return [*told, *(fault.reason for fault in observed.faults)]


def _plan(scratch: Path) -> RunPlan:
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
        cwd=Path.cwd(),
    )
