"""A first period that is shorter than the others, and cycles that begin anew."""

from __future__ import annotations

from typing import Any

import pytest

from billproof.sandbox.objects.errors import StripeError
from tests.suite.sandbox.changing import MONTH
from tests.suite.sandbox.local import DAY, START, Local


@pytest.mark.parametrize("now", ["now", {"type": "now"}], ids=["word", "object"])
def test_a_billing_cycle_begins_anew(stripe: Local, now: Any) -> None:
    """As a word and, since endive, as an object: the old time is given back; `unchanged` is not."""
    customer = stripe.customer()
    made = stripe.subscribe(customer)
    stripe.wait(MONTH // 2)
    kept = stripe.post(f"subscriptions/{made['id']}", billing_cycle_anchor="unchanged")
    assert kept["billing_cycle_anchor"] == START

    coming = stripe.post(
        "invoices/create_preview",
        subscription=made["id"],
        subscription_details={"billing_cycle_anchor": now},
    )
    changed = stripe.post(f"subscriptions/{made['id']}", billing_cycle_anchor=now)

    assert changed["billing_cycle_anchor"] == START + MONTH // 2
    invoice = stripe.get("invoices", customer=customer, limit=1)["data"][0]
    assert (invoice["total"], coming["total"]) == (950, 950)


def test_an_anchor_shortens_the_first_period(stripe: Local) -> None:
    """From 15 January to the first of February, 17 days of 31, and by whole months from there."""
    customer, anchor = stripe.customer(), START + 17 * DAY

    made = stripe.subscribe(customer, billing_cycle_anchor=anchor)

    [item] = made["items"]["data"]
    assert (made["status"], made["billing_cycle_anchor"]) == ("active", anchor)
    assert (item["current_period_start"], item["current_period_end"]) == (START, anchor)
    first = stripe.get("invoices", customer=customer)["data"][0]
    assert [line["amount"] for line in first["lines"]["data"]] == [1042]
    assert (first["status"], first["amount_paid"]) == ("paid", 1042)
    stripe.wait(17 * DAY)
    renewal = stripe.get("invoices", customer=customer, limit=1)["data"][0]
    assert (renewal["total"], renewal["created"]) == (1900, anchor)


def test_the_time_before_the_anchor_can_be_free(stripe: Local) -> None:
    """With `proration_behavior=none`; without it, it is not."""
    customers, anchor = [stripe.customer(), stripe.customer()], START + 17 * DAY

    stripe.subscribe(customers[0], billing_cycle_anchor=anchor)
    stripe.subscribe(customers[1], billing_cycle_anchor=anchor, proration_behavior="none")

    paid = [stripe.get("invoices", customer=each)["data"][0]["total"] for each in customers]
    assert paid == [1042, 0]


@pytest.mark.parametrize(
    "extra",
    [
        {"billing_cycle_anchor": START},
        {"billing_cycle_anchor": START + MONTH + 1},
        {"billing_cycle_anchor": START + DAY, "trial_period_days": 7},
    ],
)
def test_an_anchor_that_cannot_be_is_refused(stripe: Local, extra: dict[str, Any]) -> None:
    """It lies ahead, within one period; together with a trial the sandbox does not know it."""
    customer = stripe.customer()
    stripe.subscribe(customer, billing_cycle_anchor=START + MONTH)

    with pytest.raises(StripeError) as caught:
        stripe.subscribe(customer, **extra)

    assert caught.value.param == "billing_cycle_anchor"
    assert len(stripe.get("subscriptions", customer=customer)["data"]) == 1
