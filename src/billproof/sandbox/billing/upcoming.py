"""`invoice.upcoming`: what a renewal will cost, said some days before it is billed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from billproof.sandbox.billing import preview
from billproof.sandbox.billing.periods import DAY
from billproof.sandbox.billing.subscription import Subscription
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.objects.invoice import Invoice
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.payment_methods import usual
from billproof.sandbox.objects.resource import Body, Resource

ANNOUNCED = frozenset({"trialing", "active", "past_due"})
"""The statuses in which the next period is charged by itself."""


@dataclass(kw_only=True, slots=True)
class Coming(Resource):
    """An invoice that is not there yet: all of it but an id, as Stripe's list of events says."""

    kind: ClassVar[str] = "invoice"
    invoice: Invoice

    def body(self) -> Body:
        """The invoice, as a preview."""
        body = {**self.invoice.body(), "billing_reason": "upcoming"}
        del body["id"]
        return body

    @property
    def quotes(self) -> tuple[str, ...]:
        """The prices of its lines."""
        return self.invoice.quotes

    @property
    def owner(self) -> str:
        """Who will pay it."""
        return self.invoice.customer

    @property
    def users(self) -> frozenset[str]:
        """The user its subscription names."""
        return self.invoice.users


def announce_if_due(account: Account, subscription: Subscription) -> None:
    """Announce the next renewal once, when it is near enough; not of periods that are shorter."""
    renews, now = subscription.period_end, account.now(subscription.customer)
    first = renews - account.settings.upcoming_days * DAY
    began = min((item.period_start for item in subscription.items), default=renews)
    if not began < first <= now < renews or subscription.announced == renews:
        return
    if _is_charged_by_itself(account, subscription):
        subscription.announced = renews
        account.emit("invoice.upcoming", _coming(account, subscription))


def _is_charged_by_itself(account: Account, subscription: Subscription) -> bool:
    """Whether an invoice will come at all; Stripe announces none while collection is paused."""
    ends = subscription.ends
    if subscription.by_hand or (ends is not None and ends <= subscription.period_end):
        return False
    if (
        subscription.status == "trialing"
        and subscription.missing_payment_method != "create_invoice"
    ):
        customer = account.get(Customer, subscription.customer)
        if usual(account, customer, subscription.default_payment_method) is None:
            return False
    charged = subscription.collection_method == "charge_automatically"
    return subscription.status in ANNOUNCED and charged and not subscription.pause_collection


def _coming(account: Account, subscription: Subscription) -> Coming:
    invoice = preview.upcoming(account, Params({"subscription": subscription.id})).invoice
    invoice.next_attempt = subscription.period_end + account.settings.finalization_delay
    return Coming(
        id=f"upcoming_{invoice.id}",
        created=account.now(subscription.customer),
        livemode=account.livemode,
        invoice=invoice,
    )
