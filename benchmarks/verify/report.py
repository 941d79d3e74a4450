"""The report: tables for a screen and for a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from rich.table import Table

from benchmarks.aims import HEADS, Aim, rows
from benchmarks.showing import lines, machine, table
from benchmarks.verify.figures import Figures
from benchmarks.verify.reasons import REASONS

RUNS = ("backend", "-n", "seconds", "processor s", "clauses passed", "tests", "requests")
SLOWEST = ("clause", "seconds", "tests", "requests", "why")
CAPABILITIES = ("capability", "clauses")
SHOWN = 10
WHOLE_SECONDS, ALONE_SECONDS = 30.0, 2.0
SETUP = """\
API and metrics of the bundled reference, settle time 0, no pages; `processor s` is the time of
all processes of a run that it waits for: of a backend that runs already the time is not in it.
Requests are those of the trials; schemathesis sends some hundred more. A backend by URL is not
started by the suite, and what needs a start is not judged there. One clause alone is the quickest
of its rounds. The slowest clauses are of the run by `--cmd` with one worker, where no other trial
is in their way."""


def run_rows(found: Sequence[Figures]) -> list[tuple[str, ...]]:
    """One for each run."""
    return [
        (
            one.way,
            str(one.workers),
            f"{one.wall_seconds:.1f}",
            f"{one.processor_seconds:.1f}",
            str(len(one.costs)),
            str(one.tests),
            f"{one.requests:,}",
        )
        for one in found
    ]


def slow_rows(found: Sequence[Figures]) -> list[tuple[str, ...]]:
    """The dearest clauses of the run in which they are alone."""
    run = next(one for one in found if one.way == "--cmd")
    return [
        (
            cost.clause,
            f"{cost.seconds:.1f}",
            str(cost.tests),
            str(cost.requests),
            REASONS.get(cost.clause, ""),
        )
        for cost in run.costs[:SHOWN]
    ]


def capability_rows(found: Sequence[Figures]) -> list[tuple[str, ...]]:
    """Clauses that were judged, by what they belong to."""
    most = max(found, key=lambda one: len(one.costs))
    return [(name, str(count)) for name, count in sorted(most.by_capability.items())]


def aim_rows(whole: Sequence[Figures], alone: Sequence[Figures]) -> list[tuple[str, ...]]:
    """Each aim with what was found."""
    return rows(aims(whole, alone))


def aims(whole: Sequence[Figures], alone: Sequence[Figures]) -> list[Aim]:
    """A whole verdict, and one clause from the shell."""
    cores = max(one.workers for one in whole)
    return [
        *(
            aim(f"{one.way}, -n {cores}: under {WHOLE_SECONDS:.0f} s", one, WHOLE_SECONDS)
            for one in whole
            if one.workers == cores
        ),
        *(
            aim(f"POR-001 {how}: under {ALONE_SECONDS:.0f} s", one, ALONE_SECONDS)
            for how, one in zip(("with what it needs", "alone"), alone, strict=False)
        ),
    ]


def aim(text: str, found: Figures, most: float) -> Aim:
    """One aim of a run's time."""
    return Aim(text, f"{found.wall_seconds:.1f} s", found.wall_seconds < most)


def tables(whole: Sequence[Figures], alone: Sequence[Figures]) -> Iterable[Table]:
    """What the screen shows at the end."""
    yield table("A verdict", RUNS, run_rows([*whole, *alone]))
    yield table("The slowest clauses", SLOWEST, slow_rows(whole))
    yield table("Aims", HEADS, aim_rows(whole, alone))


def markdown(whole: Sequence[Figures], alone: Sequence[Figures]) -> str:
    """What is committed."""
    made = f"{datetime.now(UTC).date().isoformat()}; {machine()}. Made by"
    return "\n\n".join(
        (
            "# How long a verdict takes",
            f"{made} `./nox -s bench -- verify`.",
            SETUP,
            lines(RUNS, run_rows(whole)),
            "## One clause from the shell",
            "The clause POR-001 with those that it needs, and without them.",
            lines(RUNS, run_rows(alone)),
            "## The slowest clauses",
            lines(SLOWEST, slow_rows(whole)),
            "## Clauses by capability",
            lines(CAPABILITIES, capability_rows(whole)),
            "## Aims",
            lines(HEADS, aim_rows(whole, alone)) + "\n",
        )
    )
