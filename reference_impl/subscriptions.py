"""The subscriptions, read again from Stripe, and what the caller has of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import stripe
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from reference_impl.access import read_model
from reference_impl.catalogue import Catalogue
from reference_impl.service import Service
from reference_impl.store import SubscriptionRow
from reference_impl.wire.models import PlanList, Subscription


async def get_subscription(service: Service, user_id: int) -> Subscription:
    """The read model at this moment."""
    async with service.store.read() as session:
        rows = await rows_of(session, user_id)
    return read_model(rows, service.settings.catalogue, datetime.now(UTC))


async def list_plans(service: Service) -> PlanList:
    """The catalogue, as the wire has it."""
    plans = service.settings.catalogue.plans
    return PlanList.model_validate({"plans": [plan.model_dump() for plan in plans]})


async def rows_of(session: AsyncSession, user_id: int) -> Sequence[SubscriptionRow]:
    """All subscriptions of the user that were ever seen."""
    query = select(SubscriptionRow).where(SubscriptionRow.user_id == user_id)
    return (await session.scalars(query)).all()


async def keep(session: AsyncSession, rows: Iterable[SubscriptionRow]) -> None:
    """Write what Stripe showed; a subscription that is known is replaced whole."""
    for row in rows:
        await session.merge(row)


def row_of(
    seen: stripe.Subscription, user_id: int, customer_id: str, catalogue: Catalogue
) -> SubscriptionRow:
    """Stripe's subscription as a row; period and plan are those of the catalogue's item."""
    items = [item for item in seen["items"].data if catalogue.sold_as([item.price.id])]
    item = items[0] if items else None
    plan = catalogue.sold_as([item.price.id]) if item else None
    return SubscriptionRow(
        id=seen.id,
        user_id=user_id,
        customer_id=customer_id,
        plan=plan.key if plan else None,
        status=seen.status,
        collection_paused=seen.pause_collection is not None,
        current_period_end=_instant(item.current_period_end if item else None),
        cancel_at=_instant(seen.cancel_at),
        cancel_at_period_end=seen.cancel_at_period_end,
        ended_at=_instant(seen.ended_at),
        trial_start=_instant(seen.trial_start),
    )


def _instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
