"""The calls on subscriptions."""

from __future__ import annotations

from billproof.sandbox.billing import invoices
from billproof.sandbox.billing.order_lines import price_of, quantity, recurring_lines
from billproof.sandbox.billing.periods import period_end
from billproof.sandbox.billing.subscribing import Order, add_item, end, schedule, start
from billproof.sandbox.billing.subscription import OVER, Item, Subscription
from billproof.sandbox.billing.trials import trial_end
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.customers import Customer, living
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.payment_methods import chargeable

WORDS = ("max_period_end", "min_period_end", "max_billed_until")


def create(account: Account, params: Params) -> Subscription:
    """A subscription made by the backend, charged on a card that the customer has."""
    params.only_one_of("cancel_at", "cancel_at_period_end")
    customer = living(account, params.required("customer"))
    lines = recurring_lines(account, params.children("items"), "items")
    trial = trial_end(account, params)
    card = chargeable(account, customer, params.text("default_payment_method"))
    behavior = params.text("payment_behavior")
    if card is None and trial is None and behavior != "default_incomplete":
        raise StripeError(Refusal.NO_PAYMENT_METHOD)
    order = Order(
        customer=customer,
        lines=lines,
        metadata=params.merged("metadata", {}),
        description=params.text("description"),
        trial_end=trial,
        card=None if behavior == "default_incomplete" and trial is None else card,
    )
    subscription = start(account, order)
    _apply_cancellation(account, subscription, params)
    return subscription


def update(account: Account, params: Params, identifier: str) -> Subscription:
    """Change a running subscription; of one that is over, only its metadata."""
    _refuse_contradictions(params)
    subscription = account.get(Subscription, identifier)
    if subscription.status in OVER and _touches_more_than_notes(params):
        reason = "A canceled subscription can only update its cancellation_details and metadata."
        raise StripeError(Refusal.STATE, reason=reason)
    with account.updating(subscription, "customer.subscription.updated"):
        subscription.metadata = params.merged("metadata", subscription.metadata)
        _apply_plain(account, subscription, params)
        _apply_items(account, subscription, params.children("items"))
        _apply_trial(account, subscription, params)
        _apply_cancellation(account, subscription, params)
    return subscription


def cancel(account: Account, params: Params, identifier: str) -> Subscription:
    """End a subscription now."""
    subscription = account.get(Subscription, identifier)
    if subscription.status in OVER:
        raise StripeError(Refusal.NOT_FOUND, param="id", kind="subscription", id=identifier)
    _note_feedback(subscription, params)
    end(account, subscription, account.now(), "cancellation_requested")
    return subscription


def resume(account: Account, _params: Params, identifier: str) -> Subscription:
    """Bring a paused subscription back, with a new period that is paid for."""
    subscription = account.get(Subscription, identifier)
    if subscription.status != "paused":
        reason = "You can only resume subscriptions that are paused."
        raise StripeError(Refusal.STATE, reason=reason)
    customer = account.get(Customer, subscription.customer)
    with account.updating(subscription, "customer.subscription.updated"):
        for item in subscription.items:
            _renew(account, item)
        subscription.status = "active"
        invoice = invoices.draft(account, customer, subscription, "subscription_cycle")
        invoices.finalize(account, customer, invoice)
        invoices.settle(account, invoice)
    account.emit("customer.subscription.resumed", subscription)
    return subscription


def _refuse_contradictions(params: Params) -> None:
    if params.flag("cancel_at_period_end") is not None:
        params.only_one_of("cancel_at", "cancel_at_period_end")


def _touches_more_than_notes(params: Params) -> bool:
    allowed = {"metadata", "cancellation_details", "expand"}
    return any(name not in allowed for name in params.names())


def _apply_plain(account: Account, subscription: Subscription, params: Params) -> None:
    if "description" in params:
        subscription.description = params.text("description")
    if "pause_collection" in params:
        pause = params.json("pause_collection")
        subscription.pause_collection = {"resumes_at": None, **pause} if pause else None
    if "default_payment_method" in params:
        customer = account.get(Customer, subscription.customer)
        card = chargeable(account, customer, params.text("default_payment_method"))
        subscription.default_payment_method = card.id if card else None
    _note_feedback(subscription, params)


def _note_feedback(subscription: Subscription, params: Params) -> None:
    details = params.child("cancellation_details")
    for name in ("comment", "feedback"):
        if name in details:
            subscription.cancellation = {
                **subscription.cancellation,
                name: details.text(name),
            }


def _apply_items(account: Account, subscription: Subscription, changes: list[Params]) -> None:
    for change in changes:
        identifier = change.text("id")
        if identifier is None:
            add_item(account, subscription, price_of(account, change), quantity(change))
            continue
        item = next((one for one in subscription.items if one.id == identifier), None)
        if item is None:
            raise StripeError(
                Refusal.NO_SUCH,
                param=change.named("id"),
                kind="subscription item",
                id=identifier,
            )
        _change_item(account, subscription, item, change)


def _change_item(account: Account, subscription: Subscription, item: Item, change: Params) -> None:
    if change.flag("deleted"):
        if len(subscription.items) == 1:
            reason = "A subscription must have at least one active item."
            raise StripeError(Refusal.STATE, param=change.named("deleted"), reason=reason)
        subscription.items.remove(item)
        account.remove(item)
        return
    if "quantity" in change:
        item.quantity = quantity(change)
    if "price" in change or "price_data" in change:
        before, item.price = item.price, price_of(account, change)
        if (before.interval, before.interval_count) != (
            item.price.interval,
            item.price.interval_count,
        ):
            _renew(account, item)
    item.metadata = change.merged("metadata", item.metadata)


def _renew(account: Account, item: Item) -> None:
    item.period_start = account.now()
    interval = item.price.interval or "month"
    item.period_end = period_end(item.period_start, interval, item.price.interval_count)


def _apply_trial(account: Account, subscription: Subscription, params: Params) -> None:
    if "trial_end" not in params:
        return
    if params.text("trial_end") == "now":
        subscription.trial_end = account.now()
        for item in subscription.items:
            _renew(account, item)
        if subscription.status == "trialing":
            subscription.status = "active"
        return
    ends = trial_end(account, params)
    subscription.trial_end = ends
    subscription.trial_start = subscription.trial_start or account.now()
    subscription.status = "trialing"
    for item in subscription.items:
        item.period_end = ends or item.period_end


def _apply_cancellation(account: Account, subscription: Subscription, params: Params) -> None:
    if not {"cancel_at", "cancel_at_period_end"} & params.names():
        return
    at_end = params.flag("cancel_at_period_end")
    word = params.text("cancel_at")
    at = subscription.period_end if at_end or word in WORDS else params.integer("cancel_at")
    if at is not None and at <= account.now():
        reason = "Invalid timestamp: must be an integer Unix timestamp in the future."
        raise StripeError(Refusal.STATE, param="cancel_at", reason=reason)
    subscription.cancel_at_period_end = bool(at_end)
    subscription.cancel_at = at
    subscription.canceled_at = account.now() if at else None
    why = "cancellation_requested" if at else None
    subscription.cancellation = {**subscription.cancellation, "reason": why}
    schedule(account, subscription)
