"""A subscription: its state, and how it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from billproof.sandbox.objects.price import Price
from billproof.sandbox.objects.resource import NONE, Body, Resource, listing, nulls

OVER = frozenset({"canceled", "incomplete_expired"})
"""The statuses from which nothing leads back."""


@dataclass(kw_only=True, slots=True)
class Item(Resource):
    """One price of a subscription, with the period that is paid for."""

    kind: ClassVar[str] = "subscription_item"
    subscription: str
    customer: str
    price: Price
    quantity: int
    period_start: int
    period_end: int

    def body(self) -> Body:
        """The item."""
        head = self.head()
        del head["livemode"]
        return {
            **head,
            "billing_thresholds": None,
            "current_period_end": self.period_end,
            "current_period_start": self.period_start,
            "discounts": [],
            "plan": self.price.plan(),
            "price": self.price.body(),
            "quantity": self.quantity,
            "subscription": self.subscription,
            "tax_rates": [],
        }

    @property
    def owner(self) -> str:
        """Whose subscription it is of."""
        return self.customer


@dataclass(kw_only=True, slots=True)
class Subscription(Resource):
    """A subscription; `status` is open-ended, because the control API may set any."""

    kind: ClassVar[str] = "subscription"
    customer: str
    status: str
    currency: str
    items: list[Item] = field(default_factory=list)
    start_date: int
    billing_cycle_anchor: int
    cancel_at: int | None = None
    cancel_at_period_end: bool = False
    canceled_at: int | None = None
    ended_at: int | None = None
    cancellation: Mapping[str, str | None] = field(default_factory=lambda: NONE)
    trial_start: int | None = None
    trial_end: int | None = None
    trial_settings: Any = None
    pause_collection: Any = None
    latest_invoice: str | None = None
    default_payment_method: str | None = None
    collection_method: str = "charge_automatically"
    days_until_due: int | None = None
    description: str | None = None
    test_clock: str | None = None
    pending_setup_intent: str | None = None
    payment_settings: Mapping[str, Any] = field(default_factory=lambda: NONE)
    invoices: list[str] = field(default_factory=list)
    """The ids of all that it was billed by, oldest first."""
    warned: bool = False
    """Whether the end of its trial has been announced."""
    announced: int | None = None
    """The renewal that was announced last."""
    expected: int | None = None
    """When it is looked at next by itself."""
    by_hand: bool = False
    """Whether a test has set its periods or status, so that nothing renews by itself."""
    extra: Mapping[str, Any] = field(default_factory=lambda: NONE)
    """Members that the control API set and that nothing here depends on."""

    def body(self) -> Body:
        """The subscription in the current API version: periods are the items'."""
        plain = (
            "customer status currency start_date billing_cycle_anchor cancel_at canceled_at "
            "cancel_at_period_end ended_at trial_start trial_end pause_collection latest_invoice "
            "default_payment_method collection_method days_until_due description test_clock "
            "pending_setup_intent"
        )
        return {
            **self.head(),
            **NULLS,
            **self._constants(),
            **{each: getattr(self, each) for each in plain.split()},
            **self.extra,
        }

    def _constants(self) -> Body:
        items = [item.body() for item in self.items]
        url = f"/v1/subscription_items?subscription={self.id}"
        ending = {"missing_payment_method": "create_invoice"}
        return {
            "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
            "billing_mode": {
                "flexible": {"proration_discounts": "included"},
                "type": "flexible",
            },
            "billing_schedules": [],
            "cancellation_details": {**nulls("comment feedback reason"), **self.cancellation},
            "default_tax_rates": [],
            "discounts": [],
            "invoice_settings": {
                **nulls("account_tax_ids"),
                "issuer": {"type": "self"},
            },
            "items": listing(items, url),
            "payment_settings": {
                **nulls("payment_method_options payment_method_types"),
                "save_default_payment_method": "off",
                **self.payment_settings,
            },
            "trial_settings": self.trial_settings or {"end_behavior": ending},
        }

    @property
    def owner(self) -> str:
        """Whose it is."""
        return self.customer

    @property
    def period_end(self) -> int:
        """The end of the period that is paid for; of several items the first to end."""
        return min((item.period_end for item in self.items), default=self.start_date)

    @property
    def keeps_cards(self) -> bool:
        """Whether the card that it is paid with becomes its default one."""
        return self.payment_settings.get("save_default_payment_method") == "on_subscription"

    @property
    def missing_payment_method(self) -> str:
        """What happens when its trial ends without a card."""
        behavior = (self.trial_settings or {}).get("end_behavior") or {}
        return str(behavior.get("missing_payment_method") or "create_invoice")

    @property
    def ends(self) -> int | None:
        """The instant of a scheduled cancellation."""
        if self.status in OVER:
            return None
        if self.cancel_at is None and self.cancel_at_period_end:
            return self.period_end
        return self.cancel_at


NULLS = nulls(
    "application application_fee_percent billing_cycle_anchor_config billing_thresholds "
    "customer_account default_source next_pending_invoice_item_invoice "
    "on_behalf_of pending_invoice_item_interval pending_update schedule transfer_data"
)
