"""A capability that is not declared must be refused cleanly: "not applicable" is earned."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import httpx

from billproof.initdata import InitData
from billproof.run.record import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from billproof.law import Capability, Operation
    from billproof.targets.protocol import Backend

CLEAN = (401, 404, 405)
_PARAMETER = re.compile(r"\{\w+\}")


def refusals(
    backend: Backend, capabilities: Iterable[Capability], user_id: int
) -> dict[str, Finding | None]:
    """For each capability: the first of its operations that is not refused cleanly, or None."""
    raw = InitData(user_id=user_id).sign(backend.environ["TELEGRAM_BOT_TOKEN"], time.time())
    callers: dict[str, dict[str, str]] = {
        "nobody": {},
        "a signed-in user": {"Authorization": f"tma {raw}"},
    }
    with httpx.Client(base_url=backend.base_url, timeout=12, trust_env=False) as client:
        found = {
            capability.name: [
                _unclean(client, operation, caller, headers)
                for operation in capability.operations
                for caller, headers in callers.items()
            ]
            for capability in capabilities
        }
    return {name: next(filter(None, findings), None) for name, findings in found.items()}


def _unclean(
    client: httpx.Client, operation: Operation, caller: str, headers: dict[str, str]
) -> Finding | None:
    """What is wrong with the answer to this operation, if anything."""
    path = _PARAMETER.sub("none", operation.path)
    call = f"{operation.method} {operation.path} by {caller}, of a capability that is not declared"
    expected = "status 401, 404 or 405"
    try:
        with client.stream(operation.method, path, headers=headers) as answer:
            status = answer.status_code
    except httpx.HTTPError as problem:
        return Finding(what=call, expected=expected, got=f"no answer ({type(problem).__name__})")
    return (
        None if status in CLEAN else Finding(what=call, expected=expected, got=f"status {status}")
    )
