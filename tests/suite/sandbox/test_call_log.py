"""The log of calls."""

from __future__ import annotations

from billproof.sandbox.tenants.calls import Call
from billproof.sandbox.tenants.tenants import MOST_CALLS
from tests.suite.sandbox.local import Local


def test_the_log_of_calls_is_bounded() -> None:
    """A sandbox that runs for weeks forgets the oldest."""
    local = Local()
    for number in range(MOST_CALLS + 1):
        local.tenant.calls.append(
            Call(id=f"req_{number}", at=0.0, method="GET", path="/v1/events", idempotency_key=None)
        )

    kept = [call.id for call in local.tenant.calls]
    assert (kept[0], kept[-1], len(kept)) == ("req_1", f"req_{MOST_CALLS}", MOST_CALLS)
