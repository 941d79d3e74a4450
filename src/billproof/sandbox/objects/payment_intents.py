"""Payment intents: the attempts to collect one amount."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from billproof.sandbox.objects.resource import Body, Resource, nulls

PAYABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
"""The statuses from which it can still be paid or canceled."""


@dataclass(kw_only=True, slots=True)
class PaymentIntent(Resource):
    """What is to be paid, by whom, and how far that has come."""

    kind: ClassVar[str] = "payment_intent"
    customer: str | None
    amount: int
    currency: str
    secret: str
    invoice: str | None = None
    status: str = "requires_payment_method"
    payment_method: str | None = None
    latest_charge: str | None = None
    last_error: Any = None
    next_url: str | None = None
    """Where its owner authenticates, while that is asked for."""
    return_url: str | None = None
    canceled_at: int | None = None
    cancellation_reason: str | None = None
    description: str | None = None
    setup_future_usage: str | None = "off_session"

    def body(self) -> Body:
        """The intent."""
        plain = "customer amount currency status payment_method latest_charge canceled_at"
        return {
            **self.head(),
            **NULLS,
            **{each: getattr(self, each) for each in plain.split()},
            "amount_capturable": 0,
            "amount_details": {"tip": {}},
            "amount_received": self.amount if self.status == "succeeded" else 0,
            "cancellation_reason": self.cancellation_reason,
            "capture_method": "automatic",
            "client_secret": self.secret,
            "confirmation_method": "automatic",
            "description": self.description,
            "last_payment_error": self.last_error,
            "next_action": self._next_action(),
            "payment_method_options": {"card": CARD_OPTIONS},
            "payment_method_types": ["card"],
            "setup_future_usage": self.setup_future_usage,
        }

    def older(self) -> Body:
        """What it is to pay."""
        return {"invoice": self.invoice}

    def _next_action(self) -> Body | None:
        if self.status != "requires_action":
            return None
        to = {"return_url": self.return_url, "url": self.next_url}
        return {"redirect_to_url": to, "type": "redirect_to_url"}

    @property
    def owner(self) -> str | None:
        """Whose payment it is."""
        return self.customer


CARD_OPTIONS = {
    "installments": None,
    "mandate_options": None,
    "network": None,
    "request_three_d_secure": "automatic",
}
NULLS = nulls(
    "application application_fee_amount automatic_payment_methods customer_account "
    "excluded_payment_method_types on_behalf_of "
    "payment_method_configuration_details processing receipt_email review shipping source "
    "statement_descriptor statement_descriptor_suffix transfer_data transfer_group"
)
