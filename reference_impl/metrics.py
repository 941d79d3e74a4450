"""The counters of contracts/metrics.yaml, kept in the database: one truth over all workers."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from reference_impl.store import CounterRow, Store, insert

HANDLED = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
        "customer.deleted",
        "customer.subscription.created",
        "customer.subscription.updated",
        "customer.subscription.deleted",
        "customer.subscription.paused",
        "customer.subscription.resumed",
        "customer.subscription.trial_will_end",
        "invoice.paid",
        "invoice.payment_failed",
        "invoice.payment_action_required",
        "invoice.finalized",
        "invoice.finalization_failed",
        "invoice.voided",
        "invoice.marked_uncollectible",
    }
)
"""The event types that are acted on."""

OTHER, UNKNOWN = "other", "unknown"
OUTCOMES = ("processed", "ignored", "duplicate", "rejected", "failed")

CHECKOUTS, PORTALS = "miniapp_checkout_start", "miniapp_portal_open"
EVENTS = "billing_webhook_events"
REGISTERED, REVOKED = "miniapp_device_register", "miniapp_device_revoke"
TEXTS = {
    CHECKOUTS: "Checkout Sessions created",
    PORTALS: "Portal sessions created",
    EVENTS: "Deliveries of Stripe's events",
    REGISTERED: "Devices registered",
    REVOKED: "Devices removed",
}

PATIENCE_SECONDS = 1.0
"""For how long an answer waits until it is counted; what lasts longer is counted later."""

Series = tuple[str, ...]
"""A family's name, and a value for each of its labels."""


ClosedLists = Mapping[str, Mapping[str, Sequence[str]]]
"""By family: its labels, and every value that each of them may have."""


class Metrics:
    """Each step is written when its outcome is known; what cannot be written goes with the next."""

    def __init__(self, store: Store, plans: Sequence[str]) -> None:
        self._store = store
        self._labels: ClosedLists = {
            CHECKOUTS: {"plan": plans},
            EVENTS: {"type": (*sorted(HANDLED), OTHER, UNKNOWN), "outcome": OUTCOMES},
        }
        self._waiting: Counter[Series] = Counter()
        self._writes: set[asyncio.Task[None]] = set()

    async def checkout_started(self, plan: str) -> None:
        """A Checkout Session was created."""
        await self._count(CHECKOUTS, plan)

    async def portal_opened(self) -> None:
        """A portal session was created."""
        await self._count(PORTALS)

    async def delivered(self, kind: str, outcome: str) -> None:
        """A delivery was answered; types that are not handled count as one."""
        known = kind if kind in HANDLED else OTHER
        await self._count(EVENTS, known, outcome)

    async def rejected(self) -> None:
        """A delivery that cannot be believed was refused; what it says of itself is not used."""
        await self._count(EVENTS, UNKNOWN, "rejected")

    async def device_registered(self) -> None:
        """A device was registered for the first time."""
        await self._count(REGISTERED)

    async def device_revoked(self) -> None:
        """A device was removed."""
        await self._count(REVOKED)

    async def exposition(self) -> bytes:
        """Prometheus text; every series of the closed lists is there, at 0 before it moves."""
        async with self._store.read() as session:
            rows = (await session.scalars(select(CounterRow))).all()
        registry = CollectorRegistry()
        registry.register(
            Shown(self._labels, {(row.family, row.labels): row.value for row in rows})
        )
        return generate_latest(registry)

    async def _count(self, *series: str) -> None:
        self._waiting[series] += 1
        # Never cancelled: a transaction that is left halfway keeps SQLite locked.
        write = asyncio.create_task(self._write())
        self._writes.add(write)
        write.add_done_callback(self._writes.discard)
        await asyncio.wait([write], timeout=PATIENCE_SECONDS)

    async def close(self) -> None:
        """Let what is being written be written; the database must still be there."""
        await asyncio.gather(*self._writes)

    async def _write(self) -> None:
        taken, self._waiting = self._waiting, Counter()
        try:
            async with self._store.write() as session:
                # In one order always, or two workers could wait for each other.
                for (family, *labels), steps in sorted(taken.items()):
                    row = {"family": family, "labels": ",".join(labels), "value": steps}
                    adding = insert(session, CounterRow).values(row)
                    more = {"value": CounterRow.value + steps}
                    keys = ["family", "labels"]
                    adding = adding.on_conflict_do_update(index_elements=keys, set_=more)
                    await session.execute(adding)
        except (SQLAlchemyError, OSError):
            self._waiting.update(taken)


class Shown(Collector):
    """What was counted, and 0 for every other series of the closed lists."""

    def __init__(self, lists: ClosedLists, counted: Mapping[tuple[str, str], int]) -> None:
        self._lists = lists
        self._counted = counted

    def collect(self) -> Iterator[Metric]:
        """The families, each with all its series."""
        for name, text in TEXTS.items():
            labels = self._lists.get(name, {})
            family = CounterMetricFamily(name, text, labels=list(labels))
            for values in product(*labels.values()):
                family.add_metric(values, self._counted.get((name, ",".join(values)), 0))
            yield family
