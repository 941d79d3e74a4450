"""Stripe's events: each is a reason to read the customer's subscriptions again."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from reference_impl.leases import lease
from reference_impl.metrics import HANDLED
from reference_impl.problems import Problem
from reference_impl.provider import CustomerGoneError
from reference_impl.refresh import owner_of, read_again, remember_customer
from reference_impl.service import Service, answering_in_time
from reference_impl.signature import is_genuine
from reference_impl.store import EventRow, SubscriptionRow
from reference_impl.subscriptions import keep
from reference_impl.wire.models import WebhookReceipt


@dataclass(frozen=True)
class Event:
    """What is taken from an event: its name and whom it is about; never a state."""

    id: str
    type: str
    livemode: bool
    customer: str | None

    @property
    def subject(self) -> str:
        """What must not be worked on twice at a time."""
        return f"customer-{self.customer}" if self.customer else f"event-{self.id}"


async def receive_stripe_webhook(service: Service, body: bytes, header: str) -> WebhookReceipt:
    """Verify, read, apply and record; what fails on the way is answered 5xx and comes again."""
    try:
        event = _believe(service, body, header)
    except Problem:
        await service.metrics.rejected()
        raise
    try:
        async with answering_in_time(), lease(service.store, event.subject):
            outcome = await _take(service, event)
    except Exception:
        await service.metrics.delivered(event.type, "failed")
        raise
    await service.metrics.delivered(event.type, outcome)
    return WebhookReceipt(outcome=outcome)


def _believe(service: Service, body: bytes, header: str) -> Event:
    """The event of a body that Stripe has signed; Problem 400 otherwise."""
    if not is_genuine(body, header, service.settings.webhook_secrets, time.time()):
        raise Problem(400, "invalid-signature")
    return parse(body)


def parse(body: bytes) -> Event:
    """The event of a body; Problem 400 when it is none."""
    try:
        # Only what JSON has: no NaN, nothing but UTF-8, and numbers of any length.
        document = json.loads(body.decode(), parse_constant=_refuse, parse_int=_number)
    except (ValueError, RecursionError) as problem:
        raise Problem(400, "malformed-event") from problem
    if not isinstance(document, dict):
        raise Problem(400, "malformed-event")
    event_id, kind = document.get("id"), document.get("type")
    if not (isinstance(event_id, str) and event_id and isinstance(kind, str) and kind):
        raise Problem(400, "malformed-event")
    customer = _customer(document)
    # Stripe's ids are ASCII; half a surrogate pair could be neither kept nor asked for.
    if not event_id.isascii():
        raise Problem(400, "malformed-event")
    if customer is not None and not customer.isascii():
        customer = None  # nobody's, as Stripe has none of that name
    return Event(event_id, kind, document.get("livemode") is True, customer)


def _refuse(word: str) -> None:
    raise ValueError(word)


def _number(digits: str) -> float:
    try:
        return int(digits)
    except ValueError:  # more of them than Python reads
        return float(digits)


def _customer(document: dict[str, Any]) -> str | None:
    """The customer that the event's object is, or belongs to."""
    data = document.get("data")
    about = data.get("object") if isinstance(data, dict) else None
    if not isinstance(about, dict):
        return None
    named = about.get("id") if about.get("object") == "customer" else about.get("customer")
    # Expanded, it is an object with an id.
    named = named.get("id") if isinstance(named, dict) else named
    return named if isinstance(named, str) and named else None


async def _take(service: Service, event: Event) -> str:
    """Apply the event and record it, in one transaction; the outcome in the metric's words."""
    async with service.store.read() as session:
        if await session.get(EventRow, event.id) is not None:
            return "duplicate"
    user_id, rows = await _effect(service, event)
    async with service.store.write() as session:
        if await session.get(EventRow, event.id) is not None:
            return "duplicate"
        session.add(EventRow(id=event.id, taken_at=datetime.now(UTC)))
        await keep(session, rows)
        # A customer of another product may carry the same metadata.
        if user_id is None or not any(row.plan for row in rows):
            return "ignored"
        await remember_customer(session, user_id, str(event.customer))
    return "processed"


async def _effect(service: Service, event: Event) -> tuple[int | None, list[SubscriptionRow]]:
    """Whose event it is, and the subscriptions as Stripe has them now; nothing for strangers."""
    concerns_us = event.type in HANDLED and event.livemode == service.settings.livemode
    if not concerns_us or event.customer is None:
        return None, []
    user_id = await owner_of(service, event.customer)
    if user_id is None:
        return None, []
    try:
        return user_id, await read_again(service, event.customer, user_id)
    except CustomerGoneError:
        return None, []
