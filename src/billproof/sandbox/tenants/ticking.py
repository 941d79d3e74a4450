"""Time that goes on by itself: what falls due happens, and test clocks arrive."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from billproof.sandbox.tenants.defects import tell
from billproof.sandbox.tenants.tenants import Tenant


async def tick(tenants: Iterable[Tenant]) -> None:
    """Move everybody's time on; what fails for one is told, and holds up nobody else.

    Nor does a thousand clocks that advance at once: calls are answered between their steps.
    """
    for tenant in tenants:
        try:
            for _ in tenant.ticking():
                await asyncio.sleep(0)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others are to go on
            tell("Something that fell due", error)
