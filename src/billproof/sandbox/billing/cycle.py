"""What happens to a subscription by itself: trials end, periods renew, pauses lift, it ends."""

from __future__ import annotations

from collections.abc import Iterator

from billproof.sandbox.billing import collection, invoices
from billproof.sandbox.billing.ending import end, end_if_due
from billproof.sandbox.billing.periods import DAY, next_end
from billproof.sandbox.billing.subscription import OVER, Item, Subscription
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.objects.invoice import Invoice
from billproof.sandbox.objects.payment_methods import usual

INCOMPLETE_HOURS = 23
"""For how long a first invoice, or one of a resumption, can be paid."""
WARNING_DAYS = 3
"""How long before a trial ends `customer.subscription.trial_will_end` is sent."""
RENEWING = frozenset({"active", "past_due", "unpaid"})


def plan(account: Account, subscription: Subscription) -> None:
    """Have the account look again when something may be due next; too often does no harm."""
    if subscription.status in OVER:
        return
    now = account.now(subscription.customer)
    ahead = [each for each in _instants(account, subscription) if each is not None and each > now]
    if ahead and min(ahead) != subscription.expected:
        subscription.expected = min(ahead)
        account.expect(subscription.expected, subscription)


def _instants(account: Account, subscription: Subscription) -> Iterator[int | None]:
    yield subscription.ends
    yield from (item.period_end for item in subscription.items)
    yield subscription.period_end - account.settings.upcoming_days * DAY
    yield (subscription.pause_collection or {}).get("resumes_at")
    if subscription.status in {"incomplete", "paused"}:
        invoice = account.find(Invoice, subscription.latest_invoice)
        yield invoice.created + INCOMPLETE_HOURS * 3600 if invoice else None
    if subscription.status == "trialing" and subscription.trial_end:
        yield subscription.trial_end - WARNING_DAYS * DAY
        yield subscription.trial_end


def turn(account: Account, subscription: Subscription) -> None:
    """Do what is due at this instant."""
    if subscription.status in OVER or end_if_due(account, subscription):
        return
    _lift_pause(account, subscription)
    if subscription.by_hand:
        return
    if subscription.status == "incomplete":
        _expire(account, subscription)
    elif subscription.status == "paused":
        _void_latest(account, subscription)
    elif subscription.status == "trialing":
        _try_out(account, subscription)
    elif subscription.status in RENEWING:
        renew(account, subscription)


def _lift_pause(account: Account, subscription: Subscription) -> None:
    resumes = (subscription.pause_collection or {}).get("resumes_at")
    if resumes is not None and resumes <= account.now(subscription.customer):
        with account.updating(subscription, "customer.subscription.updated"):
            subscription.pause_collection = None


def _expire(account: Account, subscription: Subscription) -> None:
    now = account.now(subscription.customer)
    if now < subscription.created + INCOMPLETE_HOURS * 3600:
        return
    with account.updating(subscription, "customer.subscription.updated"):
        subscription.status = "incomplete_expired"
        subscription.ended_at = now
    _void_latest(account, subscription)


def _void_latest(account: Account, subscription: Subscription) -> None:
    """Take back what was to be paid within 23 hours."""
    invoice = account.find(Invoice, subscription.latest_invoice)
    if invoice is None or invoice.status != "open":
        return
    if invoice.created + INCOMPLETE_HOURS * 3600 <= account.now(subscription.customer):
        invoices.close(account, invoice, "void")


def _try_out(account: Account, subscription: Subscription) -> None:
    now, ends = account.now(subscription.customer), subscription.trial_end or 0
    if ends <= now:
        end_trial(account, subscription)
    elif not subscription.warned and ends - WARNING_DAYS * DAY <= now:
        warn(account, subscription)


def warn_at_once(account: Account, subscription: Subscription) -> None:
    """Announce the end of a trial that is nearer than the warning would be."""
    left = (subscription.trial_end or 0) - account.now(subscription.customer)
    if subscription.status == "trialing" and not subscription.warned and left <= WARNING_DAYS * DAY:
        warn(account, subscription)


def warn(account: Account, subscription: Subscription) -> None:
    """Announce the end of a trial."""
    subscription.warned = True
    account.emit("customer.subscription.trial_will_end", subscription)


def end_trial(account: Account, subscription: Subscription) -> None:
    """Go over to paying; or what the subscription says for want of a card."""
    customer = account.get(Customer, subscription.customer)
    if usual(account, customer, subscription.default_payment_method) is None:
        missing = subscription.missing_payment_method
        if missing == "cancel":
            end(account, subscription, account.now(customer.id), "cancellation_requested")
            return
        if missing == "pause":
            with account.updating(subscription, "customer.subscription.updated"):
                subscription.status = "paused"
            account.emit("customer.subscription.paused", subscription)
            return
    renew(account, subscription)


def renew(account: Account, subscription: Subscription) -> None:
    """Begin the next period of every item whose last one is over, and bill it."""
    now = account.now(subscription.customer)
    items = [item for item in subscription.items if item.period_end <= now]
    if not items:
        return
    since = min(item.period_start for item in items)
    with account.updating(subscription, "customer.subscription.updated"):
        if subscription.status == "trialing":
            subscription.status = "active"
        for item in items:
            begin_period(subscription, item, item.period_end)
        if subscription.cancel_at_period_end:
            subscription.cancel_at = subscription.period_end
        advances = subscription.status != "unpaid" and not subscription.pause_collection
        invoice = invoices.draft(
            account, subscription, "subscription_cycle", items, since=since, advances=advances
        )
    plan(account, subscription)
    _send_on_its_way(account, subscription, invoice)


def begin_period(subscription: Subscription, item: Item, start: int) -> None:
    """A new period of an item, counted from the subscription's anchor."""
    item.period_start = start
    interval = item.price.interval or "month"
    item.period_end = next_end(
        subscription.billing_cycle_anchor, start, interval, item.price.interval_count
    )


def _send_on_its_way(account: Account, subscription: Subscription, invoice: Invoice) -> None:
    behavior = (subscription.pause_collection or {}).get("behavior")
    if subscription.status == "unpaid" or behavior == "keep_as_draft":
        return
    if behavior is not None:
        invoices.finalize(account, invoice)
        if invoice.status == "open":
            invoices.close(account, invoice, "void" if behavior == "void" else "uncollectible")
        return
    if account.settings.finalization_delay and invoice.finalizes_at is not None:
        account.expect(invoice.finalizes_at, invoice)
    else:
        collection.advance(account, invoice)
