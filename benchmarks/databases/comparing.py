"""Each way in turns with the bare body, so that what else the machine does falls on both."""

from __future__ import annotations

import statistics
import time
from contextlib import ExitStack

from benchmarks.databases.figures import Timed
from benchmarks.databases.grounds import Driver, new_ground, private_server
from benchmarks.databases.guarantees.trying import failed
from benchmarks.databases.plan import WARM_UP, Plan
from benchmarks.databases.ways.anywhere import Floor
from benchmarks.databases.ways.known import ways
from benchmarks.databases.ways.way import Make, Named, Way
from benchmarks.showing import Say
from billproof.database.postgres.server import Server


def compare(driver: Driver, server: Server | None, plan: Plan, say: Say) -> tuple[Timed, ...]:
    """The ways of a driver, the floor first, with the guarantees that each fails."""
    say(f"{driver.name}: {plan.rounds} rounds of {plan.tests} tests each way")
    found = [_timed(driver, each, plan) for each in ways(driver)]
    say(f"{driver.name}: which guarantees each way keeps")
    return tuple(
        Timed(
            driver=driver.name,
            name=each.name,
            tests=plan.rounds * plan.tests,
            median_ms=median_ms,
            bare_ms=bare_ms,
            failed=failed(each.make, driver, server),
        )
        for each, (median_ms, bare_ms) in zip(ways(driver), found, strict=True)
    )


def _timed(driver: Driver, named: Named, plan: Plan) -> tuple[float, float]:
    """The median milliseconds of its tests, and of the bare body's between them.

    On servers of their own: nobody's CREATE DATABASE and no checkpoint of it disturbs the others.
    """
    with ExitStack() as ends:
        way, bare = (_made(make, driver, ends) for make in (named.make, Floor))
        times: dict[Way, list[float]] = {way: [], bare: []}
        for _ in range(plan.rounds):
            for each, found in times.items():
                found += [timed_ms(each) for _ in range(plan.tests)]
    return statistics.median(times[way]), statistics.median(times[bare])


def _made(make: Make, driver: Driver, ends: ExitStack) -> Way:
    server = ends.enter_context(private_server()) if driver.needs_server else None
    way = make(ends.enter_context(new_ground(driver, server)))
    ends.callback(way.close)
    for _ in range(WARM_UP):
        timed_ms(way)
    return way


def timed_ms(way: Way) -> float:
    """One test with what comes before and after it."""
    begun = time.perf_counter()
    way.begin().play()
    way.end()
    return (time.perf_counter() - begun) * 1000
