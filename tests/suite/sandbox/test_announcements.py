"""Which renewals and trials are announced before they come, and when."""

from __future__ import annotations

import json
from typing import Any

import pytest

from billproof.sandbox.objects.settings import BillingSettings
from billproof.sandbox.webhooks import letters
from tests.suite.sandbox.life import END, HOUR, Life
from tests.suite.sandbox.local import DAY, START


def test_a_renewal_is_announced_a_week_before() -> None:
    """Once, with what it will cost and when it is charged; it is no invoice yet."""
    life = Life()
    life.advance(END - 7 * DAY - 1)
    assert life.announced() == []

    life.advance(END - 7 * DAY)
    life.advance(END - 1)

    (event,) = life.announced()
    coming = event.data["object"]
    assert (coming["amount_due"], coming["billing_reason"]) == (1900, "upcoming")
    assert coming["next_payment_attempt"] == END + HOUR
    assert (coming["lines"]["data"][0]["period"]["start"], "id" in coming) == (END, False)
    assert coming["parent"]["subscription_details"]["subscription"] == life.subscription["id"]
    assert len(life.stripe.get("invoices", customer=life.customer)["data"]) == 1
    old = json.loads(event.text_for("2024-06-20"))["data"]["object"]
    assert (old["subscription"], old["charge"]) == (life.subscription["id"], None)
    assert old["lines"]["data"][0]["price"]["id"] == "price_pro"
    assert letters.thin(event)["related_object"] is None
    life.advance(END + 25 * DAY)
    assert len(life.announced()) == 2


def test_the_days_of_an_announcement_can_be_set() -> None:
    """Those of the account; none at all with zero."""
    early, never = Life(), Life()
    early.stripe.account.settings = BillingSettings(upcoming_days=10)
    never.stripe.account.settings = BillingSettings(upcoming_days=0)
    for life in (early, never):
        life.stripe.post(life.path, metadata={"look": "again"})
        life.advance(END + HOUR)

    assert [each.created for each in early.announced()] == [END - 10 * DAY]
    assert never.announced() == []


@pytest.mark.parametrize(
    "params",
    [
        {"cancel_at_period_end": True},
        {"pause_collection": {"behavior": "void"}},
        {"collection_method": "send_invoice", "days_until_due": 5},
    ],
)
def test_what_is_not_charged_by_itself_is_not_announced(params: dict[str, Any]) -> None:
    """It ends, is paused, or is sent as an invoice; another's is announced."""
    life, other = Life(), Life()
    life.stripe.post(life.path, **params)

    for each in (life, other):
        each.advance(END - DAY)

    assert (len(life.announced()), len(other.announced())) == (0, 1)


def test_a_trial_is_announced_unless_it_ends_unpaid() -> None:
    """With a card there will be an invoice; without one it is paused."""
    settings = {"end_behavior": {"missing_payment_method": "pause"}}
    paying = Life(trial_period_days=14, trial_settings=settings)
    pausing = Life(card=None, trial_period_days=14, trial_settings=settings)

    for each in (paying, pausing):
        each.advance(START + 8 * DAY)

    assert (len(paying.announced()), len(pausing.announced())) == (1, 0)
