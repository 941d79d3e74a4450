"""Stripe's customer portal, for whoever has a customer."""

from __future__ import annotations

from reference_impl.problems import Problem
from reference_impl.provider import CustomerGoneError
from reference_impl.service import Service, answering_in_time
from reference_impl.store import UserRow
from reference_impl.wire.models import Portal


async def create_portal(service: Service, user_id: int) -> Portal:
    """A new portal session; its URL is neither kept nor logged."""
    async with service.store.read() as session:
        user = await session.get(UserRow, user_id)
    if user is None or user.customer_id is None:
        raise Problem(409, "no-customer")
    async with answering_in_time():
        try:
            url = await service.provider.create_portal_session(user.customer_id)
        except CustomerGoneError as gone:
            raise Problem(409, "no-customer") from gone
    await service.metrics.portal_opened()
    return Portal(url=url)
