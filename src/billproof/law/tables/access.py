"""Stripe's status, paused collection and cancellation: what they give, and what may be done."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from billproof.law.frozen import Frozen

NONE = "none"
"""The status without a subscription; no circumstance applies to it."""

Action = Literal["upgrade", "manage", "fix-card"]
Cancellation = Literal["none", "at-period-end", "at-instant", "passed"]
End = Literal["period-end", "cancel-at", "ended-at"]


class Status(Frozen):
    """One of Stripe's statuses, or `none`, or one that Stripe has not yet."""

    status: str
    example: str | None = None
    """A word to try, where the status stands for words that are not known yet."""
    grants: bool
    """Whether it gives access by itself."""
    over: bool
    """Whether it is the end: nothing is scheduled any more, and ends_at is Stripe's ended_at."""
    label: str | None
    """Text of the badge; null where the page shows the status in words of its own."""
    actions: tuple[Action, ...]
    """What the billing page offers."""
    checkout: Literal["opens", "already-subscribed", "payment-pending"]
    """What POST checkout answers: 201, or 409 with this problem."""
    portal: Literal["opens", "no-customer"]
    """What POST portal answers: 201, or 409 with this problem."""
    reason: str


class Circumstance(Frozen):
    """What may stand beside the status of a subscription."""

    name: str
    collection_paused: bool | None
    """Whether `pause_collection` is set, whatever its behaviour; null where it is all the same."""
    cancellation: Cancellation
    """`at-period-end` and `at-instant` lie ahead; `passed` is either of them, behind us."""
    keeps_access: bool
    """Whether a status that grants still grants."""
    cancels: bool
    ends_at: End | None
    """Which of Stripe's instants is shown."""
    judged_by: str | None = None
    """The clause whose trials look at this row, where a moment has to pass for it."""
    reason: str


class AccessCase(Frozen):
    """One cell: a status under a circumstance, and what GET subscription says."""

    status: Status
    circumstance: Circumstance | None
    """None without a subscription."""
    access: bool
    effective_plan: Literal["plan", "free"]
    cancels: bool
    ends_at: End | None


class AccessTable(Frozen):
    """All statuses under all circumstances."""

    statuses: tuple[Status, ...] = Field(min_length=1)
    circumstances: tuple[Circumstance, ...] = Field(min_length=1)

    def cases(self) -> Iterator[AccessCase]:
        """Every cell, status by status."""
        for status in self.statuses:
            if status.status == NONE:
                yield self.case(status, None)
                continue
            for circumstance in self.circumstances:
                yield self.case(status, circumstance)

    def case(self, status: Status, circumstance: Circumstance | None) -> AccessCase:
        """The cell of a status under a circumstance."""
        access = status.grants and (circumstance is None or circumstance.keeps_access)
        scheduled = None if circumstance is None or status.over else circumstance
        return AccessCase(
            status=status,
            circumstance=circumstance,
            access=access,
            effective_plan="plan" if access else "free",
            cancels=scheduled.cancels if scheduled else False,
            ends_at="ended-at" if status.over else scheduled.ends_at if scheduled else None,
        )
