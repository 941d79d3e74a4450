"""All ways of one driver in turns, so that what else the machine does falls on each of them."""

from __future__ import annotations

import statistics
import time
from contextlib import ExitStack

from benchmarks.databases.figures import Timed
from benchmarks.databases.grounds import Driver, new_ground
from benchmarks.databases.guarantees.trying import failed
from benchmarks.databases.plan import WARM_UP, Plan
from benchmarks.databases.ways.known import ways
from benchmarks.databases.ways.way import FLOOR, Way
from benchmarks.showing import Say
from billproof.database.postgres.server import Server


def compare(driver: Driver, server: Server | None, plan: Plan, say: Say) -> tuple[Timed, ...]:
    """The ways of a driver, the floor first, with the guarantees that each fails."""
    say(f"{driver.name}: {plan.rounds} rounds of {plan.tests} tests each way")
    medians = take_turns(driver, server, plan)
    say(f"{driver.name}: which guarantees each way keeps")
    return tuple(
        Timed(
            driver=driver.name,
            name=each.name,
            tests=plan.rounds * plan.tests,
            median_ms=medians[each.name],
            ratio=medians[each.name] / medians[FLOOR],
            failed=failed(each.make, driver, server),
        )
        for each in ways(driver)
    )


def take_turns(driver: Driver, server: Server | None, plan: Plan) -> dict[str, float]:
    """The median milliseconds of a test, by the name of its way."""
    times: dict[str, list[float]] = {each.name: [] for each in ways(driver)}
    with ExitStack() as ends:
        ground = ends.enter_context(new_ground(driver, server))
        made: dict[str, Way] = {}
        for each in ways(driver):
            made[each.name] = way = each.make(ground)
            ends.callback(way.close)
            for _ in range(WARM_UP):
                timed_ms(way)
        for _ in range(plan.rounds):
            for name, way in made.items():
                times[name] += [timed_ms(way) for _ in range(plan.tests)]
    return {name: statistics.median(found) for name, found in times.items()}


def timed_ms(way: Way) -> float:
    """One test with what comes before and after it."""
    begun = time.perf_counter()
    way.begin().play()
    way.end()
    return (time.perf_counter() - begun) * 1000
