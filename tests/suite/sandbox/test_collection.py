"""What becomes of a subscription whose payment fails, ends, is paused or asks for its owner."""

from __future__ import annotations

import pytest

from billproof.sandbox.objects.errors import StripeError
from billproof.sandbox.objects.settings import AfterRetries, BillingSettings
from tests.suite.sandbox.local import DAY, START, Local
from tests.suite.sandbox.renewing import HOUR, instant_of, latest_invoice, status_of

FAILS = "pm_card_chargeCustomerFail"


def turn_bad(stripe: Local, customer: str, subscription: dict[str, str]) -> None:
    """From now on the customer's card fails."""
    card = stripe.post(f"payment_methods/{FAILS}/attach", customer=customer)
    stripe.post(f"subscriptions/{subscription['id']}", default_payment_method=card["id"])


def test_a_renewal_that_fails_is_past_due_and_tried_again(stripe: Local) -> None:
    """The failed invoice says when; a good card in the meantime brings it back."""
    clock = stripe.clock()
    customer = stripe.customer(test_clock=clock)
    subscription = stripe.subscribe(customer)
    end = subscription["items"]["data"][0]["current_period_end"]
    turn_bad(stripe, customer, subscription)
    stripe.advance(clock, end + HOUR)
    assert status_of(stripe, subscription) == "past_due"
    failed = latest_invoice(stripe, subscription)
    assert (failed["status"], failed["attempt_count"]) == ("open", 1)
    assert failed["next_payment_attempt"] == end + HOUR + 3 * DAY

    card = stripe.post("payment_methods/pm_card_visa/attach", customer=customer)
    stripe.post(f"subscriptions/{subscription['id']}", default_payment_method=card["id"])
    stripe.advance(clock, end + HOUR + 3 * DAY)

    paid = latest_invoice(stripe, subscription)
    assert (paid["status"], paid["attempt_count"]) == ("paid", 2)
    assert paid["next_payment_attempt"] is None
    assert status_of(stripe, subscription) == "active"


@pytest.mark.parametrize(
    ("then", "status"),
    [
        (AfterRetries.CANCEL, "canceled"),
        (AfterRetries.UNPAID, "unpaid"),
        (AfterRetries.PAST_DUE, "past_due"),
    ],
)
def test_after_the_last_attempt_the_setting_decides(
    stripe: Local, then: AfterRetries, status: str
) -> None:
    """Four attempts in all; then canceled, unpaid, or past due for good."""
    stripe.account.settings = BillingSettings(after_retries=then)
    clock = stripe.clock()
    customer = stripe.customer(test_clock=clock)
    subscription = stripe.subscribe(customer)
    end = subscription["items"]["data"][0]["current_period_end"]
    turn_bad(stripe, customer, subscription)

    stripe.advance(clock, end + HOUR + 14 * DAY)
    assert status_of(stripe, subscription) == "past_due"
    stripe.advance(clock, end + HOUR + 15 * DAY)

    assert status_of(stripe, subscription) == status
    invoice = latest_invoice(stripe, subscription)
    assert (invoice["status"], invoice["attempt_count"]) == ("open", 4)
    assert invoice["next_payment_attempt"] is None
    assert stripe.types().count("invoice.payment_failed") == 4


def test_an_unpaid_subscription_makes_drafts_until_it_is_paid(stripe: Local) -> None:
    """Nothing is charged; paying its latest invoice makes it active."""
    stripe.account.settings = BillingSettings(retry_days=(), after_retries=AfterRetries.UNPAID)
    clock = stripe.clock()
    customer = stripe.customer(test_clock=clock)
    subscription = stripe.subscribe(customer)
    end = subscription["items"]["data"][0]["current_period_end"]
    turn_bad(stripe, customer, subscription)
    stripe.advance(clock, end + HOUR)
    assert status_of(stripe, subscription) == "unpaid"

    stripe.advance(clock, end + 40 * DAY)
    draft = latest_invoice(stripe, subscription)
    assert (draft["status"], draft["auto_advance"]) == ("draft", False)
    stripe.post(f"invoices/{draft['id']}/pay", payment_method="pm_card_visa")

    assert status_of(stripe, subscription) == "active"


def test_an_incomplete_subscription_expires_after_23_hours(stripe: Local) -> None:
    """Not a second before; its invoice is then void, and nothing brings it back."""
    clock = stripe.clock()
    customer = stripe.customer(card=FAILS, test_clock=clock)
    subscription = stripe.subscribe(customer)
    assert subscription["status"] == "incomplete"

    stripe.advance(clock, START + 23 * HOUR - 1)
    assert status_of(stripe, subscription) == "incomplete"
    stripe.advance(clock, START + 23 * HOUR)

    assert status_of(stripe, subscription) == "incomplete_expired"
    invoice = latest_invoice(stripe, subscription)
    assert invoice["status"] == "void"
    with pytest.raises(StripeError, match="is void"):
        stripe.post(f"invoices/{invoice['id']}/pay", payment_method="pm_card_visa")


