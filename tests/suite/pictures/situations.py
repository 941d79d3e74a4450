"""What the backend answers where pictures are taken: the same each time, as openapi.yaml has it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel

from reference_impl.wire.models import (
    Device,
    DeviceList,
    DisplayStatus,
    Invoice,
    InvoiceList,
    Plan,
    PlanList,
    Subscription,
)
from tests.suite.house.tree import ROOT

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
LINK = "https://invoice.stripe.com/i/test_of_nobody"


@dataclass(frozen=True)
class Situation:
    """A page, what it is told, and what is done on it before it is looked at."""

    name: str
    path: str
    subscription: Subscription
    invoices: tuple[Invoice, ...] = ()
    devices: tuple[Device, ...] = ()
    settled: str = "#page[aria-busy=false]"
    """A selector for what is there once the page shows all that it is told."""
    tapped: str | None = None
    """A button's name."""

    def answers(self) -> Mapping[str, str]:
        """The answers, by the path below /api/v1."""
        limit = 1 if self.subscription.plan == "free" else 5
        told: dict[str, BaseModel] = {
            "/billing/plans": PlanList(plans=_plans()),
            "/billing/subscription": self.subscription,
            "/billing/invoices": InvoiceList(
                invoices=list(self.invoices), next_cursor=self._more()
            ),
            "/devices": DeviceList(devices=list(self.devices), limit=limit),
        }
        return {path: answer.model_dump_json() for path, answer in told.items()}

    def _more(self) -> str | None:
        return "more" if self.invoices else None


def _plans() -> list[Plan]:
    rows = json.loads((ROOT / "contracts" / "plans.json").read_text(encoding="utf-8"))["plans"]
    return [Plan(**{key: row[key] for key in Plan.model_fields}) for row in rows]


def _subscription(plan: str, status: str, *, access: bool) -> Subscription:
    return Subscription(
        plan=plan,
        effective_plan=plan if access else "free",
        status=status,
        access=access,
        current_period_end=NOON + timedelta(days=20) if status != "none" else None,
        ends_at=None,
        cancels=False,
    )


def _invoices() -> tuple[Invoice, ...]:
    amounts = ("eur", 1900), ("eur", 900), ("jpy", 4500), ("kwd", 12345), ("usd", 70)
    return tuple(
        Invoice(
            id=f"in_{number}",
            number=f"BILL-000{9 - number}",
            created=NOON - timedelta(days=30 * number),
            display_status=status,
            amount_due=amount,
            amount_paid=amount if status is DisplayStatus.paid else 0,
            currency=currency,
            hosted_invoice_url=LINK,
            invoice_pdf=None if status is DisplayStatus.void else f"{LINK}/pdf",
        )
        for number, (status, (currency, amount)) in enumerate(
            zip(reversed(DisplayStatus), amounts, strict=True)
        )
    )


def _devices() -> tuple[Device, ...]:
    return tuple(
        Device(
            id=f"dev_{number}",
            name=name,
            fingerprint=f"{number}f8a-2c41-9d0e",
            created_at=NOON - timedelta(days=7 * number),
        )
        for number, name in enumerate(("Living room", "The laptop that lies in the kitchen"), 1)
    )


BILLING, RETURN = "/app/billing", "/app/billing/return"
FREE, ACTIVE = (
    _subscription("free", "none", access=False),
    _subscription("pro", "active", access=True),
)
DUE = _subscription("pro", "past_due", access=True)
SITUATIONS = (
    Situation("newcomer", BILLING, FREE),
    Situation("subscriber", BILLING, ACTIVE, _invoices(), _devices()),
    Situation("payment-due", BILLING, DUE, _invoices()[2:3], _devices()[:1]),
    Situation("form", BILLING, FREE, tapped="Register a device"),
    Situation("confirming", RETURN, FREE, settled="[data-state=asking]"),
    Situation("confirmed", RETURN, ACTIVE, settled="[data-state=done]"),
)
