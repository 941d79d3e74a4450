"""A shop with something on every page of the sandbox, each made when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from billproof.sandbox.client import Sandbox
from tests.suite.sandbox.conftest import OpenSession
from tests.suite.sandbox.portal import MASTERCARD, UPDATE, PortalCustomer

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
        """A customer with a subscription and an invoice, and with an address that has no end."""
        email = f"{'augusta' * 9}@shop.test"
        customer = self.sandbox.create_customer(email=email).id
        self.sandbox.subscribe(customer, "price_pro")
        params = {"customer": customer, "return_url": "https://shop.test/app"}
        session = self.sandbox.stripe("POST", "/v1/billing_portal/sessions", params)
        return f"/p/session/{session['id']}"

    def subscriber(self) -> PortalCustomer:
        """A customer whose portal can do everything, with two plans more than his own."""
        found = PortalCustomer.with_card(self.sandbox, self.http)
        year = "All that you need for a whole year, and two months of it are free"
        plans = [found.price(4900, "Max"), found.price(19_000, "Pro, yearly", "year", year)]
        spans = [{"interval": "month", "interval_count": count} for count in (1, 3)]
        reasons = ["too_expensive", "missing_features", "switched_service", "unused", "other"]
        updates = ["name", "email", "phone", "address"]
        products = [
            {"product": found.product_of(each), "prices": [each]} for each in ("price_pro", *plans)
        ]
        found.open(
            {
                "customer_update": {"enabled": True, "allowed_updates": updates},
                "invoice_history": {"enabled": True},
                "payment_method_update": {"enabled": True},
                "subscription_cancel": {
                    "enabled": True,
                    "cancellation_reason": {"enabled": True, "options": reasons},
                },
                "subscription_pause": {
                    "enabled": True,
                    "duration": {"type": "interval_options", "interval_options": spans},
                },
                "subscription_update": {**UPDATE, "products": products},
            },
        )
        self.sandbox.run_ahead(found.id, 10 * 86_400)
        return found

    def whole_portal(self) -> str:
        """All sections of the portal, after something has been done."""
        found = self.subscriber()
        address = {"line1": "12 Long Lane", "city": "Leeds", "country": "GB"}
        found.send("/customer", name="Ada Lovelace", email="ada@shop.test", **address)
        found.send("/payment-method", **MASTERCARD)
        return f"{found.at('')}?done=details"

    def canceling(self) -> str:
        """A portal after its customer has canceled."""
        found = self.subscriber()
        return found.send("/cancel").headers["location"]

    def owing(self) -> str:
        """A portal after a renewal that was not paid."""
        found = self.subscriber()
        found.pay_with("pm_card_chargeCustomerFail")
        self.sandbox.run_ahead(found.id, 40 * 86_400)
        return found.at("")

    def plans(self) -> str:
        """The plans to choose from."""
        return self.subscriber().at("/update")

    def quote(self) -> str:
        """What another plan costs: now nothing, more at the renewal."""
        found = self.subscriber()
        return f"{found.at('/confirm')}?price={found.prices[0]}"

    def quote_now(self) -> str:
        """What another plan costs that is paid for at once."""
        found = self.subscriber()
        return f"{found.at('/confirm')}?price={found.prices[1]}"

    def card(self) -> str:
        """The form for another card."""
        return self.subscriber().at("/payment-method")

    def delete_card(self) -> str:
        """The question before a card is deleted."""
        found = self.subscriber()
        card = found.customer()["invoice_settings"]["default_payment_method"]
        found.send("/payment-method", **MASTERCARD)
        return f"{found.at('/payment-method/delete')}?method={card}"

    def details(self) -> str:
        """The form for what is known about a customer."""
        return self.subscriber().at("/customer")

    def pause(self) -> str:
        """The question before a subscription is paused."""
        return self.subscriber().at("/pause")

    def cancel(self) -> str:
        """The question before a subscription is canceled, with reasons."""
        return self.subscriber().at("/cancel")

    def confirmation(self) -> str:
        """What stands at the end of a deep link."""
        found = self.subscriber()
        done = {"type": "hosted_confirmation", "hosted_confirmation": {"custom_message": "Bye!"}}
        about = {"subscription": found.subscription}
        flow = {"type": "subscription_cancel", "subscription_cancel": about}
        found.open(flow_data={**flow, "after_completion": done})
        return found.send("/cancel").headers["location"]

    def barred(self) -> str:
        """A page of the portal that its configuration closes."""
        found = self.subscriber()
        found.open({"invoice_history": {"enabled": True}})
        return found.at("/cancel")

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
        self.sandbox.set_webhook("http://127.0.0.1:9/a/long/way/to/nobody", "whsec_1", "manual")
        self.sandbox.create_customer()
        self.sandbox.deliver(self.sandbox.events()[-1].id)
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
    Shop.whole_portal,
    Shop.canceling,
    Shop.owing,
    Shop.plans,
    Shop.quote,
    Shop.quote_now,
    Shop.card,
    Shop.delete_card,
    Shop.details,
    Shop.pause,
    Shop.cancel,
    Shop.confirmation,
    Shop.barred,
    Shop.start,
    Shop.account,
    Shop.nobody,
)
