"""Runs both projects in turns, in one environment, by one user."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import billproof
from benchmarks.databases.figures import Run
from benchmarks.databases.plan import Plan
from benchmarks.databases.whole.projects import OURS, THEIRS, Project
from benchmarks.getting import CannotMeasure, get
from benchmarks.showing import Say
from billproof.database.folders import RunFolder
from billproof.database.postgres.binaries import find_binaries
from billproof.database.postgres.postmaster import unprivileged

PEER = "pytest-postgresql"
PEER_VERSION = "10.0.0"
SAME = ("greenlet", "psycopg", "psycopg-binary", "pytest", "sqlalchemy")
"""Their versions are those that everything else here is measured with."""
SOURCE = Path(billproof.__file__).parents[1]
PATIENCE_SECONDS = 600


def projects() -> tuple[Project, Project]:
    """Ours and theirs; theirs, too, has a server that does not wait for a disk."""
    control = str(find_binaries() / "pg_ctl")
    unwaiting = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"
    options = ("--postgresql-exec", control, f"--postgresql-postgres-options={unwaiting}")
    return (
        Project("billproof", "billproof.database.pytest_plugin", OURS),
        Project(f"{PEER} {PEER_VERSION}", "pytest_postgresql.plugin", THEIRS, options),
    )


def run_whole(scratch: Path, plan: Plan, say: Say) -> tuple[Run, ...]:
    """Both, in turns; CannotMeasure when one cannot be had or fails."""
    say(f"{PEER} {PEER_VERSION}: getting it")
    python = provide(scratch / PEER)
    times: dict[str, list[tuple[float, float]]] = {}
    with common_folder() as folder:
        for each in projects():
            each.write(folder / each.plugin)
        for number in range(1, plan.whole_rounds + 1):
            for each in projects():
                where = folder / each.plugin
                one = seconds(each, where, python, 1)
                many = seconds(each, where, python, plan.whole_tests)
                times.setdefault(each.name, []).append((one, many))
                say(f"round {number} of {plan.whole_rounds}, {each.name}: {many:.1f} s")
    return tuple(
        Run(
            name,
            plan.whole_tests,
            seconds=statistics.median(many for _, many in found),
            one_seconds=statistics.median(one for one, _ in found),
        )
        for name, found in times.items()
    )


def provide(folder: Path) -> Path:
    """The Python of an environment that has the peer, and what ours needs of other people's."""
    python = folder / "bin" / "python"
    shutil.rmtree(folder, ignore_errors=True)
    get(sys.executable, "-m", "venv", str(folder))
    same = [f"{name}=={version(name)}" for name in SAME]
    quiet = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    get(str(python), *quiet, f"{PEER}=={PEER_VERSION}", *same)
    return python


@contextmanager
def common_folder() -> Iterator[Path]:
    """In memory where there is room, and open to the user who may start a PostgreSQL."""
    run = RunFolder.of(uuid.uuid4().hex)
    try:
        folder = run.made("runs")
        if user := unprivileged():
            os.chown(folder, user["user"], user["group"])
        yield folder
    finally:
        run.close()


def as_user() -> tuple[str, ...]:
    """What runs a command as a user whom initdb does not refuse; root's Python stays readable."""
    user = unprivileged()
    if not user:
        return ()
    ids = (f"--reuid={user['user']}", f"--regid={user['group']}", "--clear-groups")
    reading = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
    return ("setpriv", *ids, *reading)


def seconds(project: Project, folder: Path, python: Path, tests: int) -> float:
    """What a run takes; CannotMeasure when not all of its tests pass."""
    plugins = ("-p", "no:cacheprovider", "-p", project.plugin)
    command = (*as_user(), str(python), "-m", "pytest", "-q", *plugins, *project.options)
    settings = {
        **{name: text for name, text in os.environ.items() if "PYTEST" not in name},
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": f"{SOURCE}{os.pathsep}{folder}",
        "TESTS": str(tests),
        "TMPDIR": str(folder.parent),
        "USER": "postgres",
    }
    begun = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=folder,
        env=settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    taken = time.perf_counter() - begun
    if f"{tests} passed" not in done.stdout:
        words = [line for line in done.stdout.splitlines() if line.startswith(("E ", "ERROR"))]
        told = (words or done.stderr.strip().splitlines() or ["no word"])[-1]
        raise CannotMeasure(f"its tests do not pass: {told[:200]}")
    return taken
