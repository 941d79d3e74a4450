"""Invoices: paid, voided, given up, and charges that fail."""

from __future__ import annotations

import pytest
import stripe
from stripe.params import CustomerUpdateParamsInvoiceSettings

from billproof.sandbox.client import Sandbox

FAILS_LATER = "pm_card_chargeCustomerFail"


@pytest.fixture
def customer(sandbox: Sandbox) -> str:
    """A customer without a card."""
    return sandbox.create_customer(metadata={"telegram_user_id": "9"}).id


def attach(sdk: stripe.StripeClient, customer: str, token: str) -> str:
    """The card becomes the customer's default; its id."""
    card = sdk.v1.payment_methods.attach(token, {"customer": customer})
    settings: CustomerUpdateParamsInvoiceSettings = {"default_payment_method": card.id}
    sdk.v1.customers.update(customer, {"invoice_settings": settings})
    return card.id


def incomplete(sdk: stripe.StripeClient, customer: str) -> stripe.Subscription:
    """A subscription that waits for its first payment."""
    return sdk.v1.subscriptions.create(
        {
            "customer": customer,
            "items": [{"price": "price_pro"}],
            "payment_behavior": "default_incomplete",
        }
    )


def types(sandbox: Sandbox) -> list[str]:
    """What has happened, oldest first."""
    return [event.type for event in sandbox.events(user=9)]


def refused(call: object, *arguments: object) -> stripe.InvalidRequestError:
    """The refusal that a call on an invoice meets."""
    assert callable(call)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        call(*arguments)
    return caught.value


def test_paying_the_first_invoice_activates(
    sdk: stripe.StripeClient, sandbox: Sandbox, customer: str
) -> None:
    """Invoice and subscription change together, and the events say so in Stripe's order."""
    subscription = incomplete(sdk, customer)
    attach(sdk, customer, "pm_card_visa")

    paid = sdk.v1.invoices.pay(str(subscription.latest_invoice))

    assert (paid.status, paid.amount_paid, paid.amount_remaining) == ("paid", 1900, 0)
    assert sdk.v1.subscriptions.retrieve(subscription.id).status == "active"
    assert types(sandbox)[-3:] == [
        "invoice.paid",
        "invoice.payment_succeeded",
        "customer.subscription.updated",
    ]
    assert "already paid" in str(refused(sdk.v1.invoices.pay, paid.id))


def test_a_card_whose_charges_fail_leaves_the_invoice_open(
    sdk: stripe.StripeClient, sandbox: Sandbox, customer: str
) -> None:
    """It can be attached; what its owner tries counts once and is told; a good card then pays."""
    subscription = incomplete(sdk, customer)
    attach(sdk, customer, FAILS_LATER)
    invoice = str(subscription.latest_invoice)

    for _ in range(2):
        with pytest.raises(stripe.CardError) as caught:
            sdk.v1.invoices.pay(invoice)
        told = sdk.v1.invoices.retrieve(invoice)
        assert caught.value.code == "card_declined"
        assert (told.status, told.attempt_count, told.attempted) == ("open", 1, True)

    assert types(sandbox).count("invoice.payment_failed") == 2
    assert sdk.v1.subscriptions.retrieve(subscription.id).status == "incomplete"
    good = sdk.v1.payment_methods.attach("pm_card_visa", {"customer": customer})
    assert sdk.v1.invoices.pay(invoice, {"payment_method": good.id}).status == "paid"


def test_a_new_subscription_whose_charge_fails_is_incomplete(
    sdk: stripe.StripeClient, sandbox: Sandbox, customer: str
) -> None:
    """Its first invoice stays open, and the failure is told."""
    attach(sdk, customer, FAILS_LATER)

    made = sdk.v1.subscriptions.create({"customer": customer, "items": [{"price": "price_pro"}]})

    assert made.status == "incomplete"
    assert sdk.v1.invoices.retrieve(str(made.latest_invoice)).status == "open"
    assert types(sandbox)[-1] == "invoice.payment_failed"


