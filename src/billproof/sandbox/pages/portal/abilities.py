"""What may be done with a subscription now; its buttons and its doors ask the same."""

from __future__ import annotations

from dataclasses import dataclass

from billproof.sandbox.billing.features import Feature, Offered, Updating
from billproof.sandbox.billing.subscription import OVER, Subscription
from billproof.sandbox.objects.price import Price
from billproof.sandbox.pages.portal.visit import Visit

CHANGEABLE = frozenset({"active", "trialing", "past_due"})


@dataclass(frozen=True, slots=True)
class Choice:
    """A price that may be chosen, or the present one."""

    price: Price
    offered: Offered | None
    """None of the present one when it is not offered any more."""
    is_current: bool

    @property
    def is_open(self) -> bool:
        """Whether choosing it can change anything."""
        return not self.is_current or (self.offered is not None and self.offered.countable)


def choices(visit: Visit, subscription: Subscription) -> list[Choice]:
    """What the configuration offers in the subscription's currency, the present price too."""
    current = subscription.items[0].price
    found = []
    for offered in Updating.of(visit.configuration).offered:
        price = visit.account.find(Price, offered.price)
        if price is not None and _fits(price, subscription):
            found.append(Choice(price, offered, is_current=price.id == current.id))
    if not any(each.is_current for each in found):
        found.insert(0, Choice(current, None, is_current=True))
    return found


def _fits(price: Price, subscription: Subscription) -> bool:
    same = price.currency == subscription.currency
    return price.active and price.interval is not None and same


def may_update(visit: Visit, subscription: Subscription) -> bool:
    """Of one item only, as at Stripe; and not when its end is near."""
    return (
        visit.offers(Feature.UPDATE)
        and len(subscription.items) == 1
        and subscription.status in CHANGEABLE
        and subscription.ends is None
        and any(each.is_open for each in choices(visit, subscription))
    )


def may_cancel(visit: Visit, subscription: Subscription) -> bool:
    """What neither is over nor is going to be."""
    is_ending = subscription.status in OVER or subscription.ends is not None
    return visit.offers(Feature.CANCEL) and not is_ending


def may_keep(visit: Visit, subscription: Subscription) -> bool:
    """What is going to end, and has not yet."""
    return visit.offers(Feature.CANCEL) and subscription.ends is not None


def may_pause(visit: Visit, subscription: Subscription) -> bool:
    """What is charged, and goes on."""
    return (
        visit.offers(Feature.PAUSE)
        and subscription.status in CHANGEABLE
        and subscription.ends is None
        and subscription.pause_collection is None
    )


def may_resume(visit: Visit, subscription: Subscription) -> bool:
    """What is paused."""
    paused = subscription.pause_collection is not None and subscription.status not in OVER
    return visit.offers(Feature.PAUSE) and paused
