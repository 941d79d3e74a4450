"""Renewals and trials on a clock."""

from __future__ import annotations

import pytest

from billproof.sandbox.objects.errors import StripeError
from tests.suite.sandbox.local import DAY, START, Local
from tests.suite.sandbox.renewing import HOUR, instant_of, latest_invoice, status_of


def test_a_period_renews_at_its_end(stripe: Local) -> None:
    """The period moves at once; its invoice is a draft for an hour, then paid."""
    clock = stripe.clock()
    subscription = stripe.subscribe(stripe.customer(test_clock=clock))
    end = subscription["items"]["data"][0]["current_period_end"]

    stripe.advance(clock, end)

    item = stripe.get(f"subscriptions/{subscription['id']}")["items"]["data"][0]
    draft = latest_invoice(stripe, subscription)
    assert item["current_period_start"] == end
    assert (draft["status"], draft["billing_reason"]) == ("draft", "subscription_cycle")
    assert (draft["created"], draft["automatically_finalizes_at"]) == (end, end + HOUR)
    stripe.advance(clock, end + HOUR)
    paid = latest_invoice(stripe, subscription)
    assert (paid["status"], paid["amount_paid"], paid["id"]) == ("paid", 1900, draft["id"])


def test_two_periods_renew_in_their_order(stripe: Local) -> None:
    """Each has its own invoice, made in its own instant."""
    clock = stripe.clock(instant_of("2027-01-31"))
    customer = stripe.customer(test_clock=clock)
    stripe.subscribe(customer)

    stripe.advance(clock, instant_of("2027-03-31"))

    made = [each["created"] for each in stripe.get("invoices", customer=customer)["data"]]
    assert made == [instant_of("2027-03-31"), instant_of("2027-02-28"), instant_of("2027-01-31")]


def test_real_time_renews_too(stripe: Local) -> None:
    """Nobody needs a clock for it."""
    subscription = stripe.subscribe(stripe.customer())
    end = subscription["items"]["data"][0]["current_period_end"]

    stripe.wait(end - START - 1)
    assert latest_invoice(stripe, subscription)["billing_reason"] == "subscription_create"
    stripe.wait(1)
    assert latest_invoice(stripe, subscription)["created"] == end
    stripe.wait(HOUR)

    assert latest_invoice(stripe, subscription)["status"] == "paid"


def test_a_customer_may_live_ahead_of_real_time(stripe: Local) -> None:
    """By an offset: his period ends in two seconds, and nobody else's does."""
    customer, other = stripe.customer(), stripe.customer()
    mine, theirs = stripe.subscribe(customer), stripe.subscribe(other)
    end = mine["items"]["data"][0]["current_period_end"]

    stripe.account.timeline.run_ahead(customer, end - START - 2)
    stripe.wait(1)
    assert latest_invoice(stripe, mine)["billing_reason"] == "subscription_create"
    stripe.wait(1)

    assert latest_invoice(stripe, mine)["created"] == end
    assert latest_invoice(stripe, theirs)["billing_reason"] == "subscription_create"


def test_everything_of_a_customer_ahead_comes_in_its_second(stripe: Local) -> None:
    """What was expected before he was put ahead, the second thing no later than the first."""
    customer = stripe.customer()
    first = stripe.subscribe(customer)
    stripe.wait(3)
    second = stripe.subscribe(customer)
    end = first["items"]["data"][0]["current_period_end"]
    stripe.account.timeline.run_ahead(customer, end - int(stripe.at) - 2)

    made = []
    for _ in range(6):
        stripe.wait(1)
        made.append([latest_invoice(stripe, each)["billing_reason"] for each in (first, second)])

    renewed = ["subscription_cycle", "subscription_create"]
    assert made[:5] == [["subscription_create"] * 2, *[renewed] * 3, ["subscription_cycle"] * 2]


def test_a_trial_ends_in_a_paid_period(stripe: Local) -> None:
    """Announced three days before; active at its end, and billed."""
    clock = stripe.clock()
    customer = stripe.customer(test_clock=clock)
    subscription = stripe.subscribe(customer, trial_period_days=14)
    begun = stripe.told()

    stripe.advance(clock, START + 11 * DAY)
    assert "customer.subscription.trial_will_end" in stripe.types(begun)
    stripe.advance(clock, START + 14 * DAY)

    assert status_of(stripe, subscription) == "active"
    assert latest_invoice(stripe, subscription)["amount_due"] == 1900
    stripe.advance(clock, START + 14 * DAY + HOUR)
    assert latest_invoice(stripe, subscription)["status"] == "paid"


def test_a_short_trial_is_announced_at_once(stripe: Local) -> None:
    """Three days are not left; it is said once."""
    clock = stripe.clock()
    stripe.subscribe(stripe.customer(test_clock=clock), trial_period_days=2)

    stripe.advance(clock, START + DAY)

    assert stripe.types().count("customer.subscription.trial_will_end") == 1


@pytest.mark.parametrize(
    ("behavior", "status", "event"),
    [
        ("pause", "paused", "customer.subscription.paused"),
        ("cancel", "canceled", "customer.subscription.deleted"),
        ("create_invoice", "active", "customer.subscription.updated"),
    ],
)
def test_a_trial_without_a_card_ends_as_it_says(
    stripe: Local, behavior: str, status: str, event: str
) -> None:
    """Paused, canceled, or billed all the same."""
    clock = stripe.clock()
    customer = stripe.customer(card=None, test_clock=clock)
    settings = {"end_behavior": {"missing_payment_method": behavior}}
    subscription = stripe.subscribe(customer, trial_period_days=14, trial_settings=settings)

    stripe.advance(clock, START + 14 * DAY)

    assert status_of(stripe, subscription) == status
    assert event in stripe.types()[-4:]


def test_a_paused_subscription_resumes_with_a_card(stripe: Local) -> None:
    """It makes no invoices while it is paused; then a new period begins, paid for."""
    clock = stripe.clock()
    customer = stripe.customer(card=None, test_clock=clock)
    settings = {"end_behavior": {"missing_payment_method": "pause"}}
    subscription = stripe.subscribe(customer, trial_period_days=3, trial_settings=settings)
    stripe.advance(clock, START + 33 * DAY)
    assert len(stripe.get("invoices", customer=customer)["data"]) == 1
    with pytest.raises(StripeError, match="no attached payment source"):
        stripe.post(f"subscriptions/{subscription['id']}/resume")

    card = stripe.post("payment_methods/pm_card_visa/attach", customer=customer)
    stripe.post(f"subscriptions/{subscription['id']}", default_payment_method=card["id"])
    resumed = stripe.post(f"subscriptions/{subscription['id']}/resume")

    assert resumed["status"] == "active"
    assert resumed["items"]["data"][0]["current_period_start"] == START + 33 * DAY
    assert stripe.types()[-1] == "customer.subscription.resumed"
