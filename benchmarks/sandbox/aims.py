"""What the sandbox is meant to reach, and whether it did."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmarks.aims import Aim
from benchmarks.sandbox.figures import Growth, Measured, Results, Speed

STATELESS = "stripe-mock"
FASTER = 2.0
SLOWER_AT_MOST = 0.20
READY_MS = 500.0
SUBSCRIBERS_MB = 150.0

KINDS: dict[str, Callable[[Measured], Speed]] = {
    "POST customer": lambda server: server.create,
    "GET list": lambda server: server.look,
}


def aims(results: Results) -> tuple[Aim, ...]:
    """Each aim with what was found; none when ours was not measured."""
    ours = next(iter(results.measured), None)
    if ours is None:
        return ()
    others = [each for each in results.measured[1:] if each.is_stateful]
    stateless = next((each for each in results.measured if each.name == STATELESS), None)
    return (
        *(_faster(kind, ours, others) for kind in KINDS),
        *(_tail(kind, ours, others) for kind in KINDS),
        *(_nearness(kind, ours, stateless) for kind in KINDS),
        Aim(
            f"first good answer within {READY_MS:.0f} ms",
            f"{ours.ready_ms:.0f} ms",
            ours.ready_ms <= READY_MS,
        ),
        *(_grown(results.growth) if results.growth else ()),
    )


def _faster(kind: str, ours: Measured, others: list[Measured]) -> Aim:
    aim = f"{kind}: at least {FASTER:.0f} times the fastest stateful peer"
    if not others:
        return Aim(aim, "no stateful peer was measured", None)
    best = max(others, key=lambda each: KINDS[kind](each).per_second)
    ratio = KINDS[kind](ours).per_second / KINDS[kind](best).per_second
    return Aim(aim, f"{ratio:.2f} times {best.name}", ratio >= FASTER)


def _tail(kind: str, ours: Measured, others: list[Measured]) -> Aim:
    aim = f"{kind}: p99 no worse than that of any stateful peer"
    if not others:
        return Aim(aim, "no stateful peer was measured", None)
    best = min(others, key=lambda each: KINDS[kind](each).p99_ms)
    mine, its = KINDS[kind](ours).p99_ms, KINDS[kind](best).p99_ms
    return Aim(aim, f"{mine:.1f} ms; the lowest is {its:.1f} ms, {best.name}", mine <= its)


def _nearness(kind: str, ours: Measured, stateless: Measured | None) -> Aim:
    aim = f"{kind}: as near to {STATELESS} (stateless, Go) as can be"
    if stateless is None:
        return Aim(aim, f"{STATELESS} was not measured", None)
    mine, its = KINDS[kind](ours), KINDS[kind](stateless)
    ratio = mine.per_second / its.per_second
    return Aim(aim, f"{ratio:.2f} times; p99 {mine.p99_ms:.1f} to {its.p99_ms:.1f} ms", None)


def _grown(growth: Growth) -> Iterator[Aim]:
    for kind, new, full in (
        ("POST customer", growth.create_new, growth.create_full),
        ("GET list", growth.look_new, growth.look_full),
    ):
        ratio = full.per_second / new.per_second
        yield Aim(
            f"{kind}: at {growth.customers:,} customers at most {SLOWER_AT_MOST:.0%} slower "
            "than a new one",
            f"{ratio:.2f} times: {full.per_second:,.0f}/s against {new.per_second:,.0f}/s",
            ratio >= 1 - SLOWER_AT_MOST,
        )
    yield Aim(
        f"under {SUBSCRIBERS_MB:.0f} MB after {growth.subscribers:,} customers with subscriptions",
        f"{growth.subscribers_mb:.0f} MB",
        growth.subscribers_mb < SUBSCRIBERS_MB,
    )
