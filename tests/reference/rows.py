"""Rows as they lie in the database, but for what a test says of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import factory

from reference_impl.store import EventRow, IdempotencyRow, LeaseRow, SubscriptionRow, UserRow
from tests.reference.backend import ADA

NOW = datetime(2026, 11, 23, 14, 30, 5, tzinfo=UTC)


class UserRows(factory.Factory[UserRow]):
    """Ada, who is a customer."""

    class Meta:
        """What is made."""

        model = UserRow

    id = ADA
    customer_id = "cus_ada"
    customer_attempt = 1
    checkout_attempt = 1


class SubscriptionRows(factory.Factory[SubscriptionRow]):
    """Ada's; each gives access to plan pro."""

    class Meta:
        """What is made."""

        model = SubscriptionRow

    id = "sub_1"
    user_id = ADA
    customer_id = "cus_ada"
    plan = "pro"
    status = "active"
    collection_paused = False
    current_period_end = NOW + timedelta(days=1)
    cancel_at = None
    cancel_at_period_end = False
    ended_at = None
    trial_start = None


class EventRows(factory.Factory[EventRow]):
    """Events that have had their effect just now."""

    class Meta:
        """What is made."""

        model = EventRow

    id = "evt_1"
    taken_at = factory.LazyFunction(lambda: datetime.now(UTC))


class IdempotencyRows(factory.Factory[IdempotencyRow]):
    """Keys that Ada has just used."""

    class Meta:
        """What is made."""

        model = IdempotencyRow

    user_id = ADA
    key = "key-1"
    body = "pro"
    used_at = factory.LazyFunction(lambda: datetime.now(UTC))


class LeaseRows(factory.Factory[LeaseRow]):
    """Held by somebody who was killed."""

    class Meta:
        """What is made."""

        model = LeaseRow

    name = "a"
    holder = "killed"
    until = 0