def test_an_incomplete_subscription_that_is_paid_stays(stripe: Local) -> None:
    """Its 23 hours pass without effect."""
    clock = stripe.clock()
    customer = stripe.customer(card=FAILS, test_clock=clock)
    subscription = stripe.subscribe(customer)
    invoice = subscription["latest_invoice"]
    stripe.post(f"invoices/{invoice}/pay", payment_method="pm_card_visa")

    stripe.advance(clock, START + 24 * HOUR)

    assert status_of(stripe, subscription) == "active"


def test_a_cancellation_comes_at_the_stated_second(stripe: Local) -> None:
    """With the instant in `ended_at` and in its event, and no invoice."""
    clock = stripe.clock()
    customer = stripe.customer(test_clock=clock)
    subscription = stripe.subscribe(customer, cancel_at=START + 777)

    stripe.advance(clock, START + 776)
    assert status_of(stripe, subscription) == "active"
    stripe.advance(clock, START + 5000)

    ended = stripe.get(f"subscriptions/{subscription['id']}")
    assert (ended["status"], ended["ended_at"]) == ("canceled", START + 777)
    assert len(stripe.get("invoices", customer=customer)["data"]) == 1


def test_cancelling_at_the_end_of_the_period_makes_no_further_invoice(stripe: Local) -> None:
    """The end comes first."""
    clock = stripe.clock()
    customer = stripe.customer(test_clock=clock)
    subscription = stripe.subscribe(customer)
    end = subscription["items"]["data"][0]["current_period_end"]
    stripe.post(f"subscriptions/{subscription['id']}", cancel_at_period_end=True)

    stripe.advance(clock, end)

    assert status_of(stripe, subscription) == "canceled"
    assert len(stripe.get("invoices", customer=customer)["data"]) == 1


def test_a_cancelled_subscription_is_not_tried_again(stripe: Local) -> None:
    """Its open invoice stays, without a next attempt."""
    clock = stripe.clock()
    customer = stripe.customer(test_clock=clock)
    subscription = stripe.subscribe(customer)
    end = subscription["items"]["data"][0]["current_period_end"]
    turn_bad(stripe, customer, subscription)
    stripe.advance(clock, end + HOUR)

    stripe.call("DELETE", f"subscriptions/{subscription['id']}")
    stripe.advance(clock, end + 20 * DAY)

    invoice = latest_invoice(stripe, subscription)
    assert (invoice["status"], invoice["attempt_count"]) == ("open", 1)
    assert invoice["next_payment_attempt"] is None


@pytest.mark.parametrize(
    ("behavior", "status"),
    [("keep_as_draft", "draft"), ("void", "void"), ("mark_uncollectible", "uncollectible")],
)
def test_a_pause_of_collection_decides_what_becomes_of_invoices(
    stripe: Local, behavior: str, status: str
) -> None:
    """The subscription stays active; after `resumes_at` it is collected again."""
    clock = stripe.clock(instant_of("2027-01-15"))
    customer = stripe.customer(test_clock=clock)
    subscription = stripe.subscribe(customer)
    resumes = instant_of("2027-03-01")
    stripe.post(
        f"subscriptions/{subscription['id']}",
        pause_collection={"behavior": behavior, "resumes_at": resumes},
    )

    stripe.advance(clock, instant_of("2027-02-16"))

    assert status_of(stripe, subscription) == "active"
    assert latest_invoice(stripe, subscription)["status"] == status
    stripe.advance(clock, instant_of("2027-03-16"))
    assert stripe.get(f"subscriptions/{subscription['id']}")["pause_collection"] is None
    assert latest_invoice(stripe, subscription)["status"] == "paid"


@pytest.mark.parametrize(
    ("card", "status", "event"),
    [
        ("pm_card_authenticationRequiredOnSetup", "past_due", "invoice.payment_action_required"),
        ("pm_card_authenticationRequiredSetupForOffSession", "active", "invoice.paid"),
    ],
)
def test_a_renewal_may_need_its_owner(stripe: Local, card: str, status: str, event: str) -> None:
    """A card that always asks stops the renewal; one that is set up does not."""
    clock = stripe.clock()
    customer = stripe.customer(test_clock=clock)
    subscription = stripe.subscribe(customer)
    end = subscription["items"]["data"][0]["current_period_end"]
    method = stripe.post(f"payment_methods/{card}/attach", customer=customer)
    stripe.post(f"subscriptions/{subscription['id']}", default_payment_method=method["id"])
    begun = stripe.told()

    stripe.advance(clock, end + HOUR)

    assert status_of(stripe, subscription) == status
    assert event in stripe.types(begun)


def test_an_invoice_that_is_sent_falls_due(stripe: Local) -> None:
    """The subscription is active at once, and past due when it is not paid in time."""
    clock = stripe.clock()
    customer = stripe.customer(card=None, test_clock=clock)
    subscription = stripe.subscribe(customer, collection_method="send_invoice", days_until_due=10)
    assert (subscription["status"], subscription["days_until_due"]) == ("active", 10)

    stripe.advance(clock, START + 10 * DAY - 1)
    assert status_of(stripe, subscription) == "active"
    stripe.advance(clock, START + 10 * DAY)

    assert status_of(stripe, subscription) == "past_due"
