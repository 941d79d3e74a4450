"""Changes of a subscription in the middle of its period."""

from __future__ import annotations

from typing import Any

from tests.suite.sandbox.local import DAY, Local

MONTH = 31 * DAY
"""From 15 January to 15 February."""


def item_of(subscription: dict[str, Any]) -> str:
    """Its only item's id."""
    return str(subscription["items"]["data"][0]["id"])


def change(stripe: Local, subscription: dict[str, Any], price: str, **extra: Any) -> Any:
    """Have its item be of another price; what the call answers."""
    items = [{"id": item_of(subscription), "price": price}]
    return stripe.post(f"subscriptions/{subscription['id']}", items=items, **extra)
