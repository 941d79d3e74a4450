"""From a customer to a paid subscription, through the official SDK."""

from __future__ import annotations

import stripe

from billproof.sandbox.client import Sandbox
from tests.suite.sandbox.conftest import SUCCESS


def _checkout(sdk: stripe.StripeClient, customer: str, price: str, **extra: object) -> str:
    params = {
        "mode": "subscription",
        "customer": customer,
        "client_reference_id": "71",
        "line_items": [{"price": price, "quantity": 1}],
        "success_url": SUCCESS,
        "subscription_data": {"metadata": {"telegram_user_id": "71"}, **extra},
    }
    return sdk.v1.checkout.sessions.create(params).id  # type: ignore[arg-type]  # a dict by hand


def test_a_paid_session_ends_in_an_active_subscription_and_a_paid_invoice(
    sdk: stripe.StripeClient, sandbox: Sandbox
) -> None:
    """Customer, card, subscription, invoice and session agree with each other."""
    customer = sdk.v1.customers.create({"email": "ada@shop.test"})
    session = _checkout(sdk, customer.id, "price_pro")

    sandbox.pay(session)

    paid = sdk.v1.checkout.sessions.retrieve(session, {"expand": ["subscription.latest_invoice"]})
    subscription = paid.subscription
    assert isinstance(subscription, stripe.Subscription)
    invoice = subscription.latest_invoice
    assert isinstance(invoice, stripe.Invoice)
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert (subscription.status, subscription.customer) == ("active", customer.id)
    assert subscription.metadata["telegram_user_id"] == "71"
    assert (invoice.status, invoice.amount_paid, invoice.currency) == ("paid", 1900, "eur")
    assert invoice.parent is not None
    assert invoice.parent.subscription_details is not None
    assert invoice.parent.subscription_details.subscription == subscription.id


def test_periods_are_the_items(sdk: stripe.StripeClient, sandbox: Sandbox) -> None:
    """The current API version has no period on the subscription itself."""
    customer = sdk.v1.customers.create({})
    sandbox.pay(_checkout(sdk, customer.id, "price_pro"))

    subscription = sdk.v1.subscriptions.list({"customer": customer.id}).data[0].to_dict()

    item = subscription["items"]["data"][0]
    assert 28 * 86_400 <= item["current_period_end"] - item["current_period_start"] <= 31 * 86_400
    assert "current_period_end" not in subscription


def test_a_trial_starts_free_of_charge(sdk: stripe.StripeClient, sandbox: Sandbox) -> None:
    """A trial's subscription is trialing and its first invoice is paid over nothing."""
    customer = sdk.v1.customers.create({})
    session = _checkout(sdk, customer.id, "price_team", trial_period_days=14)

    paid = sandbox.pay(session)

    subscription = sandbox.subscription(paid.subscription or "")
    assert paid.payment_status == "no_payment_required"
    assert subscription.status == "trialing"
    assert subscription.trial_end == subscription.current_period_end
    assert subscription.trial_start is not None
    invoice = sdk.v1.invoices.retrieve(paid.invoice or "")
    assert (invoice.status, invoice.total) == ("paid", 0)


def test_events_tell_the_story_in_order(sdk: stripe.StripeClient, sandbox: Sandbox) -> None:
    """Each step has its event, with the object as it was then."""
    customer = sdk.v1.customers.create({"metadata": {"telegram_user_id": "71"}})
    sandbox.pay(_checkout(sdk, customer.id, "price_pro"))

    events = sandbox.events(user=71)

    assert [event.type for event in events] == [
        "customer.created",
        "payment_method.attached",
        "customer.updated",
        "customer.subscription.created",
        "invoice.created",
        "payment_intent.created",
        "invoice.finalized",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice.updated",
        "invoice_payment.paid",
        "invoice.paid",
        "invoice.payment_succeeded",
        "customer.subscription.updated",
        "checkout.session.completed",
    ]
    told = sdk.v1.events.retrieve(events[-2].id).data
    assert told.object["status"] == "active"
    assert told.previous_attributes is not None
    assert told.previous_attributes.to_dict() == {"status": "incomplete"}


def test_a_session_without_a_customer_makes_one(sdk: stripe.StripeClient, sandbox: Sandbox) -> None:
    """The buyer's address becomes the customer's."""
    session = sdk.v1.checkout.sessions.create(
        {
            "mode": "subscription",
            "customer_email": "new@shop.test",
            "line_items": [{"price": "price_pro", "quantity": 1}],
            "success_url": SUCCESS,
        }
    )
    assert session.customer is None

    paid = sandbox.pay(session.id)

    assert sandbox.customer(paid.customer or "").email == "new@shop.test"
