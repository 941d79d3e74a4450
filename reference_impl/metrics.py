"""The counters of contracts/metrics.yaml, in a registry of their own."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, generate_latest

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


class Metrics:
    """The counters; every label value is there from the start, at 0."""

    def __init__(self, plans: Iterable[str]) -> None:
        self.registry = CollectorRegistry()
        self._checkouts = self._counter(
            "miniapp_checkout_start", "Checkout Sessions created", ["plan"]
        )
        self._portals = self._counter("miniapp_portal_open", "Portal sessions created")
        self._events = self._counter(
            "billing_webhook_events", "Deliveries of Stripe's events", ["type", "outcome"]
        )
        self._registered = self._counter("miniapp_device_register", "Devices registered")
        self._revoked = self._counter("miniapp_device_revoke", "Devices removed")
        for plan in plans:
            self._checkouts.labels(plan)
        for kind in (*HANDLED, OTHER, UNKNOWN):
            for outcome in OUTCOMES:
                self._events.labels(kind, outcome)

    def checkout_started(self, plan: str) -> None:
        """A Checkout Session was created."""
        self._checkouts.labels(plan).inc()

    def portal_opened(self) -> None:
        """A portal session was created."""
        self._portals.inc()

    def delivered(self, kind: str, outcome: str) -> None:
        """A delivery was answered; types that are not handled count as one."""
        known = kind if kind in HANDLED else OTHER
        self._events.labels(known, outcome).inc()

    def rejected(self) -> None:
        """A delivery that cannot be believed was refused; what it says of itself is not used."""
        self._events.labels(UNKNOWN, "rejected").inc()

    def device_registered(self) -> None:
        """A device was registered for the first time."""
        self._registered.inc()

    def device_revoked(self) -> None:
        """A device was removed."""
        self._revoked.inc()

    def exposition(self) -> bytes:
        """Prometheus text."""
        return generate_latest(self.registry)

    def _counter(self, name: str, text: str, labels: Iterable[str] = ()) -> Counter:
        return Counter(name, text, labels, registry=self.registry)
