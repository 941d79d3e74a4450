"""What the next invoice would be: a rehearsal on copies, by the rules that make the real one."""

from __future__ import annotations

import copy
from dataclasses import dataclass

from billproof.sandbox.billing import cycle, invoices, subscriptions
from billproof.sandbox.billing.anchors import anchor_ahead
from billproof.sandbox.billing.order_lines import one_off, recurring_lines, refuse_discounts
from billproof.sandbox.billing.subscribing import Order, start
from billproof.sandbox.billing.subscription import OVER, Item, Subscription
from billproof.sandbox.billing.trials import trial_end
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.customers import Customer, living
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.invoice import Invoice
from billproof.sandbox.objects.invoice_lines import InvoiceItem
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.payment_methods import PaymentMethod
from billproof.sandbox.objects.price import Price
from billproof.sandbox.objects.product import Product
from billproof.sandbox.objects.resource import Body

CHANGES = (
    "items",
    "proration_behavior",
    "proration_date",
    "trial_end",
    "billing_cycle_anchor",
    "cancel_at",
    "cancel_at_period_end",
)


class Rehearsal:
    """An account with copies of one customer's objects, whose events go nowhere."""

    def __init__(self, account: Account, customer: Customer) -> None:
        self.at = account.now(customer.id)
        self.account = Account(account.key, account.origin, lambda: self.at, lambda *_: None)
        self.account.settings = account.settings
        for kind in (Product, Price):
            for shared in account.all(kind):
                self.account.add(copy.copy(shared))
        self.account.add(copy.deepcopy(customer))
        for mine in (Subscription, Item, InvoiceItem, PaymentMethod):
            for each in account.of(customer.id, mine):
                self.account.add(copy.deepcopy(each))
        for subscription in self.account.all(Subscription):
            # The copies of items must be the ones that its list holds.
            subscription.items = [self.account.get(Item, item.id) for item in subscription.items]


@dataclass(frozen=True, slots=True)
class Upcoming:
    """An invoice that would come: `at_once` with the change that is tried, or when it renews."""

    invoice: Invoice
    at_once: bool
    renews: int
    """When the subscription, changed as wished, renews next."""


def create(account: Account, params: Params) -> Body:
    """The upcoming invoice of a subscription, with changes if there are some, or of a new one."""
    invoice = upcoming(account, params).invoice
    # All lines, where Stripe shows ten: a preview is not kept for a call to list the rest.
    body = {**invoice.body(), "lines": invoice.shown_lines(), "billing_reason": "upcoming"}
    return {**body, "id": f"upcoming_{invoice.id}"}


def upcoming(account: Account, params: Params) -> Upcoming:
    """The same for the sandbox's own pages."""
    params.only_one_of("customer", "subscription") if "customer" not in params else None
    refuse_discounts(params)
    named = params.text("subscription")
    found = account.referred(Subscription, named, "subscription") if named else None
    customer = living(account, found.customer if found else params.required("customer"))
    stage = Rehearsal(account, customer)
    details = params.child("subscription_details")
    one_off(
        stage.account,
        stage.account.get(Customer, customer.id),
        [line for line in params.children("invoice_items") if "price" in line],
    )
    if found is None and details.children("items"):
        coming = _of_new(stage, customer, details)
    else:
        coming = _of_running(stage, found or _only(account, customer), details)
    _take_back(coming.invoice)
    return coming


def _take_back(invoice: Invoice) -> None:
    """On the stage an invoice may have been paid already; nobody has been asked to pay it yet."""
    invoice.status, invoice.number = "draft", None
    invoice.finalized_at = invoice.paid_at = invoice.next_attempt = None
    invoice.amount_paid = invoice.attempts = 0
    invoice.auto_advance = False


def _only(account: Account, customer: Customer) -> Subscription:
    running = [each for each in account.of(customer.id, Subscription) if each.status not in OVER]
    if not running:
        raise StripeError(Refusal.NO_UPCOMING, id=customer.id)
    return running[0]


def _of_new(stage: Rehearsal, customer: Customer, details: Params) -> Upcoming:
    param = "subscription_details[items]"
    lines = recurring_lines(stage.account, details.children("items"), param)
    order = Order(
        customer=stage.account.get(Customer, customer.id),
        lines=lines,
        trial_end=trial_end(stage.account, details, customer.id),
        anchor=anchor_ahead(stage.account, details, customer.id, lines),
        prorates=details.text("proration_behavior") != "none",
        charge_now=False,
    )
    subscription = start(stage.account, order).subscription
    invoice = stage.account.get(Invoice, subscription.latest_invoice or "")
    return Upcoming(invoice, at_once=True, renews=subscription.period_end)


def _of_running(stage: Rehearsal, found: Subscription, details: Params) -> Upcoming:
    subscription = stage.account.get(Subscription, found.id)
    wished = {name: details.json(name) for name in CHANGES if name in details}
    if wished:
        subscriptions.update(stage.account, Params(wished), found.id)
    if subscription.latest_invoice != found.latest_invoice:
        invoice = stage.account.get(Invoice, subscription.latest_invoice or "")
        return Upcoming(invoice, at_once=True, renews=subscription.period_end)
    ends = subscription.ends
    if subscription.status in OVER or (ends is not None and ends <= subscription.period_end):
        raise StripeError(Refusal.NO_UPCOMING, id=found.customer)
    renews = subscription.period_end
    return Upcoming(_of_next_period(stage, subscription), at_once=False, renews=renews)


def changed(account: Account, found: Subscription, wished: Params) -> Invoice | None:
    """The invoice that a change would make at once, if it would make one."""
    stage = Rehearsal(account, account.get(Customer, found.customer))
    subscription = subscriptions.update(stage.account, wished, found.id)
    if subscription.latest_invoice == found.latest_invoice:
        return None
    return stage.account.get(Invoice, subscription.latest_invoice or "")


def _of_next_period(stage: Rehearsal, subscription: Subscription) -> Invoice:
    stage.at = max(stage.at, subscription.period_end)
    if subscription.status == "trialing":
        subscription.status = "active"
    due = [item for item in subscription.items if item.period_end <= stage.at]
    since = min(item.period_start for item in due)
    for item in due:
        cycle.begin_period(subscription, item, item.period_end)
    invoice = invoices.draft(stage.account, subscription, "subscription_cycle", due, since=since)
    invoice.starting_balance = stage.account.get(Customer, subscription.customer).balance
    return invoice
