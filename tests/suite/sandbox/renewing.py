"""What is asked of a subscription on a clock, and how its card fails."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.suite.sandbox.local import Local

HOUR = 3600


def instant_of(text: str) -> int:
    """Unix seconds of an instant in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def status_of(stripe: Local, subscription: dict[str, str]) -> str:
    """As it is now."""
    return str(stripe.get(f"subscriptions/{subscription['id']}")["status"])


def latest_invoice(stripe: Local, subscription: dict[str, str]) -> dict[str, object]:
    """The one that came last."""
    found = stripe.get(f"subscriptions/{subscription['id']}", expand=["latest_invoice"])
    return dict(found["latest_invoice"])
