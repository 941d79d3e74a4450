"""One run, step by step."""

from __future__ import annotations

import os
import tempfile
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from billproof.mutants.application import apply
from billproof.mutants.catalogue import find_mutant, load_mutants
from billproof.run.plan import RunPlan, TargetPlan
from billproof.run.record import Finding, Outcome, Record
from billproof.run.selection import Phase
from billproof.suite import suite_root
from billproof.targets import open_target
from billproof.verdicts.judge import Evidence
from billproof.verdicts.results import Fault
from billproof.verify import preflight, services
from billproof.verify.browser import ADVICE, find_browser
from billproof.verify.environment import new_run_id, random_values, read_env_file
from billproof.verify.options import DEFAULT_OUT, Options
from billproof.verify.phases import PhaseOrder, PhaseProcess
from billproof.verify.refusals import refusals
from billproof.verify.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from billproof.law import Law
    from billproof.run.record import Record as AnyRecord
    from billproof.targets.protocol import Backend
    from billproof.verify.progress import Watcher

REFERENCE = "reference_impl:create_app"
TICK_SECONDS = 0.1
ENVIRONMENT_CODES = frozenset(
    {"backend-did-not-start", "backend-died", "backend-hangs", "sandbox-died", "no-browser"}
)
"""Codes of a CannotTest that speak of the environment, not of a clause."""


@dataclass
class Observed:
    """What a run has seen."""

    plan: RunPlan
    records: list[AnyRecord] = field(default_factory=list)
    refused: dict[str, Finding | None] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    seconds: float = 0.0

    def evidence(self, *, needs_count: bool) -> Evidence:
        """For the judge."""
        return Evidence(self.records, self.refused, needs_count=needs_count)

    def fault(self, code: int, reason: str) -> None:
        """Note, once, why the run as a whole is not sound."""
        fault = Fault.model_validate({"code": code, "reason": reason})
        if fault not in self.faults:
            self.faults.append(fault)


def observe(options: Options, law: Law, selection: Selection, watcher: Watcher) -> Observed:
    """Start what is needed, run the trials, end what was started.

    Raises UsageError or CannotTest when the run cannot even begin.
    """
    started = time.monotonic()
    with ExitStack() as stack:
        scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="billproof-"))
        run = Run(options, selection, watcher, _first_plan(options, Path(scratch)))
        run.start(stack, law)
        run.judge_pages()
        run.run_phases()
    run.observed.seconds = time.monotonic() - started
    return run.observed


