"""The report: tables for a screen and for a file."""

from __future__ import annotations

from collections.abc import Iterable

from rich.table import Table

from benchmarks.aims import HEADS, rows
from benchmarks.sandbox.aims import aims
from benchmarks.sandbox.figures import Measured, Results
from benchmarks.showing import lines, table

SERVERS = (
    "server",
    "state",
    "ready ms",
    "MB after 1,000",
    "POST customer/s",
    "p50 / p99 ms",
    "GET list/s",
    "p50 / p99 ms",
    "load busy",
)
SETUP = """\
Eight connections, kept open; one request at a time on each. Every server is started anew
for each round and given 1,000 customers; then come `GET /v1/customers?limit=10` and
form-encoded `POST /v1/customers` (name, email, one metadata key), each for its time.
Rounds go in turns; all figures are medians. `load busy` is the share of one processor that
the load's own process used, the larger of the two: only near 100 % would the load be what
limits. A server that limits its requests gets
shorter rounds. MB are 10⁶ bytes of resident memory."""


def server_rows(results: Results) -> list[tuple[str, ...]]:
    """One row for each server, measured or not."""
    blank = ("",) * (len(SERVERS) - 2)
    missing = [(each.name, f"not measured: {each.why}", *blank) for each in results.missing]
    return [*map(_server_row, results.measured), *missing]


def tables(results: Results) -> Iterable[Table]:
    """What the screen shows at the end."""
    yield table("Sandbox and peers", SERVERS, server_rows(results))
    yield table("Aims", HEADS, rows(aims(results)))


def markdown(results: Results) -> str:
    """What is committed."""
    parts = (
        "# The sandbox beside its peers",
        _made(results),
        SETUP,
        lines(SERVERS, server_rows(results)),
        "## Aims",
        lines(HEADS, rows(aims(results))) if results.measured else "Ours was not measured.",
    )
    return "\n\n".join(parts) + "\n"


def _made(results: Results) -> str:
    rounds = f"{results.rounds} rounds of {results.seconds:g} s"
    how = "Made by `./nox -s bench -- sandbox`."
    return f"{results.date}; {results.machine}; {rounds}. {how}"


def _server_row(server: Measured) -> tuple[str, ...]:
    create, look = server.create, server.look
    return (
        f"{server.name} {server.version}",
        "yes" if server.is_stateful else "none",
        f"{server.ready_ms:.0f}",
        f"{server.resident_mb:.0f}",
        f"{create.per_second:,.0f}",
        f"{create.p50_ms:.1f} / {create.p99_ms:.1f}",
        f"{look.per_second:,.0f}",
        f"{look.p50_ms:.1f} / {look.p99_ms:.1f}",
        f"{max(create.busy, look.busy):.0%}",
    )
