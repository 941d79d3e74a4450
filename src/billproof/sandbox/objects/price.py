"""A price: what a product costs, once or each interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from billproof.sandbox.objects.resource import Body, Resource, nulls


@dataclass(kw_only=True, slots=True)
class Price(Resource):
    """What it costs, once or each interval; amounts are in the currency's smallest unit."""

    kind: ClassVar[str] = "price"
    product: str
    currency: str
    amount: int
    interval: str | None = None
    interval_count: int = 1
    active: bool = True
    nickname: str | None = None
    lookup_key: str | None = None

    def body(self) -> Body:
        """The price."""
        return {
            **self.head(),
            **nulls("custom_unit_amount tiers_mode transform_quantity"),
            "active": self.active,
            "billing_scheme": "per_unit",
            "currency": self.currency,
            "lookup_key": self.lookup_key,
            "nickname": self.nickname,
            "product": self.product,
            "recurring": self._recurring(),
            "tax_behavior": "unspecified",
            "type": "recurring" if self.interval else "one_time",
            "unit_amount": self.amount,
            "unit_amount_decimal": str(self.amount),
        }

    def _recurring(self) -> Body | None:
        if self.interval is None:
            return None
        return {
            "interval": self.interval,
            "interval_count": self.interval_count,
            "meter": None,
            "trial_period_days": None,
            "usage_type": "licensed",
        }

    def older(self) -> Body:
        """What a line of an invoice showed in full."""
        return self.body()

    def plan(self) -> Body:
        """The same as the `plan` of older API versions, which items still carry."""
        return {
            **self.head(),
            **nulls("meter nickname tiers_mode transform_usage trial_period_days"),
            "object": "plan",
            "active": self.active,
            "amount": self.amount,
            "amount_decimal": str(self.amount),
            "billing_scheme": "per_unit",
            "currency": self.currency,
            "interval": self.interval,
            "interval_count": self.interval_count,
            "product": self.product,
            "usage_type": "licensed",
        }
