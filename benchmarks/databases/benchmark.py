"""The whole run, and what it leaves in benchmarks/results/."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.databases.aims import aims
from benchmarks.databases.comparing import compare
from benchmarks.databases.figures import Growth, NotMeasured, Results, Run, Timed
from benchmarks.databases.grounds import DRIVERS, Driver, private_server
from benchmarks.databases.growing.running import growth
from benchmarks.databases.plan import QUICK, Plan
from benchmarks.databases.plots import plots
from benchmarks.databases.report import markdown, tables
from benchmarks.databases.whole.running import PEER, run_whole
from benchmarks.getting import CannotMeasure
from benchmarks.showing import RESULTS, Say, machine, screen
from billproof.errors import UsageError


def main(scratch: Path, is_quick: bool) -> None:  # noqa: FBT001 - the word `--quick`
    """Measure, show, and write the report; a quick run shows and writes nothing."""
    console = screen()
    results = run(scratch, QUICK if is_quick else Plan(), console.out)
    for table in tables(results):
        console.print(table)
    if not is_quick:
        write(results, RESULTS)


def run(scratch: Path, plan: Plan, say: Say) -> Results:
    """The ways of each driver in turns, whole runs of pytest, then many tests in a row."""
    missing: list[NotMeasured] = []
    timed = [each for driver in DRIVERS for each in _timed(driver, plan, say, missing)]
    runs = _runs(scratch, plan, say, missing)
    growths = [each for driver in DRIVERS for each in _growth(driver, plan, say, missing)]
    return Results(
        date=datetime.now(UTC).date().isoformat(),
        machine=machine(),
        rounds=plan.rounds,
        timed=tuple(timed),
        runs=runs,
        growths=tuple(growths),
        missing=tuple(missing),
    )


def _timed(driver: Driver, plan: Plan, say: Say, missing: list[NotMeasured]) -> tuple[Timed, ...]:
    try:
        with ExitStack() as ends:
            server = ends.enter_context(private_server()) if driver.needs_server else None
            return compare(driver, server, plan, say)
    except UsageError as error:
        missing.append(NotMeasured(driver.name, str(error)))
        return ()


def _runs(scratch: Path, plan: Plan, say: Say, missing: list[NotMeasured]) -> tuple[Run, ...]:
    try:
        return run_whole(scratch, plan, say)
    except (CannotMeasure, UsageError) as error:
        missing.append(NotMeasured(PEER, str(error)))
        return ()


def _growth(driver: Driver, plan: Plan, say: Say, missing: list[NotMeasured]) -> tuple[Growth, ...]:
    say(f"{driver.name}: {plan.blocks * plan.block_tests:,} tests in a row")
    try:
        return (growth(driver, plan),)
    except CannotMeasure as error:
        missing.append(NotMeasured(f"{driver.name}, many tests", str(error)))
        return ()


def write(results: Results, folder: Path) -> None:
    """Leave the report, its plots, and the figures for programs."""
    verdicts = [{**asdict(each), "verdict": each.verdict} for each in aims(results)]
    told = {**asdict(results), "targets": verdicts}
    for name, picture in plots(results).items():
        (folder / name).write_bytes(picture)
    (folder / "databases.md").write_text(markdown(results), encoding="utf-8")
    text = json.dumps(told, indent=2, ensure_ascii=False)
    (folder / "databases.json").write_text(text + "\n", encoding="utf-8")
