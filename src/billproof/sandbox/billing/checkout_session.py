"""A checkout session: its state, and how it is shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha512
from typing import ClassVar

from billproof.sandbox.billing.proration import whole_until
from billproof.sandbox.billing.session_echoes import echoes
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.price import Price
from billproof.sandbox.objects.resource import Body, Resource, nulls, user_in

PLACEHOLDER = "{CHECKOUT_SESSION_ID}"


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One price in the session's basket."""

    id: str
    price: Price
    quantity: int

    @property
    def amount(self) -> int:
        """What it costs each interval, in the currency's smallest unit."""
        return self.price.amount * self.quantity

    def body(self, name: str) -> Body:
        """The line item; `name` is the product's."""
        return {
            "id": self.id,
            "object": "item",
            "adjustable_quantity": None,
            "amount_discount": 0,
            "amount_subtotal": self.amount,
            "amount_tax": 0,
            "amount_total": self.amount,
            "currency": self.price.currency,
            "description": name,
            "metadata": {},
            "price": self.price.body(),
            "quantity": self.quantity,
        }


@dataclass(kw_only=True, slots=True)
class Session(Resource):
    """A checkout session in subscription mode; `asked` keeps what the call said."""

    kind: ClassVar[str] = "checkout.session"
    asked: Params
    lines: list[SessionLine]
    origin: str
    expires_at: int
    client_reference_id: str | None = None
    customer: str | None = None
    customer_email: str | None = None
    trial_end: int | None = None
    trial_days: int | None = None
    anchor: int | None = None
    """Where whole periods begin, when that is not with the payment."""
    prorates: bool = True
    """Whether the time before that is paid for."""
    status: str = "open"
    payment_status: str = "unpaid"
    subscription: str | None = None
    invoice: str | None = None
    payer: dict[str, str | None] = field(default_factory=dict)

    @property
    def owner(self) -> str | None:
        """Whose it is; nobody's before a new customer has paid."""
        return self.customer

    @property
    def users(self) -> frozenset[str]:
        """The users it names: metadata and `client_reference_id`."""
        named = {self.client_reference_id} if self.client_reference_id else set()
        return user_in(self.metadata) | named

    @property
    def trial(self) -> bool:
        """Whether nothing is due today."""
        return self.trial_end is not None or self.trial_days is not None

    @property
    def due_today(self) -> int:
        """What is charged on completion, in the currency's smallest unit."""
        once = sum(line.amount for line in self.lines if line.price.interval is None)
        return once if self.trial else once + sum(map(self._first, self.recurring))

    def _first(self, line: SessionLine) -> int:
        """What the first period of a line costs."""
        if self.anchor is None:
            return line.amount
        # Counted from here, so that the page shows what is charged whenever it is paid.
        whole = whole_until(line.price, line.quantity, self.anchor)
        return whole.share(self.created) if self.prorates else 0

    @property
    def recurring(self) -> list[SessionLine]:
        """What the subscription is made of."""
        return [line for line in self.lines if line.price.interval is not None]

    @property
    def needs_card(self) -> bool:
        """Whether a card is asked for."""
        return bool(self.due_today) or self.asked.text("payment_method_collection") != "if_required"

    @property
    def url(self) -> str:
        """Where it is paid; as long as Stripe's, whose page reads what stands in the fragment."""
        return f"{self.origin}/c/pay/{self.id}#fid{sha512(self.id.encode()).hexdigest() * 2}"

    @property
    def landing(self) -> str:
        """Where the buyer goes after payment, with the placeholder filled."""
        return (self.asked.text("success_url") or "").replace(PLACEHOLDER, self.id)

    def body(self) -> Body:
        """The session in the current API version."""
        plain = "expires_at client_reference_id customer customer_email status payment_status "
        return {
            **self.head(),
            **NULLS,
            **echoes(self.asked, complete=self.status == "complete"),
            **self._amounts(),
            **{each: getattr(self, each) for each in (plain + "subscription invoice").split()},
            "customer_details": self._details(),
            "discounts": [],
            "mode": "subscription",
            "shipping_options": [],
            "url": self.url if self.status == "open" else None,
        }

    def _amounts(self) -> Body:
        details = {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0}
        return {
            "amount_subtotal": self.due_today,
            "amount_total": self.due_today,
            "currency": self.lines[0].price.currency,
            "total_details": details,
        }

    def _details(self) -> Body | None:
        if not self.payer and not self.customer_email:
            return None
        empty = nulls("address business_name individual_name name phone")
        tax = {"tax_exempt": "none", "tax_ids": []} if self.payer else nulls("tax_exempt tax_ids")
        return {**empty, "email": self.customer_email, **tax, **self.payer}


NULLS = nulls(
    "adaptive_pricing client_secret collected_information consent "
    "currency_conversion customer_account customer_creation invoice_creation "
    "managed_payments payment_intent payment_link payment_method_configuration_details permissions "
    "recovered_from setup_intent "
    "shipping_cost wallet_options"
)
