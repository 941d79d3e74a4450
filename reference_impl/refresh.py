"""A customer's subscriptions, read again from Stripe: state is never carried by an event."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from reference_impl.provider import CustomerGoneError
from reference_impl.service import Service
from reference_impl.store import SubscriptionRow, UserRow, insert
from reference_impl.subscriptions import row_of

USER_ID_DIGITS = 16
"""Of the longest id that Telegram gives; other products write longer ones, which no row holds."""


async def owner_of(service: Service, customer_id: str) -> int | None:
    """The user whose customer this is: by our own book, else by Stripe's metadata.

    A customer that is gone has none; it is his who had its subscriptions.
    """
    async with service.store.read() as session:
        query = select(UserRow.id).where(UserRow.customer_id == customer_id)
        known = (await session.scalars(query)).first()
        had = select(SubscriptionRow.user_id).where(SubscriptionRow.customer_id == customer_id)
        former = (await session.scalars(had)).first()
    if known is not None:
        return known
    try:
        named = await service.provider.owner_of(customer_id)
    except CustomerGoneError:
        return former
    if named and len(named) > USER_ID_DIGITS:
        return None
    return int(named) if named and named.isascii() and named.isdigit() else None


async def read_again(service: Service, customer_id: str, user_id: int) -> list[SubscriptionRow]:
    """The customer's subscriptions as Stripe has them now. Hold the customer's lease."""
    seen = await service.provider.subscriptions(customer_id)
    return [row_of(one, user_id, customer_id, service.settings.catalogue) for one in seen]


async def remember_user(session: AsyncSession, user_id: int) -> UserRow:
    """The user's row, made if there is none, and this transaction's until it ends."""
    first = insert(session, UserRow).values(id=user_id, customer_attempt=1, checkout_attempt=1)
    await session.execute(first.on_conflict_do_nothing())
    return await session.get_one(UserRow, user_id, with_for_update=True)


async def remember_customer(session: AsyncSession, user_id: int, customer_id: str) -> None:
    """Book a customer that Stripe names as the user's, unless he has one already."""
    user = await remember_user(session, user_id)
    if user.customer_id is None:
        user.customer_id = customer_id
