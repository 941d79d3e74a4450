"""What releases of the API took away, put back for those who pin a version before them.

Sources: Stripe's changelog of basil, "deprecate subscription current period start and end" and
"adds new parent field to invoicing objects", and of dahlia, "updates checkout session UI mode
enum values"; the types of Stripe's SDKs of those versions.
"""

from __future__ import annotations

from collections.abc import Callable

from billproof.sandbox.objects.resource import Body, nulls

BASIL, DAHLIA = "2025-03-31", "2026-03-25"
PERIOD = ("current_period_start", "current_period_end")
UI_MODES = {"elements": "custom", "embedded_page": "embedded", "hosted_page": "hosted"}
NOT_IN_PLANS = nulls(
    "custom_unit_amount lookup_key recurring tax_behavior transform_quantity type unit_amount "
    "unit_amount_decimal"
)
Tell = Callable[[str], Body | None]
"""What older versions show besides of the object of an id."""
Shapes = dict[str, Callable[[Body, Tell], Body]]
"""By kind, from the current shape to an older one."""


def _session(body: Body, _tell: Tell) -> Body:
    """Other words for where it is shown."""
    mode = body.get("ui_mode")
    return {**body, "ui_mode": UI_MODES.get(mode, mode) if isinstance(mode, str) else mode}


def _subscription(body: Body, _tell: Tell) -> Body:
    """The period is the subscription's own too; so is the plan, of a single item."""
    items = body["items"]["data"]
    periods = {name: [item[name] for item in items if name in item] for name in PERIOD}
    start, end = (min(periods[name], default=None) for name in PERIOD)
    only = items[0] if len(items) == 1 else {}
    return {
        **body,
        "current_period_start": start,
        "current_period_end": end,
        "discount": None,
        "plan": only.get("plan"),
        "quantity": only.get("quantity"),
    }


def _invoice(body: Body, tell: Tell) -> Body:
    """The subscription is named at the top, and how it was paid."""
    parent = body.pop("parent", None) or {}
    details = parent.get("subscription_details") or {}
    body.pop("total_taxes", None)
    return {
        **body,
        **nulls("application_fee_amount charge discount payment_intent quote"),
        **nulls("rendering_options tax transfer_data"),
        **(tell(str(body.get("id"))) or {}),
        "paid": body.get("status") == "paid",
        "paid_out_of_band": bool(body.get("amount_paid_off_stripe")),
        "subscription": details.get("subscription"),
        "subscription_details": {"metadata": details.get("metadata")},
        "total_tax_amounts": [],
    }


def _line(body: Body, tell: Tell) -> Body:
    """What it is for stands at the top, and its price in full."""
    parent = body.pop("parent", None) or {}
    details = parent.get(parent.get("type")) or {}
    plain = "proration proration_details subscription subscription_item"
    waited = {"invoice_item": details["invoice_item"]} if details.get("invoice_item") else {}
    priced = _priced(body, tell)
    body.pop("taxes", None)
    return {
        **body,
        **{name: details.get(name) for name in plain.split()},
        **waited,
        **priced,
        "amount_excluding_tax": body["amount"],
        "tax_amounts": [],
        "tax_rates": [],
        "type": "invoiceitem" if waited else "subscription",
    }


def _item(body: Body, tell: Tell) -> Body:
    """What waits for an invoice: its price in full, and which subscription it is of."""
    parent = body.pop("parent", None) or {}
    details = parent.get("subscription_details") or {}
    named = {name: details.get(name) for name in ("subscription", "subscription_item")}
    priced = _priced(body, tell)
    priced["unit_amount"] = _whole(priced.pop("unit_amount_excluding_tax"))
    return {**body, **named, **priced}


def _priced(body: Body, tell: Tell) -> Body:
    """The price of a line, its plan, and what one costs; an amount by hand has only the last."""
    pricing = body.pop("pricing", None) or {}
    identifier = (pricing.get("price_details") or {}).get("price")
    price = (tell(identifier) if identifier else None) or None
    each = pricing.get("unit_amount_decimal", str(body["amount"]))
    return {"plan": _plan(price), "price": price, "unit_amount_excluding_tax": each}


def _plan(price: Body | None) -> Body | None:
    """A recurring price as it was called before there were prices."""
    if price is None or price["recurring"] is None:
        return None
    kept = {name: value for name, value in price.items() if name not in NOT_IN_PLANS}
    return {
        **kept,
        **price["recurring"],
        "object": "plan",
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "transform_usage": None,
    }


def _whole(decimal: str) -> int | None:
    return int(decimal) if decimal.lstrip("-").isdigit() else None


def _paying(body: Body, tell: Tell) -> Body:
    """Which invoice it is to pay."""
    return {**body, "invoice": None, **(tell(body["id"]) or {})}


RELEASES: dict[str, Shapes] = {
    DAHLIA: {"checkout.session": _session},
    BASIL: {
        "charge": _paying,
        "invoice": _invoice,
        "invoiceitem": _item,
        "line_item": _line,
        "payment_intent": _paying,
        "subscription": _subscription,
    },
}
