"""What a subscription lets its owner do, and which of several counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from reference_impl.access import read_model
from reference_impl.catalogue import Catalogue
from reference_impl.store import SubscriptionRow
from reference_impl.wire.models import Subscription
from tests.reference.rows import NOW, SubscriptionRows

CATALOGUE = Catalogue.read(Path(__file__).parents[2] / "contracts" / "plans.json")
row = SubscriptionRows.build
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)

STATUSES = {
    "active": True,
    "trialing": True,
    "past_due": True,
    "incomplete": False,
    "incomplete_expired": False,
    "unpaid": False,
    "canceled": False,
    "paused": False,
    "a status of the future": False,
}
"""Which of Stripe's words give access."""


@dataclass(frozen=True)
class End:
    """A scheduled cancellation, or none; `over` when its instant has come."""

    over: bool = False
    cancel_at: datetime | None = None
    at_period_end: bool = False
    period_end: datetime = NOW + DAY

    @property
    def instant(self) -> datetime | None:
        """When access ends."""
        if self.cancel_at is not None:
            return self.cancel_at
        return self.period_end if self.at_period_end else None


ENDS = {
    "no end": End(),
    "no end, period over": End(period_end=NOW - DAY),
    "at an instant to come": End(cancel_at=NOW + SECOND),
    "at this instant": End(over=True, cancel_at=NOW),
    "at an instant gone by": End(over=True, cancel_at=NOW - SECOND),
    "at period end": End(at_period_end=True),
    "at a period end gone by": End(over=True, at_period_end=True, period_end=NOW - SECOND),
    "before period end": End(over=True, cancel_at=NOW - DAY, at_period_end=True),
    "after period end": End(cancel_at=NOW + DAY, at_period_end=True, period_end=NOW - DAY),
}


def shown(*rows: SubscriptionRow) -> Subscription:
    """The read model of these subscriptions, the same in whatever order they are met."""
    model = read_model(rows, CATALOGUE, NOW)
    assert read_model(reversed(rows), CATALOGUE, NOW) == model
    return model


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("paused", [False, True], ids=["collecting", "paused"])
@pytest.mark.parametrize(("status", "grants"), STATUSES.items())
def test_access(*, status: str, grants: bool, paused: bool, end: End) -> None:
    """A granting status, no pause, and no cancellation whose instant has come."""
    model = shown(
        row(
            status=status,
            collection_paused=paused,
            cancel_at=end.cancel_at,
            cancel_at_period_end=end.at_period_end,
            current_period_end=end.period_end,
        )
    )

    assert model.access is (grants and not paused and not end.over)
    assert model.effective_plan == ("pro" if model.access else "free")
    assert (model.plan, model.status) == ("pro", status)
    assert (model.ends_at, model.cancels) == (end.instant, end.instant is not None)
    assert model.current_period_end == end.period_end


def test_no_subscription_is_the_free_plan() -> None:
    """Without access and without an end.

    One of another product is no subscription, nor is one of a plan that is sold no more.
    """
    nothing = {"current_period_end": None, "ends_at": None, "access": False, "cancels": False}

    assert shown() == shown(row(plan=None)) == shown(row(plan="of last year"))
    assert shown().model_dump() == {
        "plan": "free",
        "effective_plan": "free",
        "status": "none",
        **nothing,
    }


def test_what_is_canceled_keeps_plan_and_end() -> None:
    """Its end is Stripe's; no cancellation is left to come."""
    ended = NOW - DAY

    model = shown(row(status="canceled", ended_at=ended, cancel_at=NOW, cancel_at_period_end=True))

    assert (model.plan, model.effective_plan, model.access) == ("pro", "free", False)
    assert (model.ends_at, model.cancels) == (ended, False)


CHOICES = {
    "access before rank": (
        row(id="a", plan="basic"),
        row(id="b", plan="team", status="unpaid"),
    ),
    "access before end": (
        row(id="a", cancel_at=NOW + SECOND),
        row(id="b", status="unpaid", current_period_end=NOW + 9 * DAY),
    ),
    "rank before end": (
        row(id="a", plan="team"),
        row(id="b", plan="pro", current_period_end=NOW + 9 * DAY),
    ),
    "rank without access": (
        row(id="a", plan="team", status="canceled", ended_at=NOW - 9 * DAY),
        row(id="b", plan="pro", status="canceled", ended_at=NOW - DAY),
    ),
    "later end": (
        row(id="a", current_period_end=NOW + 2 * DAY),
        row(id="b"),
    ),
    "later cancellation": (
        row(id="a", cancel_at=NOW + 2 * DAY),
        row(id="b", cancel_at=NOW + DAY, current_period_end=NOW + 9 * DAY),
    ),
    "greater id": (
        row(id="b", status="past_due"),
        row(id="a"),
    ),
    "catalogue before all": (
        row(id="a", status="unpaid"),
        row(id="b", plan=None),
    ),
}
"""Pairs, of which the first counts."""


@pytest.mark.parametrize(("counts", "other"), CHOICES.values(), ids=CHOICES)
def test_the_one_that_counts(counts: SubscriptionRow, other: SubscriptionRow) -> None:
    """Access first, then the plan's rank, then the later end, then the id."""
    model = shown(counts, other)

    assert model == shown(counts)
    assert model != shown(other)
