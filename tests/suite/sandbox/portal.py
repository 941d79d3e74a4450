"""A customer before the portal: what he has, what he may do there, and what he sees."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import unescape
from typing import Any

import httpx

from billproof.sandbox.client import Sandbox
from billproof.sandbox.models import Subscription

CARD = {"number": "4242 4242 4242 4242", "expiration": "11 / 37", "cvc": "123", "name": "Ada L"}
MASTERCARD = {**CARD, "number": "5555 5555 5555 4444"}
DECLINED = {**CARD, "number": "4000 0000 0000 0002"}
CHALLENGED = {**CARD, "number": "4000 0025 0000 3155"}
UPDATE = {
    "enabled": True,
    "default_allowed_updates": ["price"],
    "proration_behavior": "create_prorations",
}


@dataclass
class PortalCustomer:
    """A customer with a subscription to Pro, and a session of his."""

    sandbox: Sandbox
    http: httpx.Client
    id: str
    subscription: str
    session: str = ""
    prices: list[str] = field(default_factory=list)
    """Those that were made for him."""

    @classmethod
    def with_card(
        cls, sandbox: Sandbox, http: httpx.Client, card: str = "pm_card_visa", **extra: Any
    ) -> PortalCustomer:
        """One who pays with a card that is his default."""
        customer = sandbox.create_customer(email="ada@shop.test").id
        attach = {"customer": customer}
        method = sandbox.stripe("POST", "/v1/payment_methods/pm_card_visa/attach", attach)["id"]
        settings = {"invoice_settings": {"default_payment_method": method}}
        sandbox.stripe("POST", f"/v1/customers/{customer}", settings)
        wanted = {"customer": customer, "items": [{"price": "price_pro"}], **extra}
        made = sandbox.stripe("POST", "/v1/subscriptions", wanted)["id"]
        found = cls(sandbox, http, customer, made)
        if card != "pm_card_visa":
            found.pay_with(card)
        return found

    def pay_with(self, card: str) -> None:
        """Make a ready-made card his default."""
        attach = {"customer": self.id}
        method = self.sandbox.stripe("POST", f"/v1/payment_methods/{card}/attach", attach)["id"]
        self.sandbox.stripe(
            "POST",
            f"/v1/customers/{self.id}",
            {"invoice_settings": {"default_payment_method": method}},
        )

    def price(self, amount: int, name: str, interval: str = "month", about: str = "") -> str:
        """Another price, of a product of its own."""
        said = {"name": name, **({"description": about} if about else {})}
        made = self.sandbox.create_price(
            currency="eur",
            unit_amount=amount,
            recurring={"interval": interval},
            product=self.sandbox.stripe("POST", "/v1/products", said)["id"],
        ).id
        self.prices.append(made)
        return made

    def open(self, features: dict[str, Any] | None = None, **params: Any) -> str:
        """The address of a new session; with a configuration of its own for `features`."""
        said = {"customer": self.id, "return_url": "https://shop.test/app", **params}
        if features is not None:
            made = {"features": features}
            path = "/v1/billing_portal/configurations"
            said["configuration"] = self.sandbox.stripe("POST", path, made)["id"]
        self.session = self.sandbox.stripe("POST", "/v1/billing_portal/sessions", said)["id"]
        return f"/p/session/{self.session}"

    def offer(self, *prices: str, **update: Any) -> str:
        """The address of a session that lets him change between Pro and these prices."""
        product = [
            {"product": self.product_of(each), "prices": [each]} for each in ("price_pro", *prices)
        ]
        return self.open({"subscription_update": {**UPDATE, "products": product, **update}})

    def product_of(self, price: str) -> str:
        """The product of a price."""
        return str(self.sandbox.stripe("GET", f"/v1/prices/{price}")["product"])

    def see(self, path: str = "", **query: Any) -> str:
        """The text of a page of the session, or about the subscription."""
        return self.text(self.http.get(self.at(path), params=query))

    @staticmethod
    def text(answer: httpx.Response) -> str:
        """What a page says, as a reader sees it."""
        return unescape(answer.text)

    def at(self, path: str) -> str:
        """An address: `/cancel` and the like are about the subscription."""
        alone = path in {"", "/customer"} or path.startswith(("?", "/payment-method"))
        about = "" if alone else f"/subscriptions/{self.subscription}"
        return f"/p/session/{self.session}{about}{path}"

    def send(self, path: str, **form: Any) -> httpx.Response:
        """What a form's button does."""
        return self.http.post(self.at(path), data=form)

    def after(self, path: str, **form: Any) -> str:
        """The page to which a form's button leads."""
        answer = self.send(path, **form)
        assert answer.status_code == 303, self.text(answer)
        return self.text(self.http.get(answer.headers["location"]))

    def shown(self) -> Subscription:
        """The subscription as the API shows it."""
        return self.sandbox.subscription(self.subscription)

    def customer(self) -> dict[str, Any]:
        """The customer as the API shows him."""
        return self.sandbox.stripe("GET", f"/v1/customers/{self.id}")

    def told(self) -> list[str]:
        """The types of all events about him, oldest first."""
        return [each.type for each in self.sandbox.events(customer=self.id)]
