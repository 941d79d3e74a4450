"""A shop with something on every page of the sandbox, each made when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from billproof.sandbox.client import Sandbox
from tests.suite.sandbox.conftest import OpenSession

CHALLENGED = "4000 0027 6000 3184"


@dataclass(frozen=True)
class Shop:
    """An account with something on every page."""

    url: str
    key: str
    sandbox: Sandbox
    http: httpx.Client
    open_session: OpenSession

    def checkout(self) -> str:
        """A session of several lines, with tax."""
        seat = {
            "currency": "eur",
            "unit_amount": 500,
            "recurring": {"interval": "month"},
            "product_data": {"name": "Seat", "description": "For one more of your team"},
        }
        lines = [{"price": "price_pro", "quantity": 1}, {"price_data": seat, "quantity": 3}]
        session = self.open_session(
            line_items=lines,
            automatic_tax={"enabled": True},
            success_url=f"{self.url}/_sandbox/?paid",
            cancel_url="https://shop.test/plans",
        )
        return f"/c/pay/{session.id}"

    def trial(self) -> str:
        """A session that begins with a trial."""
        session = self.open_session(subscription_data={"trial_period_days": 14})
        return f"/c/pay/{session.id}"

    def complete(self) -> str:
        """A session that has been paid."""
        session = self.open_session().id
        self.sandbox.pay(session)
        return f"/c/pay/{session}"

    def challenge(self) -> str:
        """A bank's question."""
        card = {
            "email": "ada@shop.test",
            "number": CHALLENGED,
            "expiration": "12 / 34",
            "cvc": "123",
            "name": "Ada",
        }
        return self.http.post(f"/c/pay/{self.open_session().id}", data=card).headers["location"]

    def paid(self) -> str:
        """An invoice that is paid."""
        customer = self.sandbox.create_customer(email="ada@shop.test").id
        return f"/invoice/{self.sandbox.subscribe(customer, 'price_pro').latest_invoice}"

    def invoice(self) -> str:
        """An invoice that is open, with a credit."""
        customer = self.sandbox.create_customer(email="ada@shop.test", name="Ada Lovelace").id
        for amount, text in ((2500, "Remaining time on Pro"), (-601, "Unused time on Basic")):
            item = {"customer": customer, "amount": amount, "currency": "eur"}
            self.sandbox.stripe("POST", "/v1/invoiceitems", {**item, "description": text})
        wanted = {"customer": customer, "currency": "eur"}
        pending = {"pending_invoice_items_behavior": "include"}
        draft = self.sandbox.stripe("POST", "/v1/invoices", {**wanted, **pending})["id"]
        self.sandbox.stripe("POST", f"/v1/invoices/{draft}/finalize")
        return f"/invoice/{draft}"

    def portal(self) -> str:
        """A customer with a subscription and an invoice."""
        customer = self.sandbox.create_customer(email="ada@shop.test").id
        self.sandbox.subscribe(customer, "price_pro")
        params = {"customer": customer, "return_url": "https://shop.test/app"}
        session = self.sandbox.stripe("POST", "/v1/billing_portal/sessions", params)
        return f"/p/session/{session['id']}"

    def cancel(self) -> str:
        """The question before a subscription is canceled."""
        portal = self.portal()
        subscription = self.sandbox.subscriptions()[-1].id
        return f"{portal}/subscriptions/{subscription}/cancel"

    def start(self) -> str:
        """The list of accounts."""
        self.sandbox.create_customer()
        return "/_sandbox/"

    def account(self) -> str:
        """The account's own page, with something in most tables."""
        for fill in (self.checkout, self.invoice, self.portal):
            fill()
        for name in ("order-1", "order-1"):
            head = {"Idempotency-Key": name, "Authorization": f"Bearer {self.key}"}
            self.http.post("/v1/customers", data={"name": "Zoe"}, headers=head)
        self.sandbox.fault("writes", kind="subscription", status=503, times=3)
        return self.http.post("/_sandbox/", data={"key": self.key}).headers["location"]

    def nobody(self) -> str:
        """A page that is not there."""
        return "/c/pay/cs_test_nobody"


PAGES = (
    Shop.checkout,
    Shop.trial,
    Shop.complete,
    Shop.challenge,
    Shop.invoice,
    Shop.paid,
    Shop.portal,
    Shop.cancel,
    Shop.start,
    Shop.account,
    Shop.nobody,
)
