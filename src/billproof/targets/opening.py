"""From a plan to the target that it describes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billproof.targets.app import AppTarget
from billproof.targets.command import CommandTarget, UrlTarget

if TYPE_CHECKING:
    from billproof.run.plan import RunPlan
    from billproof.targets.protocol import Target


def open_target(plan: RunPlan, worker: str) -> Target:
    """One worker's hold on the backend; `worker` is unique in the run (gw0, ui, …).

    Nothing is started before the first `fresh()` or `launch()`.
    """
    if plan.target.kind == "app":
        return AppTarget(plan, worker)
    if plan.target.kind == "command":
        return CommandTarget(plan, worker)
    return UrlTarget(plan)