class Run:
    """The state of one run while its services are up."""

    def __init__(
        self, options: Options, selection: Selection, watcher: Watcher, plan: RunPlan
    ) -> None:
        self._options = options
        self._selection = selection
        self._watcher = watcher
        self.observed = Observed(plan)
        self._alive: Callable[[], str | None] = lambda: None

    @property
    def _plan(self) -> RunPlan:
        return self.observed.plan

    @_plan.setter
    def _plan(self, plan: RunPlan) -> None:
        self.observed.plan = plan

    def start(self, stack: ExitStack, law: Law) -> None:
        """Sandbox and backend, and a first look at both."""
        if self._plan.target.kind == "url":
            self._look_at_url()
        else:
            url = self._options.sandbox or stack.enter_context(services.sandbox(self._plan))
            environ = random_values(self._plan.run_id, url)
            self._plan = self._plan.model_copy(update={"sandbox_url": url, "environ": environ})
        if self._plan.target.kind == "command":
            self._start_command(stack)
        undeclared = [one for one in law.capabilities if one.name in self._selection.undeclared]
        if undeclared or (self._plan.target.kind == "app" and self._must_look):
            with closing(open_target(self._plan, "first")) as target:
                backend = target.fresh()
                self._first_look(backend)
                self.observed.refused = refusals(backend, undeclared, self._plan.run_id << 20)

    def _look_at_url(self) -> None:
        base_url = preflight.origin(self._options.url or "", "The target")
        sandbox_url = preflight.origin(self._options.sandbox or "", "The sandbox")
        environ = read_env_file(self._options.env_file or Path())
        target = self._plan.target.model_copy(update={"base_url": base_url})
        update = {"sandbox_url": sandbox_url, "environ": environ, "target": target}
        self._plan = self._plan.model_copy(update=update)
        if self._must_look:
            preflight.check_backend(base_url)
            preflight.check_sandbox(sandbox_url)

    def _start_command(self, stack: ExitStack) -> None:
        self._plan = services.with_local_values(self._plan)
        process = stack.enter_context(services.backend_command(self._plan))
        if self._must_look:
            preflight.check_backend(process.base_url)

        def ended() -> str | None:
            code = process.wait_exit(0)
            if code is None:
                return None
            log = services.last_lines(process.log())
            return f"The backend ended with exit code {code} during the run. Its last lines:\n{log}"

        self._alive = ended

    @property
    def _must_look(self) -> bool:
        """The whole reference is ours: looking at it first would only cost a start."""
        whole_reference = self._options.bundled and self._options.mutant is None
        return self._options.preflight and not whole_reference

    def _first_look(self, backend: Backend) -> None:
        if self._must_look:
            preflight.check_backend(backend.base_url)

    def judge_pages(self) -> None:
        """Find a browser for the trials of pages; without one they cannot be judged."""
        clauses = self._selection.of_phase(Phase.UI)
        if not clauses:
            return
        browser = find_browser(os.environ)
        if browser:
            self._plan = self._plan.model_copy(update={"browser": browser.executable})
            return
        reason = f"No browser was found: {', '.join(clauses)} cannot be judged. {ADVICE}"
        self.observed.fault(3, reason)
        self.observed.records += [_without_browser(clause) for clause in clauses]

    def run_phases(self) -> None:
        """All trials, group after group; stops when the backend or pytest is gone."""
        self._watcher.begin([clause.id for clause in self._selection.runnable])
        try:
            for group in self._groups():
                if not self.observed.faults or not self._fatal():
                    self._run_group(group)
        finally:
            self._watcher.end()
        self._look_back()

    def _fatal(self) -> bool:
        return any("No browser" not in fault.reason for fault in self.observed.faults)

    def _groups(self) -> Iterator[list[PhaseOrder]]:
        """Phases that may run at the same time; pages share a backend as parallel trials do."""
        judged = {clause for record in self.observed.records for clause in record.clauses}
        orders: dict[Phase, PhaseOrder] = {}
        for number, phase in enumerate(Phase):
            clauses = [key for key in self._selection.of_phase(phase) if key not in judged]
            if clauses:
                # A run id for each phase: their workers must never make the same user.
                scratch = self._plan.scratch / phase
                update = {"run_id": self._plan.run_id + number, "scratch": scratch}
                plan = self._plan.model_copy(update=update)
                orders[phase] = PhaseOrder(plan, phase, tuple(clauses), self._workers)
        # Where each process hosts a backend of its own, nothing is shared and nobody waits.
        alone = () if self._plan.target.kind == "app" else (Phase.EXCLUSIVE,)
        together = [order for phase, order in orders.items() if phase not in alone]
        last = [order for phase, order in orders.items() if phase in alone]
        yield from (group for group in (together, last) if group)

    @property
    def _workers(self) -> int:
        return self._options.workers or min(os.cpu_count() or 1, 8)

    def _run_group(self, orders: Sequence[PhaseOrder]) -> None:
        with ExitStack() as stack:
            processes = [PhaseProcess(order) for order in orders]
            for process in processes:
                stack.callback(process.end)
            while any(process.running() for process in processes):
                next(p for p in processes if p.running()).wait(TICK_SECONDS)
                self._collect(processes)
                if gone := self._alive():
                    self.observed.fault(3, gone)
                    return
            self._collect(processes)
        for process in processes:
            if trouble := process.trouble():
                self.observed.fault(5, trouble)

    def _collect(self, processes: Sequence[PhaseProcess]) -> None:
        for process in processes:
            for record in process.new_records():
                self.observed.records.append(record)
                self._watcher.saw(record)

    def _look_back(self) -> None:
        """Tell apart what the environment did from what the backend did."""
        for record in self.observed.records:
            finding = record.finding
            if finding and finding.code in ENVIRONMENT_CODES - {"no-browser"}:
                self.observed.fault(3, finding.what)
        failed = any(record.outcome is Outcome.FAILED for record in self.observed.records)
        base_url = self._plan.target.base_url or ""
        by_url = self._plan.target.kind == "url" and base_url
        if by_url and failed and not preflight.answers(base_url):
            self.observed.fault(3, f"{base_url} stopped answering during the run.")
        self._look_for_gaps()

    def _look_for_gaps(self) -> None:
        judged = {clause for record in self.observed.records for clause in record.clauses}
        gaps = [clause.id for clause in self._selection.runnable if clause.id not in judged]
        if gaps and not self._fatal():
            self.observed.fault(5, f"No trial judges {', '.join(gaps)}.")


def _without_browser(clause: str) -> Record:
    finding = Finding(what=f"No browser was found. {ADVICE}", code="no-browser")
    return Record(
        test=f"(no browser for {clause})",
        clauses=[clause],
        outcome=Outcome.CANNOT_TEST,
        seconds=0,
        checks=[],
        finding=finding,
    )


def _first_plan(options: Options, scratch: Path) -> RunPlan:
    run_id = new_run_id()
    return RunPlan(
        run_id=run_id,
        seed=options.seed if options.seed is not None else run_id,
        target=_target(options, scratch),
        environ={},
        sandbox_url="",
        settle_seconds=options.settle,
        out=(options.out or DEFAULT_OUT).absolute(),
        scratch=scratch,
        ambient=dict(os.environ),
        cwd=Path.cwd(),
    )


def _target(options: Options, scratch: Path) -> TargetPlan:
    if options.url is not None:
        return TargetPlan(kind="url", base_url=options.url)
    if options.cmd is not None:
        return TargetPlan(kind="command", command=options.cmd)
    if options.app is not None:
        return TargetPlan(kind="app", app=options.app, app_dir=Path.cwd())
    return TargetPlan(kind="app", app=REFERENCE, app_dir=_reference(options, scratch))


def _reference(options: Options, scratch: Path) -> Path:
    """The folder to import the reference from: the suite, or a copy with a defect in it."""
    if options.mutant is None:
        return suite_root()
    return apply(find_mutant(options.mutant, load_mutants()), scratch / "mutant")
