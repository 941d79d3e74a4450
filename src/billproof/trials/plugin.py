"""The pytest plugin of a run: selects trials, gives them the backend, writes their records."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from billproof.run.plan import PLAN_VARIABLE, RunPlan
from billproof.run.record import RECORDS_VARIABLE, Finding, Outcome, Record
from billproof.targets.opening import open_target
from billproof.trials import journal
from billproof.trials.caller import ANSWER_WITHIN_SECONDS, GRACE_SECONDS, Caller
from billproof.trials.fail_fast import FailFast
from billproof.trials.outcome import finding_of, outcome_of, timed_out
from billproof.trials.patience import Patience, over_budget
from billproof.trials.selection import clauses_of, ordered, takes
from billproof.trials.shuffling import shuffled

if TYPE_CHECKING:
    from collections.abc import Generator

    from billproof.targets.protocol import Backend, Target

_RECORD = "billproof-record"
_PATIENCE = Patience()
# Servers close what has been idle for five seconds, some just as a request goes out on it.
_BRIEFLY = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=2)
_BEGUN = pytest.StashKey[float]()
_WORST = pytest.StashKey["tuple[Outcome, Finding | None]"]()
_TARGET = pytest.StashKey["Target"]()


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known, and let only one process write records."""
    config.addinivalue_line("markers", "clause(id): the clause that this trial judges")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(RecordWriter(Path(os.environ[RECORDS_VARIABLE])))
    if PLAN_VARIABLE in os.environ and RunPlan.current().fail_fast:
        config.pluginmanager.register(FailFast(ordered(os.environ).clauses))


def pytest_sessionstart(session: pytest.Session) -> None:
    """Where trials will run, take hold of the backend: it loads while they are collected."""
    config = session.config
    if PLAN_VARIABLE not in os.environ or is_controller(config):
        return
    target = open_target(RunPlan.current(), worker_name())
    config.stash[_TARGET] = target
    config.add_cleanup(target.close)
    # A worker that finds all trials done needs no backend.
    if worker_number() < len(ordered(os.environ).clauses):
        target.prepare()


def is_controller(config: pytest.Config) -> bool:
    """Whether this process has others, which run the trials."""
    workers: int | None = config.getoption("numprocesses", None)
    return bool(workers) and not hasattr(config, "workerinput")


def worker_name() -> str:
    """`gw0`, `gw1`, … under xdist, else `main`."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def worker_number() -> int:
    """0 for the first worker, and for the only one."""
    return int(worker_name().removeprefix("gw").replace("main", "0"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the trials of the chosen clauses and phase; each trial must name its clause."""
    order = ordered(os.environ)
    chosen = [item for item in items if takes(order, item)]
    kept = {id(item) for item in chosen}
    config.hook.pytest_deselected(items=[item for item in items if id(item) not in kept])
    plan = RunPlan.current()
    items[:] = shuffled(chosen, plan.seed) if plan.shuffle else chosen


@pytest.fixture(scope="session")
def run_plan() -> RunPlan:
    """The plan of the run that this process belongs to."""
    return RunPlan.current()


@pytest.fixture(scope="session")
def worker() -> str:
    """Name of this worker: `gw0`, `gw1`, … under xdist, else `main`."""
    return worker_name()


@pytest.fixture(scope="session")
def target(request: pytest.FixtureRequest) -> Target:
    """This worker's hold on the backend under test."""
    return request.config.stash[_TARGET]


@pytest.fixture(scope="session")
def http() -> Generator[httpx.Client]:
    """One connection pool for the whole worker; follows no redirect."""
    # Beyond the bound by a little: a late answer is told from none by the caller.
    patience = ANSWER_WITHIN_SECONDS + GRACE_SECONDS
    with httpx.Client(timeout=patience, trust_env=False, limits=_BRIEFLY) as client:
        yield client


@pytest.fixture
def backend(target: Target) -> Backend:
    """The backend, with a database of its own for this test where we host it."""
    return target.fresh()


@pytest.fixture
def caller(backend: Backend, http: httpx.Client, run_plan: RunPlan) -> Caller:
    """Sends requests to the backend, and keeps them."""
    http.cookies.clear()
    return Caller(backend, http, run_plan.out / "exchanges")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Begin a new journal for each trial."""
    journal.begin()
    item.stash[_BEGUN] = time.monotonic()
    item.stash[_WORST] = (Outcome.PASSED, None)
    return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before anything is made for a trial: its clause may have waited enough."""
    _PATIENCE.check(clauses_of(item))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep the first thing that went wrong; attach the record when the trial is over."""
    report = yield
    outcome, _ = item.stash[_WORST]
    if call.excinfo is not None and outcome is Outcome.PASSED:
        item.stash[_WORST] = _told(item, call.excinfo)
    if call.when == "teardown":
        report.user_properties.append((_RECORD, _record(item).model_dump_json()))
    return report


def _told(
    item: pytest.Item, caught: pytest.ExceptionInfo[BaseException]
) -> tuple[Outcome, Finding]:
    """How the trial ended, and why; if by waiting in vain, its clause waits no more."""
    late = timed_out(caught.value)
    kind = outcome_of(caught.value)
    told = over_budget(_seconds(item)) if late else (kind, finding_of(caught, kind))
    if late or journal.current().hung:
        _PATIENCE.spend(clauses_of(item), told[1])
    return told


def _seconds(item: pytest.Item) -> float:
    return time.monotonic() - item.stash[_BEGUN]


def _record(item: pytest.Item) -> Record:
    outcome, finding = item.stash[_WORST]
    kept = journal.current()
    pictures: dict[Path, bytes] = {}
    if outcome is Outcome.FAILED:
        pictures = {_picture_file(picture): picture for picture in kept.pictures}
        for path, content in (kept.bodies | pictures).items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return Record(
        test=item.nodeid,
        clauses=clauses_of(item),
        outcome=outcome,
        seconds=round(_seconds(item), 4),
        checks=kept.checks,
        finding=finding,
        exchanges=kept.exchanges,
        pictures=[path.name for path in pictures],
        files=kept.files,
    )


def _picture_file(picture: bytes) -> Path:
    name = f"{hashlib.sha256(picture).hexdigest()[:12]}.png"
    return RunPlan.current().out / "exchanges" / name


class RecordWriter:
    """Writes the records as they come, from all workers, into one file."""

    def __init__(self, path: Path) -> None:
        """`path` is appended to, a line of JSON for each record."""
        self._file = path.open("a", encoding="utf-8")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write the record that a finished trial carries, or say that its worker died."""
        line = dict(report.user_properties).get(_RECORD)
        if line is None and report.failed and report.when not in {"setup", "call"}:
            finding = Finding(what="the trial's own process ended", trace=str(report.longrepr))
            line = Record(
                test=report.nodeid,
                clauses=[],
                outcome=Outcome.ERROR,
                seconds=0,
                checks=[],
                finding=finding,
            ).model_dump_json()
        if line is not None:
            self._file.write(f"{line}\n")
            self._file.flush()

    def pytest_unconfigure(self) -> None:
        """Close the file."""
        self._file.close()
