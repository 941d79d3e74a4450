"""The trials, run by pytest in processes of their own, and the records they write."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from billproof.run.plan import PLAN_VARIABLE, RunPlan
from billproof.run.record import CHOSEN_FILE, RECORDS_VARIABLE, Chosen, Record
from billproof.run.selection import SELECT_VARIABLE, Order, Phase
from billproof.suite import suite_root
from billproof.targets.import_path import import_path
from billproof.targets.program import GRACE_SECONDS, Program, python, start

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDERS = {
    Phase.PARALLEL: ("tests/api", "tests/metrics"),
    Phase.EXCLUSIVE: ("tests/api", "tests/metrics"),
    Phase.UI: ("tests/ui",),
}
PLUGINS = {
    Phase.PARALLEL: ("xdist",),
    Phase.EXCLUSIVE: (),
    Phase.UI: ("xdist", "pytest_playwright.pytest_playwright"),
}
HANG_SECONDS = 120
"""A trial that takes longer hangs; the contract's longest wait is 60 s."""

_REGULAR = frozenset({0, 1, 5})
"""pytest's exit codes that are not its own trouble: passed, failed, nothing to run."""


@dataclass(frozen=True)
class PhaseOrder:
    """One phase of a run."""

    plan: RunPlan
    phase: Phase
    clauses: tuple[str, ...]
    workers: int


class PhaseProcess:
    """One pytest process and its workers; ends with its owner, whatever happens."""

    def __init__(self, order: PhaseOrder) -> None:
        self.phase = order.phase
        scratch = order.plan.scratch
        scratch.mkdir(parents=True, exist_ok=True)
        self._records = scratch / "records.jsonl"
        self._records.touch()
        self._log = scratch / "pytest.log"
        plan_file = scratch / "plan.json"
        plan_file.touch(mode=0o600)
        plan_file.write_text(order.plan.model_dump_json())
        with self._log.open("wb") as log:
            program = Program(
                argv=_command(order),
                environ=_environ(order, plan_file, self._records),
                cwd=scratch,
                log=log.fileno(),
                grace_seconds=GRACE_SECONDS,
            )
            self._process = start(program, order.plan.fork.trials)
        self._position = 0

    def new_records(self) -> Iterator[Record]:
        """The records written since the last look."""
        with self._records.open("rb") as file:
            file.seek(self._position)
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self._position += len(line)
                yield Record.model_validate_json(line)

    def chosen(self) -> Chosen:
        """The trials that it is to run; none until it has collected them."""
        file = self._records.with_name(CHOSEN_FILE)
        if not file.exists():
            return Chosen(clauses={})
        return Chosen.model_validate_json(file.read_bytes())

    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    def wait(self, seconds: float) -> None:
        """Return when it has ended, or after `seconds`."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return

    def trouble(self) -> str | None:
        """The end of pytest's log when pytest itself failed, else None."""
        if self._process.returncode in _REGULAR:
            return None
        lines = self._log.read_text(errors="replace").strip().splitlines()[-20:]
        head = f"pytest ended with code {self._process.returncode} in the {self.phase} phase."
        return "\n".join([head, *(f"  {line}" for line in lines)])

    def end(self) -> None:
        """End it with all its workers, if it still runs."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()


def _command(order: PhaseOrder) -> list[str]:
    root = suite_root()
    plugins = [
        *PLUGINS[order.phase],
        "pytest_timeout",
        "billproof.trials.plugin",
        "fixtures.plugin",
    ]
    flags = ["no:cacheprovider", *plugins]
    parallel = order.phase is not Phase.EXCLUSIVE and order.workers > 1
    workers = ["-n", str(order.workers), "--dist", "worksteal"] if parallel else []
    pages = ["--browser", order.plan.engine] if order.phase is Phase.UI else []
    return python(
        "pytest",
        *(part for plugin in flags for part in ("-p", plugin)),
        *("-c", str(root / "pytest.ini"), "--rootdir", str(root), "--import-mode=importlib"),
        *("-q", "--no-header", "--tb=short", "--color=no"),
        *("--timeout", str(HANG_SECONDS), "--timeout-method", "signal"),
        *workers,
        *pages,
        *map(str, _places(order, root)),
    )


def _places(order: PhaseOrder, root: Path) -> list[Path]:
    """The files with trials of the clauses: to collect all the others takes a second."""
    folders = [root / folder for folder in FOLDERS[order.phase]]
    files = [file for folder in folders for file in sorted(folder.rglob("test_*.py"))]
    texts = {file: file.read_text(encoding="utf-8") for file in files}
    named = [f'clause("{clause}")' for clause in order.clauses]
    if any(not any(name in text for text in texts.values()) for name in named):
        return [folder for folder in folders if folder.is_dir()]
    return [file for file, text in texts.items() if any(name in text for name in named)]


def _environ(order: PhaseOrder, plan_file: Path, records: Path) -> dict[str, str]:
    selection = Order(clauses=list(order.clauses), phase=order.phase)
    own = {
        "PYTHONPATH": import_path(suite_root(), order.plan.ambient),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        PLAN_VARIABLE: str(plan_file),
        RECORDS_VARIABLE: str(records),
        SELECT_VARIABLE: selection.model_dump_json(),
    }
    ambient = {k: v for k, v in order.plan.ambient.items() if not k.startswith("PYTEST_")}
    return ambient | own
