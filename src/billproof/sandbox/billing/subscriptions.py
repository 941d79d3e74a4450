"""The calls on subscriptions."""

from __future__ import annotations

from billproof.sandbox.billing import collection, cycle, invoices, proration
from billproof.sandbox.billing.anchors import anchor_ahead, anchor_word
from billproof.sandbox.billing.changes import Change, change_end, change_items, change_trial
from billproof.sandbox.billing.ending import end
from billproof.sandbox.billing.order_lines import (
    check_currency,
    one_off,
    recurring_lines,
    refuse_discounts,
)
from billproof.sandbox.billing.payment_settings import settings_of
from billproof.sandbox.billing.proration import Held
from billproof.sandbox.billing.subscribing import Order, start
from billproof.sandbox.billing.subscription import OVER, Subscription
from billproof.sandbox.billing.trials import trial_end
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.customers import Customer, living
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.invoice import Invoice
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.payment_methods import PaymentMethod, usual, wanted
from billproof.sandbox.objects.resource import NONE


def create(account: Account, params: Params) -> Subscription:
    """A subscription made by the backend, charged on a card that the customer has."""
    params.only_one_of("cancel_at", "cancel_at_period_end")
    refuse_discounts(params)
    customer = living(account, params.required("customer"))
    order = _order(account, customer, params)
    _refuse_without_card(order)
    if params.text("payment_behavior") == "error_if_incomplete":
        _refuse_if_unpayable(order.card, order)
    one_off(account, customer, params.children("add_invoice_items"))
    subscription = start(account, order).subscription
    change_end(account, subscription, params)
    cycle.plan(account, subscription)
    return subscription


def _order(account: Account, customer: Customer, params: Params) -> Order:
    trial = trial_end(account, params, customer.id)
    named = params.text("default_payment_method")
    card = wanted(account, customer, named, "default_payment_method") if named else None
    lines = recurring_lines(account, params.children("items"), "items")
    check_currency(params, lines)
    return Order(
        customer=customer,
        lines=lines,
        notes=[line.metadata() for line in params.children("items")],
        metadata=params.metadata(),
        description=params.text("description"),
        trial_end=trial,
        trial_settings=params.json("trial_settings"),
        payment_settings=settings_of(params, NONE),
        anchor=anchor_ahead(account, params, customer.id, lines),
        prorates=params.text("proration_behavior") != "none",
        card=card or usual(account, customer),
        keeps_card=card is not None,
        charge_now=params.text("payment_behavior") != "default_incomplete",
        off_session=params.flag("off_session") is True,
        days_until_due=_days_until_due(params),
    )


def _days_until_due(params: Params) -> int | None:
    days = params.integer("days_until_due")
    sends = params.text("collection_method") == "send_invoice"
    if sends and days is None:
        reason = "You must pass `days_until_due` when `collection_method` is `send_invoice`."
        raise StripeError(Refusal.STATE, param="days_until_due", reason=reason)
    if days is not None and not (sends and 0 <= days <= 365):  # noqa: PLR2004 - a year
        reason = "`days_until_due` is 0 to 365, and only for `collection_method=send_invoice`."
        raise StripeError(Refusal.STATE, param="days_until_due", reason=reason)
    return days


def _refuse_without_card(order: Order) -> None:
    free = order.trial_end is not None or not sum(each.amount * many for each, many in order.lines)
    later = not order.charge_now or order.days_until_due is not None
    if order.card is None and not free and not later:
        raise StripeError(Refusal.NO_PAYMENT_METHOD)


def _refuse_if_unpayable(
    card: PaymentMethod | None, order: Order | None = None, *, authenticated: bool = False
) -> None:
    """Say before anything has changed that a payment would not go through."""
    if card is None or (order is not None and order.trial_end):
        return
    asks = card.asks(on_session=True) and not authenticated
    if card.card.fails and not asks:
        raise card.card.fails.error()
    if asks:
        raise StripeError(Refusal.SUBSCRIPTION_ACTION, kind="subscription")


def update(
    account: Account, params: Params, identifier: str, *, authenticated: bool = False
) -> Subscription:
    """Change a running subscription; of one that is over, only its metadata.

    `authenticated` when its owner has told his bank already that a payment is his.
    """
    if params.flag("cancel_at_period_end") is not None:
        params.only_one_of("cancel_at", "cancel_at_period_end")
    refuse_discounts(params)
    subscription = account.get(Subscription, identifier)
    if subscription.status in OVER and _touches_more_than_notes(params):
        reason = "A canceled subscription can only update its cancellation_details and metadata."
        raise StripeError(Refusal.STATE, reason=reason)
    if params.text("payment_behavior") == "error_if_incomplete":
        customer = account.get(Customer, subscription.customer)
        card = usual(account, customer, subscription.default_payment_method)
        if card is None:
            raise StripeError(Refusal.NO_PAYMENT_METHOD)
        _refuse_if_unpayable(card, authenticated=authenticated)
    was_trialing = subscription.status == "trialing"
    with account.updating(subscription, "customer.subscription.updated"):
        change = Change.begun(account, subscription, params)
        one_off(
            account,
            account.get(Customer, subscription.customer),
            params.children("add_invoice_items"),
        )
        subscription.metadata = params.metadata(subscription.metadata)
        _apply_plain(account, subscription, params)
        change_items(change, params.children("items"))
        change_trial(change, params)
        change_end(account, subscription, params)
        invoice = _billed_at_once(change, params)
    if was_trialing and subscription.status != "trialing":
        cycle.warn(account, subscription)  # Stripe says so too when it is ended at once
    cycle.warn_at_once(account, subscription)
    cycle.plan(account, subscription)
    if invoice is not None:
        later = params.text("payment_behavior") == "default_incomplete"
        _collect(account, invoice, authenticated=authenticated, charge_now=not later)
    return subscription


