"""Charges: single attempts on a card, and what is given back of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from billproof.sandbox.objects.cards import Decline
from billproof.sandbox.objects.payment_methods import PaymentMethod
from billproof.sandbox.objects.resource import Body, Resource, nulls


@dataclass(kw_only=True, slots=True)
class Charge(Resource):
    """One attempt; `decline` says why it failed."""

    kind: ClassVar[str] = "charge"
    customer: str | None
    amount: int
    currency: str
    payment_intent: str
    invoice: str | None = None
    """What it was to pay."""
    method: PaymentMethod
    decline: Decline | None = None
    refunded: int = 0
    disputed: bool = False

    def body(self) -> Body:
        """The charge."""
        paid = self.decline is None
        error = self.decline.error() if self.decline else None
        return {
            **self.head(),
            **NULLS,
            "amount": self.amount,
            "amount_captured": self.amount if paid else 0,
            "amount_refunded": self.refunded,
            "billing_details": self.method.body()["billing_details"],
            "calculated_statement_descriptor": "BILLPROOF SANDBOX",
            "captured": paid,
            "currency": self.currency,
            "customer": self.customer,
            "disputed": self.disputed,
            "failure_code": error.row.code if error else None,
            "failure_message": error.message if error else None,
            "fraud_details": {},
            "outcome": self._outcome(),
            "paid": paid,
            "payment_intent": self.payment_intent,
            "payment_method": self.method.id,
            "payment_method_details": {"card": self._card(), "type": "card"},
            "radar_options": {},
            "refunded": paid and self.refunded == self.amount,
            "status": "succeeded" if paid else "failed",
        }

    def older(self) -> Body:
        """What it was to pay."""
        return {"invoice": self.invoice}

    def _outcome(self) -> Body:
        code = self.decline.value[1] if self.decline else None
        network = "declined_by_network" if self.decline else "approved_by_network"
        said = "The bank did not return any further details." if self.decline else None
        return {
            "advice_code": None,
            "network_advice_code": None,
            "network_decline_code": None,
            "network_status": network,
            "reason": code,
            "risk_level": "normal",
            "risk_score": 1,
            "seller_message": said or "Payment complete.",
            "type": "issuer_declined" if self.decline else "authorized",
        }

    def _card(self) -> Body:
        card = self.method.body()["card"]
        kept = "brand checks country exp_month exp_year fingerprint funding last4 regulated_status"
        more = nulls(
            "amount_authorized authorization_code installments mandate three_d_secure wallet"
        )
        return {
            **more,
            **{name: card[name] for name in kept.split()},
            "network": card["brand"],
        }

    @property
    def owner(self) -> str | None:
        """Whose card it was."""
        return self.customer


NULLS = nulls(
    "application application_fee application_fee_amount balance_transaction description "
    "failure_balance_transaction on_behalf_of receipt_email receipt_number receipt_url review "
    "shipping source source_transfer statement_descriptor statement_descriptor_suffix "
    "transfer_data transfer_group"
)


@dataclass(kw_only=True, slots=True)
class Refund(Resource):
    """What was given back of a charge."""

    kind: ClassVar[str] = "refund"
    customer: str | None
    amount: int
    currency: str
    charge: str
    payment_intent: str
    reason: str | None

    def body(self) -> Body:
        """The refund."""
        head = self.head()
        del head["livemode"]
        return {
            **head,
            **nulls("balance_transaction receipt_number source_transfer_reversal"),
            **nulls("transfer_reversal"),
            "amount": self.amount,
            "charge": self.charge,
            "currency": self.currency,
            "destination_details": {"card": {"type": "pending"}, "type": "card"},
            "payment_intent": self.payment_intent,
            "reason": self.reason,
            "status": "succeeded",
        }

    @property
    def owner(self) -> str | None:
        """Who gets it."""
        return self.customer


EVIDENCE = nulls(
    "access_activity_log billing_address cancellation_policy cancellation_policy_disclosure "
    "cancellation_rebuttal customer_communication customer_email_address customer_name "
    "customer_purchase_ip customer_signature duplicate_charge_documentation "
    "duplicate_charge_explanation duplicate_charge_id product_description receipt refund_policy "
    "refund_policy_disclosure refund_refusal_explanation service_date service_documentation "
    "shipping_address shipping_carrier shipping_date shipping_documentation "
    "shipping_tracking_number uncategorized_file uncategorized_text"
)


@dataclass(kw_only=True, slots=True)
class Dispute(Resource):
    """A charge that its payer's bank takes back."""

    kind: ClassVar[str] = "dispute"
    customer: str | None
    amount: int
    currency: str
    charge: str
    payment_intent: str
    due_by: int
    reason: str = "fraudulent"
    status: str = "needs_response"
    evidence: dict[str, str] = field(default_factory=dict)

    def body(self) -> Body:
        """The dispute."""
        details = {
            "due_by": self.due_by,
            "enhanced_eligibility": {},
            "has_evidence": bool(self.evidence),
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        }
        return {
            **self.head(),
            "amount": self.amount,
            "balance_transactions": [],
            "charge": self.charge,
            "currency": self.currency,
            "enhanced_eligibility_types": [],
            "evidence": {**EVIDENCE, "enhanced_evidence": {}, **self.evidence},
            "evidence_details": details,
            "is_charge_refundable": False,
            "payment_intent": self.payment_intent,
            "reason": self.reason,
            "status": self.status,
        }

    @property
    def owner(self) -> str | None:
        """Whose payment it was."""
        return self.customer
