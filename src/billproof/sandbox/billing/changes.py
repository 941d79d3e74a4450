"""Changes of a running subscription: its items, its trial, its end."""

from __future__ import annotations

from dataclasses import dataclass

from billproof.sandbox.billing import proration
from billproof.sandbox.billing.cycle import begin_period
from billproof.sandbox.billing.order_lines import bounded, check_items, price_of, quantity
from billproof.sandbox.billing.proration import Held
from billproof.sandbox.billing.subscribing import new_item
from billproof.sandbox.billing.subscription import Item, Subscription
from billproof.sandbox.billing.trials import trial_end
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.params import Params

WORDS = ("max_period_end", "min_period_end", "max_billed_until")


@dataclass(slots=True)
class Change:
    """A change under way: how it is prorated, and whether it starts a new period."""

    account: Account
    subscription: Subscription
    at: int
    prorates: bool
    restarts: bool = False

    @classmethod
    def begun(cls, account: Account, subscription: Subscription, params: Params) -> Change:
        """What the parameters of a call say of proration."""
        wished = params.text("proration_behavior") or "create_prorations"
        dated = params.integer("proration_date")
        periods = [(item.period_start, item.period_end) for item in subscription.items]
        if dated is not None and not all(start <= dated <= end for start, end in periods):
            reason = "Cannot specify `proration_date` outside of the current period."
            raise StripeError(Refusal.STATE, param="proration_date", reason=reason)
        at = dated or account.now(subscription.customer)
        paid = subscription.status in {"active", "past_due", "unpaid"}
        return cls(account, subscription, at, prorates=paid and wished != "none")

    def add(self, line: Params) -> Item:
        """One more item."""
        price = price_of(self.account, line)
        _fit(self.subscription, price.currency, price.interval, line)
        item = new_item(self.account, self.subscription, price, quantity(line))
        item.metadata = line.metadata()
        self.subscription.items.append(self.account.add(item))
        if self.prorates:
            proration.charge(self.account, self.subscription, item, self.at)
        return item

    def remove(self, item: Item, param: str) -> None:
        """One item less; the last one cannot go."""
        if len(self.subscription.items) == 1:
            reason = "A subscription must have at least one active item."
            raise StripeError(Refusal.STATE, param=param, reason=reason)
        self.subscription.items.remove(item)
        self.account.remove(item)
        self._credit(item, Held.by(item))

    def change(self, item: Item, line: Params) -> None:
        """Another price or quantity for an item."""
        held, price = Held.by(item), item.price
        if "price" in line or "price_data" in line:
            price = price_of(self.account, line)
            _fit(self.subscription, price.currency, price.interval, line)
        many = quantity(line) if "quantity" in line else item.quantity
        bounded(price.amount * many, line.named("quantity"))
        item.price, item.quantity = price, many
        item.metadata = line.metadata(item.metadata)
        if (held.price.id, held.quantity) == (item.price.id, item.quantity):
            return
        self._credit(item, held)
        if self._needs_new_period(held, item):
            self.restarts = True
        elif self.prorates:
            proration.charge(self.account, self.subscription, item, self.at)

    def _credit(self, item: Item, held: Held) -> None:
        if self.prorates and held.share(self.at):
            proration.credit(self.account, self.subscription, item, held, self.at)

    def _needs_new_period(self, held: Held, item: Item) -> bool:
        """Another interval, and what was free until now, are billed from now on."""
        before = (held.price.interval, held.price.interval_count)
        other = before != (item.price.interval, item.price.interval_count)
        was_free = held.price.amount * held.quantity == 0 < item.price.amount * item.quantity
        return self.subscription.status != "trialing" and (other or was_free)

    def restart(self) -> None:
        """Begin a new period now, for all items."""
        now = self.account.now(self.subscription.customer)
        self.subscription.billing_cycle_anchor = now
        for item in self.subscription.items:
            begin_period(self.subscription, item, now)


def _fit(subscription: Subscription, currency: str, interval: str | None, line: Params) -> None:
    reason = None
    if interval is None:
        reason = "A subscription's items need recurring prices."
    elif currency != subscription.currency:
        reason = f"The price's currency must be the subscription's, {subscription.currency}."
    if reason:
        raise StripeError(Refusal.STATE, param=line.named("price"), reason=reason)


def change_items(change: Change, lines: list[Params]) -> None:
    """Follow the `items` of an update."""
    for line in lines:
        identifier = line.text("id")
        if identifier is None:
            change.add(line)
            continue
        item = next((one for one in change.subscription.items if one.id == identifier), None)
        if item is None:
            raise StripeError(
                Refusal.NO_SUCH, param=line.named("id"), kind="subscription item", id=identifier
            )
        if line.flag("deleted"):
            change.remove(item, line.named("deleted"))
        else:
            change.change(item, line)
    if lines:
        check_items([item.price for item in change.subscription.items], "items")


def change_trial(change: Change, params: Params) -> None:
    """End a trial now, or have one until an instant ahead."""
    if "trial_end" not in params:
        return
    subscription = change.subscription
    now = change.account.now(subscription.customer)
    if params.text("trial_end") == "now":
        if subscription.status == "trialing":
            subscription.trial_end, subscription.status = now, "active"
            change.restarts = True
        return
    ends = trial_end(change.account, params, subscription.customer)
    if ends is None:
        return
    for item in subscription.items:
        change._credit(item, Held.by(item))  # noqa: SLF001 - of the same module
        item.period_start, item.period_end = now, ends
    subscription.trial_start = subscription.trial_start or now
    subscription.trial_end = subscription.billing_cycle_anchor = ends
    subscription.status, subscription.warned = "trialing", False


def change_end(account: Account, subscription: Subscription, params: Params) -> None:
    """Schedule the end, or take that back."""
    if not {"cancel_at", "cancel_at_period_end"} & params.names():
        return
    now = account.now(subscription.customer)
    at_end = params.flag("cancel_at_period_end")
    word = params.text("cancel_at")
    at = subscription.period_end if at_end or word in WORDS else params.integer("cancel_at")
    if at is not None and at <= now:
        reason = "Invalid timestamp: must be an integer Unix timestamp in the future."
        raise StripeError(Refusal.STATE, param="cancel_at", reason=reason)
    subscription.cancel_at_period_end = bool(at_end)
    subscription.cancel_at = at
    subscription.canceled_at = now if at else None
    why = "cancellation_requested" if at else None
    subscription.cancellation = {**subscription.cancellation, "reason": why}
