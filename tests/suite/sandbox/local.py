"""The sandbox without a server: its calls, on a clock that only the test moves."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from billproof.sandbox.api import operations, schema
from billproof.sandbox.api.form import nest
from billproof.sandbox.objects.catalogue import Plan
from billproof.sandbox.objects.errors import StripeError
from billproof.sandbox.objects.events import Event
from billproof.sandbox.objects.params import Params
from billproof.sandbox.tenants.tenants import Tenant, Tenants
from billproof.sandbox.webhooks.delivery import Courier
from billproof.sandbox.wire import _pairs
from tests.suite.fidelity.exchanges import Exchange, keep

START = 1_800_000_000
"""2027-01-15 08:00:00 UTC."""
DAY = 86_400
PLANS = (
    Plan(price="price_pro", name="Pro", amount=1900, currency="eur", interval="month"),
    Plan(price="price_max", name="Max", amount=4900, currency="eur", interval="month"),
    Plan(price="price_year", name="Year", amount=19000, currency="eur", interval="year"),
    Plan(price="price_yen", name="Yen", amount=4500, currency="jpy", interval="month"),
)


def recorded(
    method: str, path: str, pairs: list[tuple[str, str]], status: int, answer: dict[str, Any]
) -> None:
    """Keep a call where those over the wire are kept, when they are."""
    folder = os.environ.get("SANDBOX_EXCHANGES")
    if folder is None:
        return
    text, reads = urlencode(pairs), method == "GET"
    exchange = Exchange(
        method=method,
        path=f"/v1/{path}",
        query=text if reads else "",
        form="" if reads else text,
        type="",
        version=None,
        key="Bearer sk_test_local",
        status=status,
        answer=answer,
    )
    keep([exchange], folder)


class Local:
    """One account; calls are typed and refused as those that come over the wire."""

    def __init__(self) -> None:
        self.at = float(START)
        self.tenants = Tenants(
            origin="http://own", plans=PLANS, clock=lambda: self.at, courier=Courier()
        )
        self.tenant: Tenant = self.tenants.of("sk_test_local")
        self.account = self.tenant.account

    def call(self, method: str, path: str, **params: Any) -> dict[str, Any]:
        """The body that a call answers; StripeError when it is refused."""
        self.tenant.catch_up()
        found = operations.find(method, f"/v1/{path}")
        assert found is not None, f"no call {method} /v1/{path}"
        operation, ids = found
        pairs = list(_pairs("", params))
        try:
            checked = Params(schema.checked(operation.call, nest(pairs)))
            body = operation.run(self.account, checked, ids)
        except StripeError as error:
            recorded(method, path, pairs, error.status, error.body("req_local", "test"))
            raise
        recorded(method, path, pairs, 200, body)
        return body

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        """What a GET answers."""
        return self.call("GET", path, **params)

    def post(self, path: str, **params: Any) -> dict[str, Any]:
        """What a POST answers."""
        return self.call("POST", path, **params)

    def customer(self, card: str | None = "pm_card_visa", **params: Any) -> str:
        """A customer with a default card."""
        made = str(self.post("customers", **params)["id"])
        if card is not None:
            method = self.post(f"payment_methods/{card}/attach", customer=made)
            self.post(
                f"customers/{made}", invoice_settings={"default_payment_method": method["id"]}
            )
        return made

    def subscribe(self, customer: str, price: str = "price_pro", **params: Any) -> dict[str, Any]:
        """A subscription of that customer."""
        return self.post("subscriptions", customer=customer, items=[{"price": price}], **params)

    def clock(self, at: int = START) -> str:
        """A test clock."""
        return str(self.post("test_helpers/test_clocks", frozen_time=at)["id"])

    def advance(self, clock: str, to: int) -> None:
        """Let a test clock arrive at an instant, over months if need be."""
        self.post(f"test_helpers/test_clocks/{clock}/advance", frozen_time=to)
        self.tenant.tick()

    def wait(self, seconds: int) -> None:
        """Let real time pass."""
        self.at += seconds
        self.tenant.tick()

    def types(self, since: int = 0, about: Callable[[str], bool] = bool) -> list[str]:
        """The types of the events from the one of that number on."""
        return [event.type for event in self.account.all(Event)[since:] if about(event.type)]

    def told(self) -> int:
        """How many events there are."""
        return len(self.account.all(Event))
