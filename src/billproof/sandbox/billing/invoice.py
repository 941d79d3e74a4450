"""An invoice and its lines: their state, and how they are shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from billproof.sandbox.objects.resource import Body, Resource, listing, nulls


@dataclass(kw_only=True)
class Line(Resource):
    """One line of an invoice: an item of a subscription for a period."""

    kind: ClassVar[str] = "line_item"
    invoice: str
    item: str
    subscription: str
    price: str
    product: str
    amount: int
    currency: str
    quantity: int
    description: str
    start: int
    end: int

    def body(self) -> Body:
        """The line."""
        head = self.head()
        del head["created"]
        parent = {
            **nulls("invoice_item proration_details"),
            "proration": False,
            "subscription": self.subscription,
            "subscription_item": self.item,
        }
        pricing = {
            "price_details": {"price": self.price, "product": self.product},
            "type": "price_details",
            "unit_amount_decimal": str(self.amount // max(self.quantity, 1)),
        }
        return {
            **head,
            "amount": self.amount,
            "currency": self.currency,
            "description": self.description,
            "discount_amounts": [],
            "discountable": True,
            "discounts": [],
            "invoice": self.invoice,
            "parent": {
                "invoice_item_details": None,
                "subscription_item_details": parent,
                "type": "subscription_item_details",
            },
            "period": {"end": self.end, "start": self.start},
            "pretax_credit_amounts": [],
            "pricing": pricing,
            "quantity": self.quantity,
            "quantity_decimal": str(self.quantity),
            "subscription": self.subscription,
            "subtotal": self.amount,
            "taxes": [],
        }


@dataclass(kw_only=True)
class Invoice(Resource):
    """An invoice of a subscription."""

    kind: ClassVar[str] = "invoice"
    customer: str
    email: str | None
    name: str | None
    subscription: str
    about: dict[str, str]
    """The subscription's metadata when the invoice was made."""
    origin: str
    currency: str
    reason: str
    lines: list[Line] = field(default_factory=list)
    status: str = "draft"
    number: str | None = None
    amount_paid: int = 0
    attempts: int = 0
    finalized_at: int | None = None
    paid_at: int | None = None
    voided_at: int | None = None
    uncollectible_at: int | None = None
    next_attempt: int | None = None

    @property
    def owner(self) -> str:
        """Whose it is."""
        return self.customer

    @property
    def users(self) -> frozenset[str]:
        """The user its subscription named."""
        user = self.about.get("telegram_user_id")
        return frozenset({user} if user else ())

    @property
    def total(self) -> int:
        """What it comes to, in the currency's smallest unit."""
        return sum(line.amount for line in self.lines)

    @property
    def page(self) -> str | None:
        """Where it can be looked at; nowhere before it is final."""
        return f"{self.origin}/invoice/{self.id}" if self.finalized_at else None

    def body(self) -> Body:
        """The invoice in the current API version: the subscription is its parent's."""
        lines = [line.body() for line in self.lines]
        return {
            **self.head(),
            **NULLS,
            **self._amounts(),
            **self._constants(),
            "attempt_count": self.attempts,
            "attempted": self.attempts > 0,
            "billing_reason": self.reason,
            "customer": self.customer,
            "customer_email": self.email,
            "customer_name": self.name,
            "effective_at": self.finalized_at,
            "hosted_invoice_url": self.page,
            "invoice_pdf": f"{self.page}/pdf" if self.page else None,
            "lines": {**listing(lines, f"/v1/invoices/{self.id}/lines"), "total_count": len(lines)},
            "next_payment_attempt": self.next_attempt,
            "number": self.number,
            "parent": self._parent(),
            "period_end": self.created,
            "period_start": self.created,
            "status": self.status,
            "status_transitions": {
                "finalized_at": self.finalized_at,
                "marked_uncollectible_at": self.uncollectible_at,
                "paid_at": self.paid_at,
                "voided_at": self.voided_at,
            },
        }

    def _amounts(self) -> Body:
        same = "amount_due subtotal subtotal_excluding_tax total total_excluding_tax"
        none = (
            "amount_overpaid amount_paid_off_stripe amount_shipping "
            "post_payment_credit_notes_amount pre_payment_credit_notes_amount starting_balance"
        )
        return {
            **dict.fromkeys(same.split(), self.total),
            **dict.fromkeys(none.split(), 0),
            "amount_paid": self.amount_paid,
            "amount_remaining": self.total - self.amount_paid,
            "currency": self.currency,
            "ending_balance": 0 if self.finalized_at else None,
            "total_discount_amounts": [],
            "total_pretax_credit_amounts": [],
            "total_taxes": [],
        }

    def _parent(self) -> Body:
        details: dict[str, Any] = {"metadata": dict(self.about), "subscription": self.subscription}
        return {
            "quote_details": None,
            "subscription_details": details,
            "type": "subscription_details",
        }

    def _constants(self) -> Body:
        tax = nulls("disabled_reason liability provider status")
        return {
            "account_country": "US",
            "account_name": "billproof sandbox",
            "auto_advance": False,
            "automatic_tax": {**tax, "enabled": False},
            "collection_method": "charge_automatically",
            "customer_tax_exempt": "none",
            "customer_tax_ids": [],
            "default_tax_rates": [],
            "discounts": [],
            "issuer": {"type": "self"},
            "payment_settings": nulls(
                "default_mandate payment_method_options payment_method_types"
            ),
        }


NULLS = nulls(
    "account_tax_ids application automatically_finalizes_at confirmation_secret custom_fields "
    "customer_account customer_address customer_phone customer_shipping default_payment_method "
    "default_source description due_date footer from_invoice last_finalization_error "
    "latest_revision on_behalf_of receipt_number rendering shipping_cost shipping_details "
    "statement_descriptor test_clock webhooks_delivered_at"
)