def _touches_more_than_notes(params: Params) -> bool:
    allowed = {"metadata", "cancellation_details", "expand"}
    return any(name not in allowed for name in params.names())


def _billed_at_once(change: Change, params: Params) -> Invoice | None:
    """The invoice of a change that does not wait for the period's end."""
    restarts = change.restarts or anchor_word(params) == "now"
    if restarts and change.subscription.status != "trialing":
        if not change.restarts and change.prorates:
            _credit_all(change.account, change.subscription, change.at)
        change.restart()
        return invoices.draft(change.account, change.subscription, "subscription_update")
    if params.text("proration_behavior") == "always_invoice":
        preview = invoices.empty(
            change.account,
            change.account.get(Customer, change.subscription.customer),
            change.subscription.currency,
            "subscription_update",
            change.subscription,
        )
        if invoices.pending(change.account, preview):
            return invoices.draft(change.account, change.subscription, "subscription_update", [])
    return None


def _collect(
    account: Account, invoice: Invoice, *, authenticated: bool = False, charge_now: bool = True
) -> None:
    invoice.auto_advance = invoice.collection_method == "charge_automatically"
    invoices.finalize(account, invoice)
    if invoice.status != "open" or not invoice.auto_advance:
        return
    card = collection.usual_card(account, invoice)
    if charge_now:
        collection.collect(account, invoice, card, on_session=True, authenticated=authenticated)
        return
    invoices.await_client(account, invoice, card)
    subscription = account.get(Subscription, invoice.subscription or "")
    collection.fall_behind(account, subscription, last=False)


def _credit_all(account: Account, subscription: Subscription, at: int) -> None:
    for item in subscription.items:
        held = Held.by(item)
        if held.share(at):
            proration.credit(account, subscription, item, held, at)


def cancel(account: Account, params: Params, identifier: str) -> Subscription:
    """End a subscription now, with a credit for the rest and a last invoice where asked for."""
    subscription = account.get(Subscription, identifier)
    if subscription.status in OVER:
        raise StripeError(Refusal.NOT_FOUND, param="id", kind="subscription", id=identifier)
    _note_feedback(subscription, params)
    now = account.now(subscription.customer)
    if params.flag("prorate") and subscription.status != "trialing":
        _credit_all(account, subscription, now)
    if params.flag("invoice_now"):
        last = invoices.draft(account, subscription, "subscription_update", [])
        end(account, subscription, now, "cancellation_requested")
        _collect(account, last)
    end(account, subscription, now, "cancellation_requested")
    return subscription


def resume(account: Account, params: Params, identifier: str) -> Subscription:
    """Bring a paused subscription back once its new period is paid for, now or within 23 hours."""
    subscription = account.get(Subscription, identifier)
    if subscription.status != "paused":
        reason = "You can only resume subscriptions that are paused."
        raise StripeError(Refusal.STATE, reason=reason)
    now = account.now(subscription.customer)
    customer = account.get(Customer, subscription.customer)
    card = usual(account, customer, subscription.default_payment_method)
    if card is None and subscription.collection_method == "charge_automatically":
        raise StripeError(Refusal.NO_PAYMENT_METHOD)
    with account.updating(subscription, "customer.subscription.updated"):
        if anchor_word(params) != "unchanged" or subscription.period_end <= now:
            subscription.billing_cycle_anchor = now
            for item in subscription.items:
                cycle.begin_period(subscription, item, now)
        invoice = invoices.draft(account, subscription, "subscription_cycle")
    cycle.plan(account, subscription)
    invoices.finalize(account, invoice)
    if invoice.status == "paid":
        collection.recover(account, invoice)
    elif subscription.collection_method == "charge_automatically":
        collection.collect(account, invoice, card, on_session=True)
    return subscription


def _apply_plain(account: Account, subscription: Subscription, params: Params) -> None:
    if "description" in params:
        subscription.description = params.text("description")
    if "trial_settings" in params:
        subscription.trial_settings = params.json("trial_settings")
    subscription.payment_settings = settings_of(params, subscription.payment_settings)
    if "pause_collection" in params:
        pause = params.json("pause_collection")
        _refuse_past(params.child("pause_collection"), account.now(subscription.customer))
        subscription.pause_collection = {"resumes_at": None, **pause} if pause else None
    if "default_payment_method" in params:
        customer = account.get(Customer, subscription.customer)
        named = params.text("default_payment_method")
        card = wanted(account, customer, named, "default_payment_method") if named else None
        subscription.default_payment_method = card.id if card else None
    if "collection_method" in params:
        subscription.days_until_due = _days_until_due(params)
        subscription.collection_method = params.required("collection_method")
    _note_feedback(subscription, params)


def _refuse_past(pause: Params, now: int) -> None:
    resumes = pause.integer("resumes_at")
    if resumes is not None and resumes <= now:
        reason = "Invalid timestamp: must be an integer Unix timestamp in the future."
        raise StripeError(Refusal.STATE, param=pause.named("resumes_at"), reason=reason)


def _note_feedback(subscription: Subscription, params: Params) -> None:
    details = params.child("cancellation_details")
    for name in ("comment", "feedback"):
        if name in details:
            subscription.cancellation = {
                **subscription.cancellation,
                name: details.text(name),
            }
