"""The typed client of one account in a running sandbox: its levers, and Stripe calls for trials.

sandbox = Sandbox("http://127.0.0.1:12111", "sk_test_1")
sandbox.pay(session_id)
sandbox.set_subscription(subscription_id, status="past_due")
"""

from __future__ import annotations

from typing import Any, Literal, TypeVar

from billproof.errors import CannotTest
from billproof.sandbox import models
from billproof.sandbox.wire import SandboxRefused, Wire

__all__ = ["Sandbox", "SandboxRefused"]

Mode = Literal["auto", "manual"]
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


class Sandbox(Wire):
    """One account, by its secret key. Thread-safe; close it, or use it in a `with`."""

    # The levers

    def health(self) -> str:
        """The version of the sandbox that answers; CannotTest when none does."""
        answer = self.send("GET", "/_sandbox/health")
        if answer.get("sandbox") != "billproof":
            raise CannotTest("no-sandbox", f"What answers at {self.url} is no billproof sandbox.")
        return str(answer["version"])

    def pay(
        self, session: str, card: str = "4242424242424242", **buyer: str
    ) -> models.CheckoutSession:
        """Pay a session as its page does; `buyer` may give `email` and `name`."""
        path = f"/_sandbox/checkout/sessions/{session}/pay"
        answer = self.send("POST", path, json={"card": card, **buyer})
        return models.CheckoutSession.model_validate(answer)

    def set_subscription(self, subscription: str, **truth: Any) -> models.Subscription:
        """Set members of a subscription (`current_period_end` too) and emit the event."""
        answer = self.send("POST", f"/_sandbox/subscriptions/{subscription}", json=truth)
        return models.Subscription.model_validate(answer)

    def customers(self, user: str | int | None = None) -> list[models.Customer]:
        """The customers, oldest first; of one user, when it is named."""
        return self._list("customers", models.Customer, user=user)

    def sessions(self, user: str | int | None = None) -> list[models.CheckoutSession]:
        """The checkout sessions, oldest first."""
        return self._list("sessions", models.CheckoutSession, user=user)

    def subscriptions(self, user: str | int | None = None) -> list[models.Subscription]:
        """The subscriptions, oldest first, whatever their status."""
        return self._list("subscriptions", models.Subscription, user=user)

    def events(
        self, user: str | int | None = None, customer: str | None = None
    ) -> list[models.Event]:
        """The events, oldest first."""
        return self._list("events", models.Event, user=user, customer=customer)

    def calls(self, user: str | int | None = None) -> list[models.Call]:
        """The calls that reached the API, oldest first, this client's own among them."""
        return self._list("calls", models.Call, user=user)

    def add_fault(  # noqa: PLR0913 - the words of a fault
        self,
        effect: Literal["status", "hang", "reset", "lost"],
        *,
        on: Literal["all", "writes", "create"] = "all",
        kind: str | None = None,
        user: str | int | None = None,
        status: int = 500,
        code: str | None = None,
        times: int | None = None,
    ) -> models.Fault:
        """Have calls fail on purpose until `remove_fault`, or for `times` hits."""
        words = {"on": on, "kind": kind, "effect": effect, "status": status, "code": code}
        named = {"user": None if user is None else str(user), "times": times}
        answer = self.send("POST", "/_sandbox/faults", json=words | named)
        return models.Fault.model_validate(answer)

    def fault(self, fault: str) -> models.Fault:
        """A fault with its hits so far."""
        return models.Fault.model_validate(self.send("GET", f"/_sandbox/faults/{fault}"))

    def remove_fault(self, fault: str) -> models.Fault:
        """End a fault; calls that it holds stay held until their clients leave."""
        return models.Fault.model_validate(self.send("DELETE", f"/_sandbox/faults/{fault}"))

    def set_webhooks(self, url: str, secret: str, mode: Mode = "auto") -> None:
        """Where the account's events go, and whether by themselves."""
        body = {"url": url, "secret": secret, "mode": mode}
        self.send("PUT", "/_sandbox/webhooks", json=body)

    def set_delivery(self, customer: str, mode: Mode) -> None:
        """Have one customer's events leave otherwise than the account's."""
        self.send("PUT", f"/_sandbox/customers/{customer}/delivery", json={"mode": mode})

    def deliver(self, event: str) -> models.Attempt:
        """Deliver an event now, once more if need be."""
        answer = self.send("POST", "/_sandbox/deliveries", json={"event": event})
        return models.Attempt.model_validate(answer)

    def attempts(
        self, event: str | None = None, customer: str | None = None
    ) -> list[models.Attempt]:
        """Every delivery so far, oldest first."""
        return self._list("deliveries", models.Attempt, event=event, customer=customer)

    # Stripe's own calls

    def create_customer(self, **params: Any) -> models.Customer:
        """A customer."""
        return models.Customer.model_validate(self.stripe("POST", "/v1/customers", params))

    def delete_customer(self, customer: str) -> models.Customer:
        """Delete a customer; his subscriptions end."""
        return models.Customer.model_validate(self.stripe("DELETE", f"/v1/customers/{customer}"))

    def create_session(self, **params: Any) -> models.CheckoutSession:
        """A checkout session."""
        answer = self.stripe("POST", "/v1/checkout/sessions", params)
        return models.CheckoutSession.model_validate(answer)

    def expire_session(self, session: str) -> models.CheckoutSession:
        """Close an open session."""
        answer = self.stripe("POST", f"/v1/checkout/sessions/{session}/expire")
        return models.CheckoutSession.model_validate(answer)

    def create_price(self, **params: Any) -> models.PriceShown:
        """A price."""
        return models.PriceShown.model_validate(self.stripe("POST", "/v1/prices", params))

    def subscribe(self, customer: str, price: str, **extra: Any) -> models.Subscription:
        """A subscription that is paid for with a new good card; `extra` joins the parameters."""
        path = "/v1/payment_methods/pm_card_visa/attach"
        card = self.stripe("POST", path, {"customer": customer})
        usual = {"customer": customer, "items": [{"price": price}]}
        params = {**usual, "default_payment_method": card["id"], **extra}
        answer = self.stripe("POST", "/v1/subscriptions", params)
        return models.Subscription.model_validate(answer)

    def update_subscription(self, subscription: str, **params: Any) -> models.Subscription:
        """Change a subscription as a backend would."""
        answer = self.stripe("POST", f"/v1/subscriptions/{subscription}", params)
        return models.Subscription.model_validate(answer)

    def cancel_subscription(self, subscription: str) -> models.Subscription:
        """End a subscription now."""
        answer = self.stripe("DELETE", f"/v1/subscriptions/{subscription}")
        return models.Subscription.model_validate(answer)

    def retrieve(self, identifier: str, kind: type[Model]) -> Model:
        """Any object by its id; `kind` is the model of its prefix, or `Shown`."""
        for prefix, place in PLACES.items():
            if identifier.startswith(prefix):
                return kind.model_validate(self.stripe("GET", f"/v1/{place}/{identifier}"))
        raise ValueError(f"Nothing is retrieved by an id like {identifier}.")

    def customer(self, identifier: str) -> models.Customer:
        """A customer as it is now."""
        return self.retrieve(identifier, models.Customer)

    def session(self, identifier: str) -> models.CheckoutSession:
        """A checkout session as it is now."""
        return self.retrieve(identifier, models.CheckoutSession)

    def subscription(self, identifier: str) -> models.Subscription:
        """A subscription as it is now."""
        return self.retrieve(identifier, models.Subscription)

    def _list(self, noun: str, model: type[Model], **wanted: str | int | None) -> list[Model]:
        params = [(name, str(value)) for name, value in wanted.items() if value is not None]
        answer = self.send("GET", f"/_sandbox/{noun}", params=params)
        return [model.model_validate(each) for each in answer["data"]]
