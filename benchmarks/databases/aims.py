"""What databases of one's own may cost, and whether they do."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.aims import Aim
from benchmarks.databases.figures import Growth, Results
from benchmarks.databases.ways.way import RECYCLED
from benchmarks.databases.whole.running import PEER

AT_MOST = {
    "sqlite3": ("SQLite, sync", 1.3),
    "aiosqlite": ("SQLite, async", 1.4),
    "psycopg": ("PostgreSQL, psycopg", 1.5),
    "asyncpg": ("PostgreSQL, asyncpg", 1.5),
}
"""Times what the same test takes with no isolation."""
FASTER = 10.0
GROWS_AT_MOST = 1.1


def aims(results: Results) -> tuple[Aim, ...]:
    """Each aim with what was found."""
    return (*_ratios(results), *_whole(results), *map(_grown, results.growths))


def _ratios(results: Results) -> Iterator[Aim]:
    found = {each.driver: each for each in results.timed if each.name == RECYCLED}
    for driver, (name, most) in AT_MOST.items():
        aim = f"{name}: at most {most} times no isolation"
        if ours := found.get(driver):
            yield Aim(aim, f"{ours.ratio:.2f} times", ours.ratio <= most)
            kept = f"{name}: all nine guarantees"
            yield Aim(kept, ", ".join(ours.failed) or "all nine", not ours.failed)
        else:
            yield Aim(aim, "not measured", None)


def _whole(results: Results) -> Iterator[Aim]:
    if not results.runs:
        yield Aim(f"at least {FASTER:.0f} times as fast as {PEER}", "not measured", None)
        return
    ours, theirs = results.runs
    for what, mine, its in (
        (f"a whole run of {ours.tests} tests", ours.whole_ms, theirs.whole_ms),
        ("each further test", ours.further_ms, theirs.further_ms),
    ):
        yield Aim(
            f"{what}: at least {FASTER:.0f} times as fast as {PEER}",
            f"{its / mine:.1f} times: {mine:.1f} ms a test against {its:.1f} ms",
            its / mine >= FASTER,
        )


def _grown(growth: Growth) -> Aim:
    first, last = growth.blocks[0], growth.blocks[-1]
    return Aim(
        f"{growth.driver}: the last of {growth.size * len(growth.blocks):,} tests at most "
        f"{GROWS_AT_MOST} times as slow as the first beside a bare body, no more handles",
        f"{growth.own_ratio():.2f} times ({growth.ratio():.2f} by the clock alone); "
        f"handles {first.handles} to {last.handles}",
        growth.own_ratio() <= GROWS_AT_MOST and last.handles <= first.handles,
    )
