"""Stripe's own calls, as far as trials make them: typed, and neither logged nor struck."""

from __future__ import annotations

from typing import Any, Literal, TypeVar
from urllib.parse import quote

from billproof.sandbox import models
from billproof.sandbox.models import CheckoutSession, Customer, Invoice, Subscription
from billproof.sandbox.wire import SandboxRefused, Wire

Model = TypeVar("Model", bound=models.Shown)
PLACES = {
    "cus_": "customers",
    "cs_": "checkout/sessions",
    "sub_": "subscriptions",
    "in_": "invoices",
    "price_": "prices",
    "prod_": "products",
    "pm_": "payment_methods",
    "si_": "subscription_items",
    "evt_": "events",
}
"""Where objects are retrieved, by the prefix of their ids."""


class StripeCalls(Wire):
    """What a merchant's program could do too."""

    def create_customer(self, **params: Any) -> Customer:
        """A customer."""
        return Customer.model_validate(self.stripe("POST", "/v1/customers", params))

    def delete_customer(self, customer: str) -> Customer:
        """Delete a customer; his subscriptions end."""
        return Customer.model_validate(self.stripe("DELETE", f"/v1/customers/{customer}"))

    def create_session(self, **params: Any) -> CheckoutSession:
        """A checkout session."""
        answer = self.stripe("POST", "/v1/checkout/sessions", params)
        return CheckoutSession.model_validate(answer)

    def expire_session(self, session: str) -> CheckoutSession:
        """Close an open session."""
        answer = self.stripe("POST", f"/v1/checkout/sessions/{session}/expire")
        return CheckoutSession.model_validate(answer)

    def create_price(self, **params: Any) -> models.PriceShown:
        """A price."""
        return models.PriceShown.model_validate(self.stripe("POST", "/v1/prices", params))

    def subscribe(self, customer: str, price: str, **extra: Any) -> Subscription:
        """A subscription that is paid for with a new good card; `extra` joins the parameters."""
        path = "/v1/payment_methods/pm_card_visa/attach"
        card = self.stripe("POST", path, {"customer": customer})
        usual = {"customer": customer, "items": [{"price": price}]}
        params = {**usual, "default_payment_method": card["id"], **extra}
        answer = self.stripe("POST", "/v1/subscriptions", params)
        return Subscription.model_validate(answer)

    def update_subscription(self, subscription: str, **params: Any) -> Subscription:
        """Change a subscription as a backend would."""
        answer = self.stripe("POST", f"/v1/subscriptions/{subscription}", params)
        return Subscription.model_validate(answer)

    def cancel_subscription(self, subscription: str) -> Subscription:
        """End a subscription now."""
        answer = self.stripe("DELETE", f"/v1/subscriptions/{subscription}")
        return Subscription.model_validate(answer)

    def create_invoice(self, customer: str, amount: int, currency: str, **extra: Any) -> Invoice:
        """A draft of one line, or of none for an amount of 0; `extra` joins its parameters."""
        params = {"customer": customer, "currency": currency, **extra}
        draft = Invoice.model_validate(self.stripe("POST", "/v1/invoices", params))
        if not amount:
            return draft
        line = {"customer": customer, "invoice": draft.id, "amount": amount, "currency": currency}
        self.stripe("POST", "/v1/invoiceitems", line)
        return self.invoice(draft.id)

    def move_invoice(
        self,
        invoice: str,
        how: Literal["finalize", "send", "pay", "void", "mark_uncollectible"],
        **params: Any,
    ) -> Invoice:
        """Have an invoice go on as a merchant would."""
        answer = self.stripe("POST", f"/v1/invoices/{invoice}/{how}", params)
        return Invoice.model_validate(answer)

    def delete_draft(self, invoice: str) -> None:
        """Throw a draft away."""
        self.stripe("DELETE", f"/v1/invoices/{invoice}")

    def retrieve(self, identifier: str, kind: type[Model]) -> Model:
        """Any object by its id; `kind` is the model of its prefix, or `Shown`."""
        safe = quote(identifier, safe="")
        for prefix, place in PLACES.items():
            if identifier.startswith(prefix):
                return kind.model_validate(self.stripe("GET", f"/v1/{place}/{safe}"))
        raise ValueError(f"Nothing is retrieved by an id like {identifier}.")

    def customer(self, identifier: str) -> Customer:
        """A customer as it is now."""
        return self.retrieve(identifier, Customer)

    def session(self, identifier: str) -> CheckoutSession:
        """A checkout session as it is now."""
        return self.retrieve(identifier, CheckoutSession)

    def find_session(self, identifier: str) -> CheckoutSession | None:
        """A checkout session as it is now, if there is one of that id."""
        try:
            return self.session(identifier)
        except (SandboxRefused, ValueError):
            return None

    def invoice(self, identifier: str) -> Invoice:
        """An invoice as it is now."""
        return self.retrieve(identifier, Invoice)

    def subscription(self, identifier: str) -> Subscription:
        """A subscription as it is now."""
        return self.retrieve(identifier, Subscription)
