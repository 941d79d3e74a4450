"""A subscriber on a clock, and the events that go with what he lives through."""

from __future__ import annotations

from typing import Any

from billproof.sandbox.objects.events import Event
from tests.suite.sandbox.local import DAY, START, Local

HOUR = 3600
END = START + 31 * DAY
FAILS = "pm_card_chargeCustomerFail"
CHARGED = ["charge.succeeded", "payment_intent.succeeded"]
PAID = ["invoice.updated", "invoice_payment.paid", "invoice.paid", "invoice.payment_succeeded"]
RENEWED = ["invoice.created", "customer.subscription.updated"]
DECLINED = [
    "charge.failed",
    "payment_intent.payment_failed",
    "invoice.updated",
    "invoice.payment_failed",
]
OWING = ["customer.updated", "customer.subscription.updated"]
CHANGED = "customer.subscription.updated"
BESIDES = {"test_clock", "upcoming"}


class Life:
    """A subscriber on a clock, and the events since he was looked at last."""

    def __init__(self, card: str | None = "pm_card_visa", **params: Any) -> None:
        self.stripe = Local()
        self.clock = self.stripe.clock()
        self.customer = self.stripe.customer(card=card, test_clock=self.clock)
        self.seen = self.stripe.told()
        self.subscription = self.stripe.subscribe(self.customer, **params)

    @property
    def path(self) -> str:
        """Where the subscription is."""
        return f"subscriptions/{self.subscription['id']}"

    def now(self) -> dict[str, Any]:
        """The subscription as it is."""
        return self.stripe.get(self.path)

    def pay_with(self, card: str) -> None:
        """Another card from now on."""
        method = self.stripe.post(f"payment_methods/{card}/attach", customer=self.customer)
        self.stripe.post(self.path, default_payment_method=method["id"])
        self.news()

    def advance(self, to: int) -> list[str]:
        """Live up to an instant; what is told of it."""
        self.stripe.advance(self.clock, to)
        return self.news()

    def news(self) -> list[str]:
        """The types of what has happened, clocks aside."""
        return [event.type for event in self.events()]

    def events(self) -> list[Event]:
        """What has happened; clocks and announcements aside, which come between."""
        begun, self.seen = self.seen, self.stripe.told()
        found = self.stripe.account.all(Event)[begun:]
        return [each for each in found if not BESIDES & {*each.type.split(".")}]

    def announced(self) -> list[Event]:
        """All announcements of renewals so far."""
        return [each for each in self.stripe.account.all(Event) if each.type == "invoice.upcoming"]


def _pay_the_invoice(life: Life) -> list[str]:
    life.stripe.post(f"invoices/{life.now()['latest_invoice']}/pay", payment_method="pm_card_visa")
    attached, *told = life.news()
    assert attached == "payment_method.attached"
    return told
