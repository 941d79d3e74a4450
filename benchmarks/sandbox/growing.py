"""Ours when it is full: beside a new one, in turns; and the memory of many subscribers."""

from __future__ import annotations

from pathlib import Path

from benchmarks.sandbox.figures import Growth, Speed, middle_speed
from benchmarks.sandbox.measuring import FILLED, Plan, fill, speed
from benchmarks.sandbox.peers.known import OURS
from benchmarks.sandbox.peers.peer import Launch
from benchmarks.sandbox.running import Server, running
from benchmarks.showing import Say


def grow(scratch: Path, plan: Plan, say: Say) -> Growth:
    """Fill ours and measure it; CannotMeasure when it refuses anything or hangs up."""
    scratch.mkdir(exist_ok=True)
    launch = OURS.provide(scratch)
    say(f"filling one with {plan.subscribers:,} subscribers")
    subscribers_mb = remember(launch, scratch, plan.subscribers)
    say(f"they take {subscribers_mb:,.0f} MB; filling one with {plan.full:,} customers")
    with running(launch, scratch) as full:
        fill(full, "create", plan.full)
        turns = [take_turns(full, launch, scratch, plan) for _ in range(plan.rounds)]
    look_new, look_full, create_new, create_full = map(middle_speed, zip(*turns, strict=True))
    return Growth(
        customers=plan.full,
        create_new=create_new,
        create_full=create_full,
        look_new=look_new,
        look_full=look_full,
        subscribers=plan.subscribers,
        subscribers_mb=subscribers_mb,
    )


def remember(launch: Launch, scratch: Path, subscribers: int) -> float:
    """The megabytes of a server after so many customers, each with a card and a subscription."""
    with running(launch, scratch) as server:
        fill(server, "subscribe", subscribers)
        return server.resident_mb()


def take_turns(
    full: Server, launch: Launch, scratch: Path, plan: Plan
) -> tuple[Speed, Speed, Speed, Speed]:
    """The speeds of listing and of making, each of a new server and of the full one."""
    with running(launch, scratch) as new:
        fill(new, "create", FILLED)
        return (
            speed(new, "look", plan.seconds),
            speed(full, "look", plan.seconds),
            speed(new, "create", plan.seconds),
            speed(full, "create", plan.seconds),
        )
