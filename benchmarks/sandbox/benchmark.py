"""The whole run, and what it leaves in benchmarks/results/."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.getting import CannotMeasure
from benchmarks.sandbox.aims import aims
from benchmarks.sandbox.comparing import compare
from benchmarks.sandbox.figures import Growth, Results
from benchmarks.sandbox.growing import grow
from benchmarks.sandbox.measuring import QUICK, Plan
from benchmarks.sandbox.peers.known import PEERS
from benchmarks.sandbox.report import markdown, tables
from benchmarks.showing import RESULTS, Say, machine, screen


def main(scratch: Path, is_quick: bool) -> None:  # noqa: FBT001 - the word `--quick`
    """Measure, show, and write the report; a quick run shows and writes nothing."""
    console = screen()
    say: Say = console.out
    results = run(scratch, QUICK if is_quick else Plan(), say)
    for table in tables(results):
        console.print(table)
    if not is_quick:
        write(results, RESULTS)


def run(scratch: Path, plan: Plan, say: Say) -> Results:
    """All servers in turns, then ours when it is full."""
    comparison = compare(PEERS, scratch, plan, say)
    return Results(
        date=datetime.now(UTC).date().isoformat(),
        machine=machine(),
        rounds=plan.rounds,
        seconds=plan.seconds,
        measured=comparison.measured(),
        missing=comparison.not_measured(),
        growth=full(scratch, plan, say),
    )


def full(scratch: Path, plan: Plan, say: Say) -> Growth | None:
    """Ours when it is full; None, and a line that says why, when that cannot be measured."""
    try:
        return grow(scratch / "growth", plan, say)
    except CannotMeasure as error:
        say(f"growth: not measured: {error}")
        return None


def write(results: Results, folder: Path) -> None:
    """Leave the report, and the figures for programs."""
    verdicts = [{**asdict(each), "verdict": each.verdict} for each in aims(results)]
    told = {**asdict(results), "targets": verdicts}
    (folder / "sandbox.md").write_text(markdown(results), encoding="utf-8")
    text = json.dumps(told, indent=2, ensure_ascii=False)
    (folder / "sandbox.json").write_text(text + "\n", encoding="utf-8")
