"""An invoice: its state, and how it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from billproof.sandbox.objects.invoice_lines import Line
from billproof.sandbox.objects.resource import NONE, Body, Resource, listing, nulls, user_in

SHOWN_LINES = 10
"""How many lines an invoice shows itself; a call of their own lists all of them."""


@dataclass(kw_only=True, slots=True)
class Invoice(Resource):
    """An invoice, of a subscription or by hand; its amounts are in the smallest unit."""

    kind: ClassVar[str] = "invoice"
    customer: str
    email: str | None
    name: str | None
    subscription: str | None
    about: Mapping[str, str]
    """The subscription's metadata when the invoice was made."""
    origin: str
    currency: str
    reason: str
    period_start: int
    period_end: int
    lines: list[Line] = field(default_factory=list)
    status: str = "draft"
    number: str | None = None
    starting_balance: int = 0
    """What the customer owed before (positive), or had in credit (negative)."""
    amount_paid: int = 0
    outside: bool = False
    """Whether it was paid without a charge."""
    attempts: int = 0
    auto_advance: bool = False
    """Whether it is finalised, charged and retried by itself."""
    finalizes_at: int | None = None
    next_attempt: int | None = None
    collection_method: str = "charge_automatically"
    due_date: int | None = None
    finalized_at: int | None = None
    paid_at: int | None = None
    voided_at: int | None = None
    uncollectible_at: int | None = None
    payment: str | None = None
    """Its invoice payment, once something is due."""
    payment_intent: str | None = None
    charge: str | None = None
    """The latest attempt to collect it."""
    test_clock: str | None = None
    default_payment_method: str | None = None
    description: str | None = None
    extra: Mapping[str, Any] = field(default_factory=lambda: NONE)
    """Members that the control API set and that nothing here depends on."""

    @property
    def owner(self) -> str:
        """Whose it is."""
        return self.customer

    @property
    def users(self) -> frozenset[str]:
        """The user its subscription named."""
        return user_in(self.metadata) | user_in(self.about)

    @property
    def total(self) -> int:
        """What its lines come to; less than nothing is a credit."""
        return sum(line.amount for line in self.lines)

    @property
    def due(self) -> int:
        """What is to be paid, with the customer's balance."""
        return max(0, self.total + self.starting_balance)

    @property
    def ending_balance(self) -> int:
        """The customer's balance once it is final."""
        return min(0, self.total + self.starting_balance)

    @property
    def page(self) -> str | None:
        """Where it can be looked at; nowhere before it is final."""
        return f"{self.origin}/invoice/{self.id}" if self.finalized_at else None

    def body(self) -> Body:
        """The invoice in the current API version: the subscription is its parent's."""
        return {
            **self.head(),
            **NULLS,
            **self._amounts(),
            **self._constants(),
            "attempt_count": self.attempts,
            "attempted": self.attempts > 0,
            "auto_advance": self.auto_advance,
            "automatically_finalizes_at": self.finalizes_at,
            "billing_reason": self.reason,
            "collection_method": self.collection_method,
            "customer": self.customer,
            "customer_email": self.email,
            "customer_name": self.name,
            "default_payment_method": self.default_payment_method,
            "description": self.description,
            "due_date": self.due_date,
            "effective_at": self.finalized_at,
            "hosted_invoice_url": self.page,
            "invoice_pdf": f"{self.page}/pdf" if self.page else None,
            "lines": self.shown_lines(SHOWN_LINES),
            "next_payment_attempt": self.next_attempt,
            "number": self.number,
            "parent": self._parent(),
            "period_end": self.period_end,
            "period_start": self.period_start,
            "status": self.status,
            "test_clock": self.test_clock,
            "status_transitions": {
                "finalized_at": self.finalized_at,
                "marked_uncollectible_at": self.uncollectible_at,
                "paid_at": self.paid_at,
                "voided_at": self.voided_at,
            },
            **self.extra,
        }

    def shown_lines(self, most: int | None = None) -> Body:
        """The list of its first lines, of all by default."""
        data = [line.body() for line in self.lines[:most]]
        more = len(data) < len(self.lines)
        return listing(data, f"/v1/invoices/{self.id}/lines", has_more=more)

    def older(self) -> Body:
        """How it is paid, which later versions say in objects of their own."""
        return {"charge": self.charge, "payment_intent": self.payment_intent}

    @property
    def quotes(self) -> tuple[str, ...]:
        """The prices of its lines."""
        return tuple(dict.fromkeys(each.charged.price for each in self.lines if each.charged.price))

    def _amounts(self) -> Body:
        same = "subtotal subtotal_excluding_tax total total_excluding_tax"
        none = (
            "amount_overpaid amount_shipping post_payment_credit_notes_amount "
            "pre_payment_credit_notes_amount"
        )
        return {
            **dict.fromkeys(same.split(), self.total),
            **dict.fromkeys(none.split(), 0),
            "amount_due": self.due,
            "amount_paid": self.amount_paid,
            "amount_paid_off_stripe": self.amount_paid if self.outside else 0,
            "amount_remaining": self.due - self.amount_paid,
            "currency": self.currency,
            "ending_balance": self.ending_balance if self.finalized_at else None,
            "starting_balance": self.starting_balance,
            "total_discount_amounts": [],
            "total_pretax_credit_amounts": [],
            "total_taxes": [],
        }

    def _parent(self) -> Body | None:
        if self.subscription is None:
            return None
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
            "automatic_tax": {**tax, "enabled": False},
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
    "account_tax_ids application custom_fields customer_account customer_address customer_phone "
    "customer_shipping default_source footer from_invoice last_finalization_error latest_revision "
    "on_behalf_of receipt_number rendering shipping_cost shipping_details statement_descriptor "
    "webhooks_delivered_at"
)


@dataclass(kw_only=True, slots=True)
class InvoicePayment(Resource):
    """What an invoice is paid with."""

    kind: ClassVar[str] = "invoice_payment"
    invoice: str
    customer: str
    payment_intent: str
    requested: int
    currency: str
    paid_at: int | None = None
    canceled_at: int | None = None

    def body(self) -> Body:
        """The payment."""
        head = self.head()
        del head["metadata"]
        paid = self.paid_at is not None
        open_or_over = "canceled" if self.canceled_at else "open"
        return {
            **head,
            "amount_paid": self.requested if paid else None,
            "amount_requested": self.requested,
            "currency": self.currency,
            "invoice": self.invoice,
            "is_default": True,
            "payment": {"payment_intent": self.payment_intent, "type": "payment_intent"},
            "status": "paid" if paid else open_or_over,
            "status_transitions": {"canceled_at": self.canceled_at, "paid_at": self.paid_at},
        }

    @property
    def owner(self) -> str:
        """Whose invoice it is of."""
        return self.customer
