"""What a subscription lets its owner do: a pure function of Stripe's state and the clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from reference_impl.catalogue import FREE, Catalogue
from reference_impl.store import SubscriptionRow
from reference_impl.wire.models import Subscription

GRANTING = frozenset({"active", "trialing", "past_due"})
TERMINAL = frozenset({"canceled", "incomplete_expired"})


def read_model(rows: Iterable[SubscriptionRow], catalogue: Catalogue, at: datetime) -> Subscription:
    """What the owner of `rows` has at `at`; no subscription is the free plan."""
    counting = [row for row in rows if row.plan is not None and catalogue.plan(row.plan)]
    if not counting:
        return Subscription(
            plan=FREE,
            effective_plan=FREE,
            status="none",
            access=False,
            current_period_end=None,
            ends_at=None,
            cancels=False,
        )
    return _shown(max(counting, key=lambda row: _weight(row, catalogue, at)), at)


def _weight(
    row: SubscriptionRow, catalogue: Catalogue, at: datetime
) -> tuple[bool, int, float, str]:
    """Access first, then the plan's rank, then the later end, then the id."""
    plan = catalogue.plan(row.plan or FREE)
    end = ends_at(row) or row.current_period_end
    return grants(row, at), plan.rank if plan else 0, end.timestamp() if end else 0.0, row.id


def _shown(row: SubscriptionRow, at: datetime) -> Subscription:
    plan, access = row.plan or FREE, grants(row, at)
    return Subscription(
        plan=plan,
        effective_plan=plan if access else FREE,
        status=row.status,
        access=access,
        current_period_end=row.current_period_end,
        ends_at=ends_at(row),
        cancels=row.ended_at is None and _scheduled_end(row) is not None,
    )


def grants(row: SubscriptionRow, at: datetime) -> bool:
    """Whether `row` gives access at `at`; only a scheduled cancellation ends it by the clock."""
    end = _scheduled_end(row)
    return row.status in GRANTING and not row.collection_paused and (end is None or at < end)


def ends_at(row: SubscriptionRow) -> datetime | None:
    """When it ended, or is going to end."""
    return row.ended_at or _scheduled_end(row)


def _scheduled_end(row: SubscriptionRow) -> datetime | None:
    if row.cancel_at is not None:
        return row.cancel_at
    return row.current_period_end if row.cancel_at_period_end else None