def test_a_checkout_is_not_paid_by_a_card_whose_charges_fail(
    sdk: stripe.StripeClient, sandbox: Sandbox, customer: str
) -> None:
    """The session stays open and nobody subscribes; the good card completes it."""
    session = sdk.v1.checkout.sessions.create(
        {
            "mode": "subscription",
            "customer": customer,
            "success_url": "https://shop.test/done",
            "line_items": [{"price": "price_pro", "quantity": 1}],
        }
    )

    with pytest.raises(Exception, match="declined"):
        sandbox.pay(session.id, card="4000 0000 0000 0341")

    assert sdk.v1.checkout.sessions.retrieve(session.id).status == "open"
    assert sdk.v1.subscriptions.list({"customer": customer, "status": "all"}).data == []
    assert sandbox.pay(session.id).status == "complete"


def test_an_open_invoice_is_voided_once(
    sdk: stripe.StripeClient, sandbox: Sandbox, customer: str
) -> None:
    """A void invoice is neither paid, nor given up, nor voided again."""
    invoice = str(incomplete(sdk, customer).latest_invoice)

    void = sdk.v1.invoices.void_invoice(invoice)

    assert (void.status, types(sandbox)[-1]) == ("void", "invoice.voided")
    assert void.status_transitions.voided_at is not None
    for call in (
        sdk.v1.invoices.pay,
        sdk.v1.invoices.void_invoice,
        sdk.v1.invoices.mark_uncollectible,
    ):
        assert refused(call, invoice).http_status == 400


def test_an_invoice_that_was_given_up_can_still_be_paid(
    sdk: stripe.StripeClient, sandbox: Sandbox, customer: str
) -> None:
    """Uncollectible leads to paid, as from open; outside Stripe needs no card."""
    invoice = str(incomplete(sdk, customer).latest_invoice)

    given_up = sdk.v1.invoices.mark_uncollectible(invoice)
    assert (given_up.status, types(sandbox)[-1]) == (
        "uncollectible",
        "invoice.marked_uncollectible",
    )
    assert refused(sdk.v1.invoices.mark_uncollectible, invoice).http_status == 400

    paid = sdk.v1.invoices.pay(invoice, {"paid_out_of_band": True})

    assert (paid.status, paid.attempt_count) == ("paid", 0)
    told = types(sandbox)
    assert "invoice.paid" in told
    assert "invoice.payment_succeeded" not in told


def test_without_a_card_an_invoice_is_not_paid(sdk: stripe.StripeClient, customer: str) -> None:
    """The refusal says what is missing; no attempt was made."""
    invoice = str(incomplete(sdk, customer).latest_invoice)

    assert refused(sdk.v1.invoices.pay, invoice).code == "resource_missing"
    assert sdk.v1.invoices.retrieve(invoice).attempt_count == 0


def test_an_owing_subscription_recovers_by_payment(
    sdk: stripe.StripeClient, sandbox: Sandbox, customer: str
) -> None:
    """past_due and unpaid become active; what is canceled stays so."""
    attach(sdk, customer, "pm_card_visa")
    for status, after in (("past_due", "active"), ("unpaid", "active"), ("canceled", "canceled")):
        subscription = incomplete(sdk, customer)
        sandbox.amend(subscription.id, status=status)

        sdk.v1.invoices.pay(str(subscription.latest_invoice))

        assert sdk.v1.subscriptions.retrieve(subscription.id).status == after


def test_a_refused_change_of_a_draft_changes_nothing(
    sdk: stripe.StripeClient, customer: str
) -> None:
    """Neither how it is collected nor the notes that came with it; a good one changes both."""
    draft = sdk.v1.invoices.create({"customer": customer, "currency": "eur"}).id
    before = sdk.v1.invoices.retrieve(draft).to_dict()

    error = refused(
        sdk.v1.invoices.update, draft, {"due_date": 1_900_000_000, "description": "Late"}
    )

    assert (error.http_status, error.param) == (400, "days_until_due")
    assert sdk.v1.invoices.retrieve(draft).to_dict() == before
    good: stripe.params.InvoiceUpdateParams = {
        "collection_method": "send_invoice",
        "due_date": 1_900_000_000,
        "description": "In time",
    }
    changed = sdk.v1.invoices.update(draft, good)
    assert (changed.due_date, changed.description) == (1_900_000_000, "In time")
