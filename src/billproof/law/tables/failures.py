"""Stripe fails while an operation runs: what the caller is told."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from billproof.law.frozen import Frozen


class Fault(Frozen):
    """How a sandbox makes the failure."""

    calls: Literal["all", "writes"]
    """Which of the backend's calls fail."""
    effect: Literal["status", "hang", "reset", "lost"]
    status: int | None = None
    code: str | None = None
    """Of Stripe's error."""


class Failure(Frozen):
    """One way of Stripe's to fail."""

    name: str
    text: str
    fault: Fault | None
    """Null where the failure is made by a change at Stripe, as the text says."""


class Row(Frozen):
    """What some operations answer under some failures."""

    operations: tuple[str, ...] = Field(min_length=1)
    failures: tuple[str, ...] = Field(min_length=1)
    answers: tuple[str, ...] = Field(min_length=1)
    """Statuses, or classes of them; any of these."""
    problem: str | None = None
    """The type of an answer that is an error; null where none is, or any may come."""
    retry_after: bool = False
    """Whether an answer that is an error carries Retry-After."""
    afterwards: str
    """What holds once Stripe is well again."""
    reason: str

    def allows(self, status: int) -> bool:
        """Whether it may be answered."""
        return bool({str(status), f"{status // 100}xx"} & set(self.answers))


class FailureTable(Frozen):
    """All failures in all operations."""

    within_seconds: int
    """Every answer comes in this time, whatever Stripe does."""
    failures: tuple[Failure, ...] = Field(min_length=1)
    rows: tuple[Row, ...] = Field(min_length=1)

    def row(self, operation: str, failure: str) -> Row:
        """The one row of an operation under a failure."""
        [row] = self.rows_of(operation, failure)
        return row

    def rows_of(self, operation: str, failure: str) -> list[Row]:
        """All rows of an operation under a failure; the linter wants one."""
        return [row for row in self.rows if operation in row.operations and failure in row.failures]
