"""In which order the trials of a run are done, and the doing of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack

from billproof.run.plan import RunPlan
from billproof.run.selection import Phase
from billproof.verify.observed import Observed
from billproof.verify.phases import PhaseOrder, PhaseProcess
from billproof.verify.progress import Watcher
from billproof.verify.selection import Selection

TICK_SECONDS = 0.1
MOST_WORKERS = 8
CLAUSES_PER_WORKER = 3
CLAUSES_PER_BROWSER = 8


def groups(
    plan: RunPlan, selection: Selection, judged: Collection[str], workers: int | None
) -> list[list[PhaseOrder]]:
    """The phases in groups that run at the same time, one group after the other.

    Pages go beside the parallel trials, on the same backend. Where each worker hosts a
    backend of its own, exclusive trials are alone anywhere and wait for nobody.
    """
    ids = {phase: selection.of_phase(phase) for phase in Phase}
    if plan.target.kind == "app":
        ids[Phase.PARALLEL] += ids.pop(Phase.EXCLUSIVE)
    orders: dict[Phase, PhaseOrder] = {}
    for number, (phase, clauses) in enumerate(ids.items()):
        left = tuple(clause for clause in clauses if clause not in judged)
        if left:
            # A run id for each phase: their workers must never make the same user.
            update = {"run_id": plan.run_id + number, "scratch": plan.scratch / phase}
            own = plan.model_copy(update=update)
            orders[phase] = PhaseOrder(own, phase, left, workers or _workers(phase, len(left)))
    last = [order for phase, order in orders.items() if phase is Phase.EXCLUSIVE]
    first = [order for phase, order in orders.items() if phase is not Phase.EXCLUSIVE]
    return [group for group in (first, last) if group]


def _workers(phase: Phase, clauses: int) -> int:
    """One more than cores, for some trials wait; fewer for a handful of clauses.

    Pages wait for nobody, and a browser takes its time to start.
    """
    cores = (os.cpu_count() or 1) + (phase is not Phase.UI)
    each = CLAUSES_PER_BROWSER if phase is Phase.UI else CLAUSES_PER_WORKER
    return max(1, min(cores, MOST_WORKERS, clauses // each))


def run_group(
    orders: Sequence[PhaseOrder],
    observed: Observed,
    watcher: Watcher,
    backend_ended: Callable[[], str | None],
) -> None:
    """Run phases side by side until all have ended, or the backend has.

    `backend_ended` says why it ended, None while it runs.
    """
    with ExitStack() as stack:
        processes: list[PhaseProcess] = []
        for order in orders:
            processes.append(PhaseProcess(order))
            stack.callback(processes[-1].end)
        try:
            while running := [process for process in processes if process.running()]:
                running[0].wait(TICK_SECONDS)
                _collect(processes, observed, watcher)
                if reason := backend_ended():
                    observed.abort(3, reason)
                    _leave(processes, observed)
                    return
        except KeyboardInterrupt:
            # Before they are ended: what a trial says of a backend that goes is no finding.
            _collect(processes, observed, watcher)
            _leave(processes, observed)
            raise
        _collect(processes, observed, watcher)
    for process in processes:
        if trouble := process.trouble():
            observed.abort(5, trouble)
            _leave([process], observed)


def _leave(processes: Sequence[PhaseProcess], observed: Observed) -> None:
    # A trial that an earlier repetition has seen was not left out.
    done = {record.test for record in observed.records}
    for process in processes:
        observed.left |= process.chosen().left(done)


def _collect(processes: Sequence[PhaseProcess], observed: Observed, watcher: Watcher) -> None:
    for process in processes:
        for record in process.new_records():
            observed.records.append(record)
            watcher.saw(record)
