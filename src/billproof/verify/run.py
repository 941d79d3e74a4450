"""One run, step by step."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection
from contextlib import ExitStack, closing
from pathlib import Path

from billproof.errors import CannotTest
from billproof.law import Law
from billproof.run.scratch import scratch_folder
from billproof.run.selection import Phase
from billproof.targets.databases import Databases
from billproof.targets.opening import open_target
from billproof.verify import preflight, services
from billproof.verify.browser import advice, find_browser, has_display
from billproof.verify.deadline import Deadline
from billproof.verify.environment import random_values, read_env_file
from billproof.verify.observed import Observed
from billproof.verify.options import Options
from billproof.verify.planning import first_plan
from billproof.verify.progress import Watcher
from billproof.verify.refusals import refusals
from billproof.verify.report import clear
from billproof.verify.sandbox_process import SandboxProcess
from billproof.verify.schedule import groups, run_group
from billproof.verify.selection import Selection

NO_DISPLAY_ADVICE = (
    "Set DISPLAY, run it under `xvfb-run`, or leave --headed out: "
    "of what fails there are pictures and a trace in any case."
)


class Interrupted(KeyboardInterrupt):
    """Somebody ended a run amid its trials; all that was started is ended, too."""

    def __init__(self, observed: Observed) -> None:
        """`observed` is what was seen until then."""
        super().__init__()
        self.observed = observed


def observe(
    options: Options,
    law: Law,
    selection: Selection,
    watcher: Watcher,
    *over: Callable[[], str | None],
) -> Observed:
    """Start what is needed, run the trials, end what was started.

    It ends before its time when one of `over` says why. Raises UsageError or CannotTest when it
    cannot even begin, and Interrupted when a KeyboardInterrupt comes amid its trials.
    """
    started = time.monotonic()
    with ExitStack() as stack:
        scratch = stack.enter_context(scratch_folder())
        observed = Observed(first_plan(options, scratch))
        run = Run(options, selection, observed, *over)
        run.start(stack)
        run.look_first(law)
        run.find_browser()
        run.judge(watcher)
    observed.seconds = time.monotonic() - started
    if observed.interrupted:
        raise Interrupted(observed)
    return observed


class Run:
    """The steps of one run; all that they find out is in `observed`."""

    def __init__(
        self,
        options: Options,
        selection: Selection,
        observed: Observed,
        *over: Callable[[], str | None],
    ) -> None:
        self._options = options
        self._selection = selection
        self._observed = observed
        self._deadline = Deadline(options, self._seen)
        self._repetition = 0
        self._watched: list[Callable[[], str | None]] = [self._deadline.over, *over]
        self._sandbox_ready: Callable[[], object] = lambda: None

    def start(self, stack: ExitStack) -> None:
        """Sandbox and backend, as far as they are ours to start."""
        plan = self._observed.plan
        if plan.target.kind == "url":
            self._take_url()
            return
        url = self._options.sandbox or self._start_sandbox(stack)
        update = {"sandbox_url": url, "environ": random_values(plan.run_id, url)}
        self._observed.plan = plan.model_copy(update=update)
        if plan.target.kind == "command":
            self._start_command(stack)
            self._sandbox_ready()

    def look_first(self, law: Law) -> None:
        """Look whether it is our API at all, and whether what it does not declare is refused."""
        undeclared = [one for one in law.capabilities if one.name in self._selection.undeclared]
        if not self._must_look and not undeclared:
            return
        with closing(open_target(self._observed.plan, "first")) as target:
            backend = target.fresh()
            if self._must_look:
                preflight.check_backend(backend.base_url)
            if self._must_look and self._observed.plan.target.kind == "url":
                preflight.check_sandbox(self._observed.plan.sandbox_url)
            user_id = self._observed.plan.run_id << 20
            check = self._deadline.check
            self._observed.refused = refusals(backend, undeclared, user_id, check)

    def find_browser(self) -> None:
        """A browser for the trials of pages; without one they cannot be judged."""
        clauses = self._selection.of_phase(Phase.UI)
        if not clauses:
            return
        headed = self._options.view.headed
        if headed and not has_display(os.environ):
            reason = "--headed needs a display, and there is none here."
            raise CannotTest("no-display", reason, NO_DISPLAY_ADVICE)
        browser = find_browser(os.environ, headed=headed)
        if browser is None:
            self._observed.miss_browser(clauses, advice(os.environ, headed=headed))
            return
        self._observed.browser = browser.described()
        update = {"browser": browser.executable, "engine": browser.engine}
        self._observed.plan = self._observed.plan.model_copy(update=update)

    def judge(self, watcher: Watcher) -> None:
        """All trials, group after group; stops when backend or pytest are gone, or by Ctrl-C.

        Only now is the last report cleared: a run that could not begin leaves it.
        """
        observed, selection = self._observed, self._selection
        clear(observed.plan.out)
        already = observed.judged
        try:
            while self._repetition < self._options.repeat and not observed.aborted:
                self._judge_once(watcher, already)
        except KeyboardInterrupt:
            observed.interrupt(len(selection.runnable))
        finally:
            watcher.end()
        base_url = observed.plan.target.base_url or ""
        by_url = observed.plan.target.kind == "url"
        if by_url and observed.failed and not preflight.answers(base_url):
            observed.abort(3, f"{base_url} does not answer any more.")
        observed.look_back(selection)

    def _judge_once(self, watcher: Watcher, already: Collection[str]) -> None:
        """One of the runs in a row: its users are others than before, and so are its folders.

        What was judged `already`, before all trials (no browser), is left out of each.
        """
        observed, selection = self._observed, self._selection
        update = {
            "run_id": observed.plan.run_id + self._repetition * len(Phase),
            "scratch": observed.plan.scratch / f"run-{self._repetition}",
        }
        own = observed.plan.model_copy(update=update)
        self._repetition += 1
        if self._options.repeat > 1:
            watcher.say(f"run {self._repetition} of {self._options.repeat}")
        watcher.begin([clause.id for clause in selection.runnable])
        if selection.beside and self._repetition == 1:
            watcher.say(_beside(selection.beside))
        for group in groups(own, selection, already, self._options.workers):
            if not observed.aborted:
                run_group(group, observed, watcher, self._ended)

    @property
    def _must_look(self) -> bool:
        """The whole reference is ours: looking at it first would only cost a start."""
        whole_reference = self._options.bundled and self._options.mutant is None
        return self._options.preflight and not whole_reference

    def _take_url(self) -> None:
        plan = self._observed.plan
        base_url = preflight.origin(self._options.url or "", "The target")
        update = {
            "target": plan.target.model_copy(update={"base_url": base_url}),
            "sandbox_url": preflight.origin(self._options.sandbox or "", "The sandbox"),
            "environ": read_env_file(self._options.env_file or Path()),
        }
        self._observed.plan = plan.model_copy(update=update)

    def _start_command(self, stack: ExitStack) -> None:
        databases = Databases(self._observed.plan)
        stack.callback(databases.close)
        url = databases.make("backend")
        self._observed.plan = services.with_local_values(self._observed.plan, url)
        patience = min(services.READY_SECONDS, self._deadline.left())
        process = stack.enter_context(services.backend_command(self._observed.plan, patience))
        self._watched.append(lambda: services.how_it_ended(process))

    def _start_sandbox(self, stack: ExitStack) -> str:
        """Nothing needs it before the first trial: it gets ready beside all else."""
        process = stack.enter_context(SandboxProcess(self._observed.plan))
        self._sandbox_ready = process.wait_ready
        self._watched.append(process.ended)
        return process.origin

    def _seen(self) -> str:
        """What was seen until now, in words."""
        seen = f"{len(self._observed.judged)} clauses were seen"
        repeat = self._options.repeat
        return f"{seen}, in run {self._repetition} of {repeat}" if repeat > 1 else seen

    def _ended(self) -> str | None:
        """Why no trial makes sense any more: the time is over, or backend or sandbox are gone."""
        return next(filter(None, (ended() for ended in self._watched)), None)


def _beside(count: int) -> str:
    """Why more clauses are judged than were named."""
    if count == 1:
        return "1 of them is judged because another needs it; --no-needs leaves it out"
    return f"{count} of them are judged because others need them; --no-needs leaves them out"
