"""A customer's own change of plan, as the portal does it: what it would cost, and doing it."""

from __future__ import annotations

from dataclasses import dataclass

from billproof.sandbox.billing import preview, subscriptions
from billproof.sandbox.billing.features import Updating
from billproof.sandbox.billing.preview import Upcoming
from billproof.sandbox.billing.subscription import Subscription
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.payment_methods import usual
from billproof.sandbox.objects.price import Price
from billproof.sandbox.objects.resource import Body

PRORATED = frozenset({"active", "past_due", "unpaid"})


@dataclass(frozen=True, slots=True)
class PlanChange:
    """Another price or quantity for a subscription of one item.

    `at` is the second from which it is prorated, so that what was shown is what is charged.
    """

    subscription: Subscription
    price: Price
    quantity: int
    at: int
    updating: Updating

    @property
    def is_none(self) -> bool:
        """Whether the subscription is for that already."""
        item = self.subscription.items[0]
        return (item.price.id, item.quantity) == (self.price.id, self.quantity)

    def _params(self) -> Body:
        item = self.subscription.items[0]
        said: Body = {
            "items": [{"id": item.id, "price": self.price.id, "quantity": self.quantity}],
            "proration_behavior": self.updating.proration,
        }
        if self.subscription.status in PRORATED and item.period_start <= self.at <= item.period_end:
            said["proration_date"] = self.at
        if self.subscription.status == "trialing" and self.updating.ends_trials:
            said["trial_end"] = "now"
        elif self.updating.restarts:
            said["billing_cycle_anchor"] = "now"
        return said

    def preview(self, account: Account) -> Upcoming:
        """What `invoices/create_preview` answers for it."""
        asked = {"subscription": self.subscription.id, "subscription_details": self._params()}
        return preview.upcoming(account, Params(asked))

    def make(self, account: Account, *, authenticated: bool = False) -> None:
        """Do it; StripeError when a payment that is due at once fails, then nothing has changed."""
        said = self._params()
        if self._is_charged(account):
            said["payment_behavior"] = "error_if_incomplete"
        subscriptions.update(
            account, Params(said), self.subscription.id, authenticated=authenticated
        )

    def _is_charged(self, account: Account) -> bool:
        """Whether it is paid for at once, by a card that there must be then."""
        coming = self.preview(account)
        by_card = self.subscription.collection_method == "charge_automatically"
        if not (coming.at_once and coming.invoice.due and by_card):
            return False
        customer = account.get(Customer, self.subscription.customer)
        if usual(account, customer, self.subscription.default_payment_method) is None:
            raise StripeError(Refusal.NO_PAYMENT_METHOD)
        return True
