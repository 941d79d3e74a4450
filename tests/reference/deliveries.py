"""Delivering an event, and what the backend says became of it."""

from __future__ import annotations

from tests.reference.backend import Backend, Event

DELIVERED = "billing_webhook_events_total"
UPDATED = "customer.subscription.updated"


async def outcome(backend: Backend, event: Event | bytes) -> str:
    """What the backend says became of it."""
    taken = await backend.deliver(event)
    assert taken.status_code == 200, taken.text
    return str(taken.json()["outcome"])
