"""Time that goes on by itself: what falls due happens, and test clocks arrive."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from billproof.sandbox.tenants.tenants import Tenant

log = logging.getLogger("billproof.sandbox")


def tick(tenants: Iterable[Tenant]) -> None:
    """Move everybody's time on; what fails for one is logged, and holds up nobody else."""
    for tenant in tenants:
        try:
            tenant.tick()
        except Exception:
            log.exception(
                "Something that fell due could not happen. This is a defect of the sandbox: "
                "please report what led to it."
            )
