"""The one Stripe customer of a user, and his subscriptions read again."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from reference_impl.access import TERMINAL
from reference_impl.leases import lease
from reference_impl.provider import AnswerLostError, CustomerGoneError, ProviderError
from reference_impl.refresh import read_again, remember_user
from reference_impl.service import Service
from reference_impl.store import SubscriptionRow, UserRow
from reference_impl.subscriptions import keep, rows_of


@dataclass(frozen=True)
class Customer:
    """A user's Stripe customer, and the user's subscriptions as Stripe has them now."""

    id: str
    subscriptions: Sequence[SubscriptionRow]
    had_trial: bool
    """Whether any subscription of the user, of a former customer too, began with a trial."""


async def customer_of(service: Service, user_id: int) -> Customer:
    """The user's customer; made for the first checkout, replaced when Stripe deleted it."""
    async with service.store.write() as session:
        user = await remember_user(session, user_id)
        earlier = await rows_of(session, user_id)
    current: Sequence[SubscriptionRow] = []
    customer_id = user.customer_id
    if customer_id is not None:
        try:
            # First: what a deleted customer subscribed to has ended, and must be seen to.
            current = await refreshed(service, customer_id, user_id)
            await service.provider.owner_of(customer_id)
        except CustomerGoneError:
            customer_id = None
    if customer_id is None:
        customer_id = await _create(service, user)
    elsewhere = await _elsewhere(service, user, earlier)
    had_trial = any(row.trial_start is not None for row in (*earlier, *current, *elsewhere))
    return Customer(customer_id, [*current, *elsewhere], had_trial)


async def _elsewhere(
    service: Service, user: UserRow, known: Sequence[SubscriptionRow]
) -> Sequence[SubscriptionRow]:
    """What lives of his other customers, made by hand at Stripe: it is paid for as well."""
    living = {one.customer_id for one in known if one.customer_id and one.status not in TERMINAL}
    found: list[SubscriptionRow] = []
    for other in living - {user.customer_id}:
        with suppress(CustomerGoneError):
            found += await refreshed(service, other, user.id)
    return found


async def refreshed(service: Service, customer_id: str, user_id: int) -> Sequence[SubscriptionRow]:
    """Read the customer's subscriptions from Stripe and keep them, under the customer's lease."""
    async with lease(service.store, f"customer-{customer_id}"):
        rows = await read_again(service, customer_id, user_id)
        async with service.store.write() as session:
            await keep(session, rows)
    return rows


async def _create(service: Service, user: UserRow) -> str:
    customer_id: str | None = None
    try:
        customer_id = await service.provider.create_customer(user.id, user.customer_attempt)
    except AnswerLostError:
        raise
    except ProviderError:
        await _settle(service, user.id, None)
        raise
    await _settle(service, user.id, customer_id)
    return customer_id


async def _settle(service: Service, user_id: int, customer_id: str | None) -> None:
    """A definite answer: Stripe would repeat it under its key, so the next key is another."""
    async with service.store.write() as session:
        user = await session.get_one(UserRow, user_id, with_for_update=True)
        user.customer_attempt += 1
        user.customer_id = customer_id
