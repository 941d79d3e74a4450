"""The typed client of one account in a running sandbox: its levers, and Stripe calls for trials.

sandbox = Sandbox("http://127.0.0.1:12111", "sk_test_1")
sandbox.pay(session_id)
sandbox.set_subscription(subscription_id, status="past_due")
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Any, Literal, Self, TypeVar
from urllib.parse import urlencode

import httpx

from billproof.errors import CannotTest
from billproof.sandbox import models

Mode = Literal["auto", "manual"]
Model = TypeVar("Model", bound=models.Shown)
PATIENCE_SECONDS = 30.0
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


@dataclass(eq=False)
class SandboxRefused(CannotTest):
    """The sandbox refused a call; with Stripe's status, error code and parameter."""

    status: int = 0
    error_code: str | None = None
    param: str | None = None

    @classmethod
    def told(cls, status: int, error: Mapping[str, Any]) -> Self:
        """The refusal that an error body tells of."""
        reason = f"The sandbox answered {status}: {error.get('message')}"
        return cls(
            "sandbox-refused",
            reason,
            status=status,
            error_code=error.get("code"),
            param=error.get("param"),
        )


class Sandbox:
    """One account, by its secret key. Thread-safe; close it, or use it in a `with`."""

    def __init__(self, url: str, secret_key: str) -> None:
        self.url = url.rstrip("/")
        self.secret_key = secret_key
        headers = {"Authorization": f"Bearer {secret_key}"}
        # The environment's proxies are not meant for a sandbox next door.
        self._http = httpx.Client(
            base_url=self.url,
            headers=headers,
            timeout=PATIENCE_SECONDS,
            trust_env=False,
            verify=_tls(),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    # The levers

    def health(self) -> str:
        """The version of the sandbox that answers; CannotTest when none does."""
        answer = self._send("GET", "/_sandbox/health")
        if answer.get("sandbox") != "billproof":
            raise CannotTest("no-sandbox", f"What answers at {self.url} is no billproof sandbox.")
        return str(answer["version"])

    def pay(
        self, session: str, card: str = "4242424242424242", **buyer: str
    ) -> models.CheckoutSession:
        """Pay a session as its page does; `buyer` may give `email` and `name`."""
        path = f"/_sandbox/checkout/sessions/{session}/pay"
        answer = self._send("POST", path, json={"card": card, **buyer})
        return models.CheckoutSession.model_validate(answer)

    def set_subscription(self, subscription: str, **truth: Any) -> models.Subscription:
        """Set members of a subscription (`current_period_end` too) and emit the event."""
        answer = self._send("POST", f"/_sandbox/subscriptions/{subscription}", json=truth)
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
        answer = self._send("POST", "/_sandbox/faults", json=words | named)
        return models.Fault.model_validate(answer)

    def fault(self, fault: str) -> models.Fault:
        """A fault with its hits so far."""
        return models.Fault.model_validate(self._send("GET", f"/_sandbox/faults/{fault}"))

    def remove_fault(self, fault: str) -> models.Fault:
        """End a fault; calls that it holds stay held until their clients leave."""
        return models.Fault.model_validate(self._send("DELETE", f"/_sandbox/faults/{fault}"))

    def set_webhooks(self, url: str, secret: str, mode: Mode = "auto") -> None:
        """Where the account's events go, and whether by themselves."""
        body = {"url": url, "secret": secret, "mode": mode}
        self._send("PUT", "/_sandbox/webhooks", json=body)

    def set_delivery(self, customer: str, mode: Mode) -> None:
        """Have one customer's events leave otherwise than the account's."""
        self._send("PUT", f"/_sandbox/customers/{customer}/delivery", json={"mode": mode})

    def deliver(self, event: str) -> models.Attempt:
        """Deliver an event now, once more if need be."""
        answer = self._send("POST", "/_sandbox/deliveries", json={"event": event})
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

    def stripe(
        self, method: str, path: str, params: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Any call of Stripe's API; SandboxRefused when it is refused."""
        pairs = list(_pairs("", params or {}))
        if method == "GET":
            return self._send(method, path, params=pairs)
        return self._send(method, path, data=pairs)

    def _list(self, noun: str, model: type[Model], **wanted: str | int | None) -> list[Model]:
        params = [(name, str(value)) for name, value in wanted.items() if value is not None]
        answer = self._send("GET", f"/_sandbox/{noun}", params=params)
        return [model.model_validate(each) for each in answer["data"]]

    def _send(
        self,
        method: str,
        path: str,
        *,
        json: Mapping[str, Any] | None = None,
        params: Sequence[tuple[str, str]] = (),
        data: list[tuple[str, str]] | None = None,
    ) -> dict[str, Any]:
        form = urlencode(data).encode() if data else None
        head = {"Content-Type": "application/x-www-form-urlencoded"} if data else {}
        try:
            answer = self._http.request(
                method,
                path,
                json=json,
                params=httpx.QueryParams(urlencode(params)),
                content=form,
                headers=head,
            )
        except httpx.TransportError as error:
            reason = f"The sandbox at {self.url} does not answer: {error!r}."
            raise CannotTest("sandbox-died", reason) from error
        body: dict[str, Any] = answer.json()
        if answer.is_error:
            raise SandboxRefused.told(answer.status_code, body.get("error", {}))
        return body


@cache
def _tls() -> ssl.SSLContext:
    """One for all clients: every trial makes a client, and this is the slow part of it."""
    return ssl.create_default_context()


def _pairs(prefix: str, value: Any) -> Iterator[tuple[str, str]]:
    """Nested values as bracketed form fields."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _pairs(f"{prefix}[{name}]" if prefix else str(name), each)
    elif isinstance(value, list | tuple):
        for index, each in enumerate(value):
            yield from _pairs(f"{prefix}[{index}]", each)
    elif isinstance(value, bool):
        yield prefix, "true" if value else "false"
    else:
        yield prefix, "" if value is None else str(value)
