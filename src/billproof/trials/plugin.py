"""The pytest plugin of a run: selects trials, and gives them the backend."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from billproof.run.plan import PLAN_VARIABLE, RunPlan
from billproof.run.record import CHOSEN_FILE, RECORDS_VARIABLE, Chosen
from billproof.targets.opening import open_target
from billproof.trials.caller import ANSWER_WITHIN_SECONDS, GRACE_SECONDS, Caller
from billproof.trials.fail_fast import FailFast
from billproof.trials.recording import RecordWriter
from billproof.trials.selection import clauses_of, ordered, sooner, takes
from billproof.trials.shuffling import shuffled

if TYPE_CHECKING:
    from collections.abc import Generator

    from billproof.targets.protocol import Backend, Target

pytest_plugins = ("billproof.trials.recording", "billproof.trials.sharing")

# Servers close what has been idle for five seconds, some just as a request goes out on it.
_BRIEFLY = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=2)
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
    items[:] = sooner(shuffled(chosen, plan.seed) if plan.shuffle else chosen, plan.first)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Say, once for all workers, what there is to be done: a run may end before it is."""
    if RECORDS_VARIABLE in os.environ and not is_controller(session.config) and not worker_number():
        chosen = Chosen(clauses={item.nodeid: clauses_of(item) for item in session.items})
        file = Path(os.environ[RECORDS_VARIABLE]).with_name(CHOSEN_FILE)
        # Whoever reads it after an end has it whole, or not at all.
        part = file.with_suffix(".part")
        part.write_text(chosen.model_dump_json(), encoding="utf-8")
        part.replace(file)


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
