"""The report: tables for a screen and for a file."""

from __future__ import annotations

from collections.abc import Iterable

from rich.table import Table

from benchmarks.aims import HEADS, rows
from benchmarks.databases.aims import aims
from benchmarks.databases.figures import Growth, Results, Run, Timed
from benchmarks.databases.guarantees.checks import CHECKS
from benchmarks.databases.plots import PLOTS
from benchmarks.showing import lines, table

WAYS = ("driver", "isolated by", "ms a test", "ms of the body", "times", "guarantees that fail")
RUNS = ("pytest with", "tests", "seconds", "seconds of one test", "ms a test", "ms a further test")
GROWTHS = (
    "driver",
    "tests",
    "ms, first and last five blocks",
    "ratio",
    "ratio beside a bare body",
    "handles",
    "MB of memory",
    "MB of its server processes",
    "kB of the database",
)
SETUP = """\
A test writes six rows into six of eight tables, each with an index, commits, and reads the last
one of them. What is timed is that with all that a way does before and after it. The body is that
alone, on a warm engine and one database for all, whose rows nobody deletes; it goes in turns with
each way, and `no isolation`, which is the same, tells how far a figure can be trusted. Each way
and its body have a place of their own, of the same kind: SQLite's files lie in the folder of
billproof's own, PostgreSQL's databases on a private server of billproof, in memory and without
fsync. All figures are medians, and ratios are of one run."""
GUARANTEES = f"""\
The guarantees were tried, each with each way, by a program that does what its name says:
{"; ".join(CHECKS)}. A late write is one of the test before, by its app or by somebody who knows
the URL alone. An error or a wait of more than a second for a lock is a failure."""
WHOLE = """\
The same tests, run by pytest in one environment; a fixture makes the tables with `create_all`
where the tool does not. Each starts a PostgreSQL of its own, in memory and without fsync. Whether
pytest-postgresql keeps the nine was not tried: it makes a database for each test."""
GROWN = """\
A process of its own for each driver. In it every fifth test is followed by the bare body in a
database that is emptied, untimed; its times tell how busy the machine was with other things, and
the second ratio is that of the tests' times to them. Handles are the files that the process has
open, memory is what is resident; the server's is what its processes for this database have that
is not shared."""


def way_rows(results: Results) -> list[tuple[str, ...]]:
    """One row for each way of each driver."""
    return list(map(_way_row, results.timed))


def run_rows(results: Results) -> list[tuple[str, ...]]:
    """One row for each tool."""
    return list(map(_run_row, results.runs))


def growth_rows(results: Results) -> list[tuple[str, ...]]:
    """One row for each driver."""
    return list(map(_growth_row, results.growths))


def tables(results: Results) -> Iterable[Table]:
    """What the screen shows at the end."""
    yield table("A test's database", WAYS, way_rows(results))
    yield table("Whole runs", RUNS, run_rows(results))
    yield table("Many tests in a row", GROWTHS, growth_rows(results))
    if results.missing:
        yield table("Not measured", ("what", "why"), [(m.name, m.why) for m in results.missing])
    yield table("Aims", HEADS, rows(aims(results)))


def markdown(results: Results) -> str:
    """What is committed."""
    missing = [f"Not measured: {each.name}: {each.why}." for each in results.missing]
    pictures = [f"![{title}]({name})" for name, (title, _) in PLOTS.items() if results.growths]
    parts = (
        "# A database of its own for each test",
        _made(results),
        SETUP,
        lines(WAYS, way_rows(results)),
        GUARANTEES,
        *missing,
        "## Beside pytest-postgresql",
        WHOLE,
        lines(RUNS, run_rows(results)),
        "## Many tests in a row",
        GROWN,
        lines(GROWTHS, growth_rows(results)),
        *pictures,
        "## Aims",
        lines(HEADS, rows(aims(results))),
    )
    return "\n\n".join(parts) + "\n"


def _made(results: Results) -> str:
    how = "Made by `./nox -s bench -- databases`."
    return f"{results.date}; {results.machine}; {results.rounds} rounds. {how}"


def _way_row(way: Timed) -> tuple[str, ...]:
    failed = ", ".join(way.failed) or "none"
    return way.driver, way.name, *_three(way), failed


def _three(way: Timed) -> tuple[str, ...]:
    return tuple(f"{each:.2f}" for each in (way.median_ms, way.bare_ms, way.ratio))


def _run_row(run: Run) -> tuple[str, ...]:
    seconds = f"{run.seconds:.1f}", f"{run.one_seconds:.1f}"
    return run.name, str(run.tests), *seconds, f"{run.whole_ms:.1f}", f"{run.further_ms:.1f}"


def _growth_row(growth: Growth) -> tuple[str, ...]:
    first, last = growth.blocks[0], growth.blocks[-1]
    early, late = growth.ends()
    return (
        growth.driver,
        f"{growth.size * len(growth.blocks):,}",
        f"{early:.2f} / {late:.2f}",
        f"{growth.ratio():.2f}",
        f"{growth.own_ratio():.2f}",
        f"{first.handles} / {last.handles}",
        f"{first.resident_mb:.1f} / {last.resident_mb:.1f}",
        f"{first.server_mb:.1f} / {last.server_mb:.1f}" if last.server_mb else "",
        f"{first.database_kb:,.0f} / {last.database_kb:,.0f}",
    )
