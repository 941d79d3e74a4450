"""Stripe's events: which are acted on, and what each situation is answered."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from billproof.law.frozen import Frozen

Outcome = Literal["processed", "ignored", "duplicate", "rejected", "failed"]


class EventType(Frozen):
    """A type that is acted on."""

    type: str
    object: Literal["checkout.session", "customer", "subscription", "invoice"]
    """What the event is about."""
    tells: str
    """Why it is a reason to look at Stripe again."""


class Situation(Frozen):
    """In what circumstances a delivery comes, and what it leads to."""

    name: str
    text: str
    answers: tuple[str, ...] = Field(min_length=1)
    """Statuses, or classes of them; any of these."""
    problem: str | None = None
    """The type of a 400."""
    effect: Literal["applied", "nothing", "later"]
    """`applied`: the read model becomes Stripe's state. `nothing`: nobody's state changes.
    `later`: it is applied by a redelivery, or by the backend alone once Stripe is well."""
    outcomes: tuple[Outcome, ...] = Field(min_length=1)
    """What billing_webhook_events_total counts the delivery as; any of these."""
    counted_as: Literal["its type", "other", "unknown"]
    """The counter's label `type`; of a delivery that is rejected it is always `unknown`."""
    reason: str

    def allows(self, status: int) -> bool:
        """Whether it may be answered."""
        return bool({str(status), f"{status // 100}xx"} & set(self.answers))


class EventTable(Frozen):
    """All types and all situations."""

    types: tuple[EventType, ...] = Field(min_length=1)
    situations: tuple[Situation, ...] = Field(min_length=1)
