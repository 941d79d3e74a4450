"""Subscriptions: changes, cancelling, the truth set by hand."""

from __future__ import annotations

import time

import pytest
import stripe

from billproof.sandbox.client import Sandbox, SandboxRefused
from billproof.sandbox.models import Subscription
from tests.suite.sandbox.conftest import wait_until


@pytest.fixture
def subscription(sandbox: Sandbox) -> Subscription:
    """An active subscription of user 9."""
    customer = sandbox.create_customer(metadata={"telegram_user_id": "9"})
    return sandbox.subscribe(customer.id, "price_pro")


def _types(sandbox: Sandbox) -> list[str]:
    return [event.type for event in sandbox.events(user=9)]


def test_cancelling_at_period_end_is_undone(
    sdk: stripe.StripeClient, subscription: Subscription
) -> None:
    """It is scheduled for the end of the period, and can be taken back."""
    ending = sdk.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    assert (ending.status, ending.cancel_at) == ("active", subscription.current_period_end)
    assert ending.canceled_at is not None

    kept = sdk.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": False})

    assert (kept.cancel_at, kept.canceled_at, kept.cancel_at_period_end) == (None, None, False)


def test_parameters_that_contradict_each_other_are_refused(
    sandbox: Sandbox, subscription: Subscription
) -> None:
    """An instant and the period's end cannot both be when it ends."""
    soon = int(time.time()) + 3600
    assert sandbox.update_subscription(subscription.id, cancel_at=soon).cancel_at == soon

    with pytest.raises(SandboxRefused) as caught:
        sandbox.update_subscription(subscription.id, cancel_at=soon, cancel_at_period_end=True)

    assert caught.value.status == 400


def test_a_scheduled_end_comes_by_itself(sandbox: Sandbox, subscription: Subscription) -> None:
    """At its instant the subscription is canceled, and the event says so though nobody asks."""
    soon = int(time.time()) + 1
    sandbox.amend(subscription.id, cancel_at=soon)

    wait_until(lambda: _types(sandbox)[-1] == "customer.subscription.deleted")

    ended = sandbox.subscription(subscription.id)
    assert (ended.status, ended.ended_at, ended.cancel_at) == ("canceled", soon, soon)


def test_the_end_of_a_period_that_is_moved_ends_a_cancelled_subscription(
    sandbox: Sandbox, subscription: Subscription
) -> None:
    """A cancellation at the period's end follows the period."""
    sandbox.update_subscription(subscription.id, cancel_at_period_end=True)
    soon = int(time.time()) + 1

    moved = sandbox.amend(subscription.id, current_period_end=soon)

    assert moved.cancel_at == soon
    wait_until(lambda: sandbox.subscription(subscription.id).status == "canceled")


def test_a_canceled_subscription_stays_canceled(
    sdk: stripe.StripeClient, sandbox: Sandbox, subscription: Subscription
) -> None:
    """Nothing but its notes can be changed."""
    ended = sdk.v1.subscriptions.cancel(subscription.id)
    assert ended.status == "canceled"
    assert ended.ended_at == ended.canceled_at

    with pytest.raises(stripe.InvalidRequestError):
        sdk.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})

    noted = sandbox.update_subscription(subscription.id, metadata={"why": "price"})
    assert noted.metadata == {"why": "price"}


def test_a_plan_change_shows_in_item_and_event(
    sdk: stripe.StripeClient, sandbox: Sandbox, subscription: Subscription
) -> None:
    """The same item gets the other price; the event has the old one."""
    price = sandbox.create_price(
        currency="eur", unit_amount=900, product="prod_pro", recurring={"interval": "month"}
    )
    item = subscription.items.data[0]

    changed = sandbox.update_subscription(
        subscription.id, items=[{"id": item.id, "price": price.id}]
    )

    assert [each.price.id for each in changed.items.data] == [price.id]
    told = sdk.v1.events.retrieve(sandbox.events(user=9)[-1].id)
    assert told.type == "customer.subscription.updated"
    assert told.data.previous_attributes is not None
    assert "items" in told.data.previous_attributes


@pytest.mark.parametrize("status", ["past_due", "unpaid", "paused", "incomplete", "on_the_moon"])
def test_the_truth_can_be_set(sandbox: Sandbox, subscription: Subscription, status: str) -> None:
    """Any status, known or not, with its event."""
    shown = sandbox.amend(subscription.id, status=status)

    assert shown.status == status
    assert sandbox.subscription(subscription.id).status == status
    assert _types(sandbox)[-1] == "customer.subscription.updated"


def test_setting_it_to_canceled_is_its_end(sandbox: Sandbox, subscription: Subscription) -> None:
    """The event is `deleted`, and the end is now unless it is given."""
    shown = sandbox.amend(subscription.id, status="canceled")

    assert shown.ended_at is not None
    assert _types(sandbox)[-1] == "customer.subscription.deleted"


def test_what_cannot_be_true_is_refused(sandbox: Sandbox, subscription: Subscription) -> None:
    """Instants are whole seconds, and identity stays."""
    for truth in ({"cancel_at": "soon"}, {"id": "sub_x"}, {"status": None}):
        with pytest.raises(SandboxRefused) as caught:
            sandbox.amend(subscription.id, **truth)
        assert caught.value.status == 400


def test_collection_is_paused_and_taken_up_again(
    sdk: stripe.StripeClient, subscription: Subscription
) -> None:
    """Pausing collection leaves the status; an empty value lifts it."""
    paused = sdk.v1.subscriptions.update(
        subscription.id, {"pause_collection": {"behavior": "void"}}
    )
    assert paused.pause_collection is not None
    assert (paused.pause_collection.behavior, paused.status) == ("void", "active")

    lifted = sdk.v1.subscriptions.update(subscription.id, {"pause_collection": ""})

    assert lifted.pause_collection is None


def test_deleting_a_customer_ends_what_he_has(
    sdk: stripe.StripeClient, sandbox: Sandbox, subscription: Subscription
) -> None:
    """The customer is then a stub that nothing new can be made for."""
    sandbox.delete_customer(subscription.customer)

    assert sandbox.subscription(subscription.id).status == "canceled"
    gone = sdk.v1.customers.retrieve(subscription.customer)
    assert gone.to_dict() == {"id": subscription.customer, "object": "customer", "deleted": True}
    with pytest.raises(stripe.InvalidRequestError) as caught:
        sdk.v1.billing_portal.sessions.create({"customer": subscription.customer})
    assert (caught.value.code, caught.value.param) == ("resource_missing", "customer")


def test_a_subscription_needs_a_card(sdk: stripe.StripeClient, sandbox: Sandbox) -> None:
    """Without one it is refused, or incomplete when that was asked for."""
    customer = sandbox.create_customer().id
    with pytest.raises(stripe.InvalidRequestError):
        sdk.v1.subscriptions.create({"customer": customer, "items": [{"price": "price_pro"}]})

    made = sdk.v1.subscriptions.create(
        {
            "customer": customer,
            "items": [{"price": "price_pro"}],
            "payment_behavior": "default_incomplete",
            "expand": ["latest_invoice"],
        }
    )

    assert made.status == "incomplete"
    assert isinstance(made.latest_invoice, stripe.Invoice)
    assert made.latest_invoice.status == "open"
