"""What is billed: pending invoice items, and the lines of invoices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from billproof.sandbox.objects.resource import Body, Resource, nulls


@dataclass(frozen=True, slots=True)
class Charged:
    """What is charged for, how much, and for which time; the amount may be negative."""

    amount: int
    currency: str
    description: str
    start: int
    end: int
    price: str | None = None
    product: str | None = None
    quantity: int = 1
    unit_amount: int = 0
    subscription: str | None = None
    item: str | None = None
    proration: bool = False

    def pricing(self) -> Body | None:
        """The price it came from, as lines and items show it."""
        if self.price is None:
            return None
        return {
            "price_details": {"price": self.price, "product": self.product},
            "type": "price_details",
            "unit_amount_decimal": str(self.unit_amount),
        }


@dataclass(kw_only=True, slots=True)
class InvoiceItem(Resource):
    """Something that waits for the customer's next invoice."""

    kind: ClassVar[str] = "invoiceitem"
    customer: str
    charged: Charged
    invoice: str | None = None

    def body(self) -> Body:
        """The item."""
        head = self.head()
        del head["created"]
        charged = self.charged
        return {
            **head,
            **nulls("customer_account test_clock"),
            "amount": charged.amount,
            "currency": charged.currency,
            "customer": self.customer,
            "date": self.created,
            "description": charged.description,
            "discountable": not charged.proration,
            "discounts": [],
            "invoice": self.invoice,
            "net_amount": charged.amount,
            "parent": self._parent(),
            "period": {"end": charged.end, "start": charged.start},
            "pricing": charged.pricing(),
            "proration": charged.proration,
            **({"proration_details": {"discount_amounts": []}} if charged.proration else {}),
            "quantity": charged.quantity,
            "quantity_decimal": str(charged.quantity),
            "tax_rates": [],
        }

    def _parent(self) -> Body | None:
        if self.charged.subscription is None:
            return None
        details = {
            "subscription": self.charged.subscription,
            "subscription_item": self.charged.item,
        }
        return {"subscription_details": details, "type": "subscription_details"}

    @property
    def quotes(self) -> tuple[str, ...]:
        """Its price."""
        return (self.charged.price,) if self.charged.price else ()

    @property
    def owner(self) -> str:
        """Who will pay it."""
        return self.customer


@dataclass(kw_only=True, slots=True)
class Line(Resource):
    """One line of an invoice; `invoice_item` is what had waited for it."""

    kind: ClassVar[str] = "line_item"
    invoice: str
    charged: Charged
    invoice_item: str | None = None

    @property
    def amount(self) -> int:
        """What it comes to, in the currency's smallest unit."""
        return self.charged.amount

    @property
    def currency(self) -> str:
        """The currency of its amount."""
        return self.charged.currency

    @property
    def quantity(self) -> int:
        """How many."""
        return self.charged.quantity

    @property
    def product(self) -> str:
        """What is sold; its description, when it is no product."""
        return self.charged.product or self.charged.description

    @property
    def start(self) -> int:
        """Where the time begins that it pays for."""
        return self.charged.start

    @property
    def end(self) -> int:
        """Where that time ends."""
        return self.charged.end

    def body(self) -> Body:
        """The line."""
        head = self.head()
        del head["created"]
        charged = self.charged
        return {
            **head,
            "amount": charged.amount,
            "currency": charged.currency,
            "description": charged.description,
            "discount_amounts": [],
            "discountable": not charged.proration,
            "discounts": [],
            "invoice": self.invoice,
            "parent": self._parent(),
            "period": {"end": charged.end, "start": charged.start},
            "pretax_credit_amounts": [],
            "pricing": charged.pricing(),
            "quantity": charged.quantity,
            "quantity_decimal": str(charged.quantity),
            "subscription": charged.subscription,
            "subtotal": charged.amount,
            "taxes": [],
        }

    def _parent(self) -> Body:
        charged = self.charged
        details: dict[str, Any] = {
            "invoice_item": self.invoice_item,
            "proration": charged.proration,
            "proration_details": {"credited_items": None},
            "subscription": charged.subscription,
        }
        waited = self.invoice_item is not None
        own = {"subscription_item": charged.item}
        return {
            "invoice_item_details": details if waited else None,
            "subscription_item_details": None if waited else {**details, **own},
            "type": "invoice_item_details" if waited else "subscription_item_details",
        }
