"""The shapes of older API versions.

Objects are kept in the current one; who pins a version before basil (2025-03-31) is shown
what that release took away. Source: Stripe's changelog of basil, "deprecate subscription
current period start and end" and "adds new parent field to invoicing objects". Simplified: the
`previous_attributes` of an event keep the current shape, and lines lack their `price`.
"""

from __future__ import annotations

from typing import Any

from billproof.sandbox.objects.resource import Body, nulls

BASIL = "2025-03-31"
PERIOD = ("current_period_start", "current_period_end")
GONE = nulls("charge payment_intent quote subscription_proration_date tax")


def is_before_basil(version: str | None) -> bool:
    """Whether the version has the old shapes; none is the current one."""
    return version is not None and version[: len(BASIL)] < BASIL


def shown(body: Any, version: str | None) -> Any:
    """A JSON value as `version` shows it; a new one where that is another."""
    return _older(body) if is_before_basil(version) else body


def _older(value: Any) -> Any:
    if isinstance(value, list):
        return [_older(each) for each in value]
    if not isinstance(value, dict):
        return value
    nested = {name: _older(each) for name, each in value.items()}
    kind = value.get("object")
    # In an event's `data`, that member is the object itself.
    change = SHAPES.get(kind) if isinstance(kind, str) else None
    return change(nested) if change else nested


def _subscription(body: Body) -> Body:
    """The period is the subscription's own; that of its items is gone."""
    items = body["items"]["data"]
    periods = {name: [item.pop(name) for item in items if name in item] for name in PERIOD}
    start, end = (min(periods[name], default=None) for name in PERIOD)
    return {**body, "current_period_start": start, "current_period_end": end}


def _invoice(body: Body) -> Body:
    """The subscription is named at the top, and payment is said in two members."""
    parent = body.pop("parent", None) or {}
    details = parent.get("subscription_details") or {}
    paid = body.get("status") == "paid"
    outside = paid and not body.get("attempted")
    return {
        **body,
        **GONE,
        "paid": paid,
        "paid_out_of_band": outside,
        "subscription": details.get("subscription"),
        "subscription_details": {"metadata": details.get("metadata")},
    }


def _line(body: Body) -> Body:
    """What it is for stands at the top."""
    parent = (body.pop("parent", None) or {}).get("subscription_item_details") or {}
    named = {name: parent.get(name) for name in ("subscription", "subscription_item")}
    return {**body, **named, "proration": parent.get("proration", False), "type": "subscription"}


SHAPES = {"subscription": _subscription, "invoice": _invoice, "line_item": _line}
