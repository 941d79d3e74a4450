"""Test clocks: time that stands still until it is advanced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from billproof.sandbox.objects.resource import Body, Resource


@dataclass(kw_only=True)
class TestClock(Resource):
    """One clock; its customers are those whose `test_clock` it is."""

    __test__ = False  # pytest would collect it by its name

    kind: ClassVar[str] = "test_helpers.test_clock"
    frozen_time: int
    deletes_after: int
    name: str | None = None
    target: int | None = None
    """Where it is advancing to."""
    failed: bool = False
    """Whether something broke on its way: it never advances again."""

    @property
    def status(self) -> str:
        """`ready`, `advancing` as long as something may still happen, or `internal_failure`."""
        if self.failed:
            return "internal_failure"
        return "ready" if self.target is None else "advancing"

    def body(self) -> Body:
        """The clock."""
        head = self.head()
        del head["metadata"]
        details = {"target_frozen_time": self.target} if self.target else None
        return {
            **head,
            "deletes_after": self.deletes_after,
            "frozen_time": self.frozen_time,
            "name": self.name,
            "status": self.status,
            "status_details": {"advancing": details} if details else {},
        }
