"""Seconds of a whole verdict on the reference, and of one clause, from the shell."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.getting import CannotMeasure
from benchmarks.showing import RESULTS, Say, screen
from benchmarks.verify.figures import Figures, costs_of
from benchmarks.verify.report import markdown, tables
from benchmarks.verify.ways import WAYS, environ
from billproof.law import load_law
from billproof.verify.selection import UI

ONE_CLAUSE = "POR-001"
PATIENCE_SECONDS = 1800


@dataclass(frozen=True)
class Plan:
    """Which clauses, by how many workers, and how often one clause alone is judged."""

    only: str
    workers: Sequence[int] = (1, 2)
    rounds: int = 3


def main(scratch: Path, is_quick: bool) -> None:  # noqa: FBT001 - the word `--quick`
    """Measure, show, and write the report; a quick run shows and writes nothing."""
    console = screen()
    plan = Plan("POR-*", workers=(1,), rounds=1) if is_quick else Plan(all_but_pages())
    whole = run(scratch, plan, console.out)
    alone = [one_clause(scratch, plan.rounds, console.out, *how) for how in ((), ("--no-needs",))]
    for made in tables(whole, alone):
        console.print(made)
    if not is_quick:
        (RESULTS / "verify.md").write_text(markdown(whole, alone), encoding="utf-8")


def all_but_pages() -> str:
    """API and metrics: browsers have a cost of their own."""
    parts = [part for part in load_law().capabilities if part.name != UI]
    return ",".join(f"{prefix}-*" for part in parts for prefix in part.prefixes)


def run(scratch: Path, plan: Plan, say: Say) -> list[Figures]:
    """Each way with each number of workers."""
    return [
        judged(scratch, way, workers, plan.only, say) for way in WAYS for workers in plan.workers
    ]


def one_clause(scratch: Path, rounds: int, say: Say, *how: str) -> Figures:
    """The quickest of so many runs: of one clause nothing but the machine can be slower."""
    found = [judged(scratch, "bundled", 1, ONE_CLAUSE, say, *how) for _ in range(rounds)]
    return min(found, key=lambda figures: figures.wall_seconds)


def judged(scratch: Path, way: str, workers: int, only: str, say: Say, *how: str) -> Figures:
    """One run; CannotMeasure, with its last words, when not all that it looked at passes."""
    say(" ".join((f"{way}, -n {workers}:", *how, "all" if only == all_but_pages() else only)))
    folder = scratch / uuid.uuid4().hex
    folder.mkdir()
    report = folder / "report"
    with WAYS[way](folder) as words:
        chosen = ("-n", str(workers), "--only", only, *how, "--out", str(report))
        wall, processor = timed([*words, *chosen], folder)
    costs, by_capability = costs_of(report)
    return Figures(way, workers, wall, processor, costs, by_capability)


def timed(words: Sequence[str], folder: Path) -> tuple[float, float]:
    """Seconds on the wall and on the processors, of `billproof verify` and all that it starts."""
    command = [sys.executable, "-m", "billproof", "verify", *words]
    before, begun = os.times(), time.monotonic()
    done = subprocess.run(
        command,
        cwd=folder,
        env=environ(),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    wall, after = time.monotonic() - begun, os.times()
    if done.returncode != 0:
        last = (done.stdout + done.stderr).strip().splitlines()[-1:]
        raise CannotMeasure(f"not all passes: {' '.join(last)}")
    user = after.children_user - before.children_user
    return wall, user + after.children_system - before.children_system
