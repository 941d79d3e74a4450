"""The background loop: what falls due by itself happens without anybody asking."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Protocol

from billproof.sandbox.objects.errors import StripeError
from billproof.sandbox.tenants.telling import tell

TICK_SECONDS = 0.2


class Ticking(Protocol):
    """Something that time passes in, and that can be kept."""

    def tick(self) -> None:
        """Do what has fallen due."""

    def save(self) -> None:
        """Keep what has changed; StripeError when that cannot be done."""


async def tick(every: Iterable[Ticking], seconds: float = TICK_SECONDS) -> None:
    """Tick and save all of them, for ever; one that fails is told once and tried again."""
    failing: set[int] = set()
    while True:
        await asyncio.sleep(seconds)
        for each in every:
            _tick_one(each, failing)


def _tick_one(each: Ticking, failing: set[int]) -> None:
    try:
        each.tick()
    except Exception as error:  # noqa: BLE001 - whatever it is, the others are to go on
        if id(each) not in failing:
            failing.add(id(each))
            tell("Time in an account", error)
    save(each)


def save(each: Ticking) -> None:
    """Keep what has changed, if the disk takes it."""
    # A full disk is told to whoever calls next; until then memory has it.
    with suppress(StripeError):
        each.save()
