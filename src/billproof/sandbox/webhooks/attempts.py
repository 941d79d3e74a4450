"""Deliveries as they are remembered: how events leave, and every attempt so far."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Literal

from billproof.sandbox.objects.resource import Body

BACK_OFF = (0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0, 8.0, 8.0, 8.0)
"""Seconds between attempts; Stripe's own go on for three days."""
PATIENCE_SECONDS, LONGEST_PATIENCE = 20.0, 60.0
Mode = Literal["auto", "manual"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One delivery of one event to one endpoint; `status` is None when no answer came."""

    id: str
    event: str
    type: str
    customer: str | None
    endpoint: str
    url: str
    number: int
    at: float
    seconds: float
    status: int | None
    answer: str
    error: str | None

    @property
    def taken(self) -> bool:
        """Whether the endpoint answered 2xx; a redirect is a failure."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004 - HTTP's own

    def body(self) -> Body:
        """The attempt as the control API shows it."""
        return {**asdict(self), "taken": self.taken}


@dataclass(slots=True)
class Deliveries:
    """One account's."""

    mode: Mode = "auto"
    by_customer: dict[str, Mode] = field(default_factory=dict)
    back_off: tuple[float, ...] = BACK_OFF
    """Seconds from each failed attempt to the next."""
    patience: float = PATIENCE_SECONDS
    """For how many seconds an endpoint's answer is waited for."""
    dropped: set[str] = field(default_factory=set)
    """Events that are never delivered by themselves."""
    attempts: list[Attempt] = field(default_factory=list)
    moving: Counter[str] = field(default_factory=Counter)
    """How often each event waits for its turn, for an answer, or for the next attempt."""

    @property
    def under_way(self) -> int:
        """How many deliveries will still be tried by themselves."""
        return self.moving.total()

    def begin(self, event: str) -> None:
        """Note that a delivery of an event is on its way."""
        self.moving[event] += 1

    def end(self, event: str) -> None:
        """Note that it is over."""
        self.moving[event] -= 1
        if not self.moving[event]:
            del self.moving[event]

    def tried(self) -> dict[tuple[str, str], int]:
        """How often each event has been sent by itself to an endpoint, for those that it was."""
        return {(each.event, each.endpoint): each.number for each in self.attempts}

    def mode_for(self, customer: str | None) -> Mode:
        """How a customer's events leave."""
        return self.by_customer.get(customer or "", self.mode)

    def holds(self, event: str, customer: str | None) -> bool:
        """Whether an event does not leave by itself."""
        return event in self.dropped or self.mode_for(customer) == "manual"
