"""Subscriptions: paid, changed, on trial, in other times, over."""

from __future__ import annotations

import threading

import stripe

from tests.suite.fidelity.flows.steps import NOTE, Step, Steps, payer, price, subscribed

MONTH = 31 * 86_400
FROZEN = 1_800_000_000
CLOCK = "billproof"
ROUNDS_OF_WAITING = 300


def subscriber(sdk: stripe.StripeClient) -> Steps:
    """A subscription that is paid by card, changed, and cancelled twice over."""
    customer, monthly = payer(sdk), price(sdk)
    made = sdk.v1.subscriptions.create(
        {"customer": customer.id, "items": [{"price": monthly.id}], "metadata": NOTE}
    )
    yield Step("subscribe", made)
    yield Step("add a quantity", sdk.v1.subscriptions.update(made.id, {"items": _twice(made)}))
    yield Step(
        "cancel at the period's end",
        sdk.v1.subscriptions.update(made.id, {"cancel_at_period_end": True}),
    )
    yield Step(
        "pause collection",
        sdk.v1.subscriptions.update(made.id, {"pause_collection": {"behavior": "void"}}),
    )
    yield Step("list invoices", sdk.v1.invoices.list({"customer": customer.id}))
    expand = ["latest_invoice", "default_payment_method", "items.data.price.product"]
    yield Step("expand", sdk.v1.subscriptions.retrieve(made.id, {"expand": expand}))
    yield Step("cancel now", sdk.v1.subscriptions.cancel(made.id))


def trial(sdk: stripe.StripeClient) -> Steps:
    """A subscription that begins with a free trial."""
    customer, monthly = payer(sdk), price(sdk)
    made = sdk.v1.subscriptions.create(
        {"customer": customer.id, "items": [{"price": monthly.id}], "trial_period_days": 7}
    )
    yield Step("begin a trial", made)
    yield Step("end a trial", sdk.v1.subscriptions.update(made.id, {"trial_end": "now"}))
    yield Step("cancel now", sdk.v1.subscriptions.cancel(made.id))


def items(sdk: stripe.StripeClient) -> Steps:
    """A second item comes, changes and goes."""
    made = subscribed(sdk, payer(sdk))
    item = sdk.v1.subscription_items.create({"subscription": made.id, "price": price(sdk).id})
    yield Step("add an item", item)
    yield Step("change an item", sdk.v1.subscription_items.update(item.id, {"quantity": 3}))
    yield Step("take an item away", sdk.v1.subscription_items.delete(item.id))
    yield Step("cancel now", sdk.v1.subscriptions.cancel(made.id))


def month(sdk: stripe.StripeClient) -> Steps:
    """A month passes on a test clock, and the subscription is renewed."""
    clock = sdk.v1.test_helpers.test_clocks.create({"frozen_time": FROZEN, "name": CLOCK})
    yield Step("stop the time", clock)
    made = subscribed(sdk, payer(sdk, clock.id))
    sdk.v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": FROZEN + MONTH})
    yield Step("a month later", _arrived(sdk, clock.id))
    yield Step("a renewed subscription", sdk.v1.subscriptions.retrieve(made.id))
    yield Step("its invoices", sdk.v1.invoices.list({"subscription": made.id}))
    yield Step("delete the clock", sdk.v1.test_helpers.test_clocks.delete(clock.id))


def _arrived(sdk: stripe.StripeClient, clock: str) -> stripe.test_helpers.TestClock:
    pause = threading.Event()
    for _ in range(ROUNDS_OF_WAITING):
        found = sdk.v1.test_helpers.test_clocks.retrieve(clock)
        if found.status == "ready":
            return found
        pause.wait(0.2)
    raise TimeoutError(f"the test clock {clock} does not arrive")


def _twice(made: stripe.Subscription) -> list[stripe.params.SubscriptionUpdateParamsItem]:
    return [{"id": made["items"].data[0].id, "quantity": 2}]
