"""Invoices that are previewed."""

from __future__ import annotations

import pytest

from billproof.sandbox.objects.errors import StripeError
from tests.suite.sandbox.changing import MONTH, change, item_of
from tests.suite.sandbox.local import DAY, START, Local


def test_a_new_subscription_is_previewed_with_its_anchor(stripe: Local) -> None:
    """An instant by itself or in an object shortens the first period, as it will."""
    customer, anchor = stripe.customer(), START + 17 * DAY

    totals = [
        stripe.post(
            "invoices/create_preview",
            customer=customer,
            subscription_details={"items": [{"price": "price_pro"}], "billing_cycle_anchor": at},
        )["total"]
        for at in (anchor, {"type": "timestamp", "timestamp": anchor})
    ]

    assert totals == [1042, 1042]


def test_a_preview_is_what_comes(stripe: Local) -> None:
    """The amounts of the next invoice, to the cent; nothing happens by asking."""
    customer = stripe.customer()
    subscription = stripe.subscribe(customer)
    stripe.wait(MONTH // 3)
    told = stripe.told()
    details = {"items": [{"id": item_of(subscription), "price": "price_max"}]}

    seen = stripe.post(
        "invoices/create_preview", subscription=subscription["id"], subscription_details=details
    )

    assert stripe.told() == told
    assert stripe.get(f"subscriptions/{subscription['id']}")["items"]["data"][0]["price"]["id"] == (
        "price_pro"
    )
    change(stripe, subscription, "price_max")
    stripe.wait(MONTH - MONTH // 3)
    came = stripe.get("invoices", customer=customer, limit=1)["data"][0]
    lines = [[line["amount"] for line in each["lines"]["data"]] for each in (seen, came)]
    assert lines[0] == lines[1]
    assert (seen["total"], seen["status"], seen["number"]) == (came["total"], "draft", None)


def test_a_preview_of_a_change_that_is_billed_at_once(stripe: Local) -> None:
    """It shows that invoice, not the one after it."""
    customer = stripe.customer()
    subscription = stripe.subscribe(customer)
    stripe.wait(MONTH // 2)
    items = [{"id": item_of(subscription), "price": "price_max"}]

    seen = stripe.post(
        "invoices/create_preview",
        subscription=subscription["id"],
        subscription_details={"items": items, "proration_behavior": "always_invoice"},
    )

    assert seen["total"] == 1500
    assert (seen["status"], seen["attempted"]) == ("draft", False)
    assert (seen["amount_paid"], seen["amount_remaining"]) == (0, 1500)


def test_a_preview_of_a_new_subscription(stripe: Local) -> None:
    """For a customer that has none; the first invoice of it."""
    customer = stripe.customer()
    details = {"items": [{"price": "price_max", "quantity": 2}]}

    seen = stripe.post("invoices/create_preview", customer=customer, subscription_details=details)

    assert (seen["total"], seen["currency"]) == (9800, "eur")
    assert stripe.get("subscriptions", customer=customer)["data"] == []


def test_there_is_no_next_invoice_after_the_end(stripe: Local) -> None:
    """Stripe's own code says so; as long as it goes on, there is one."""
    customer = stripe.customer()
    subscription = stripe.subscribe(customer)
    preview = stripe.post("invoices/create_preview", customer=customer)
    assert preview["amount_due"] == 1900
    stripe.post(f"subscriptions/{subscription['id']}", cancel_at_period_end=True)

    with pytest.raises(StripeError) as caught:
        stripe.post("invoices/create_preview", customer=customer)

    assert caught.value.row.code == "invoice_upcoming_none"


def test_a_preview_leaves_the_lists_as_they_are(stripe: Local) -> None:
    """It plays with copies: a cursor still stands where it stood."""
    gone, *names = (stripe.post("products", name=name)["id"] for name in "abcd")
    stripe.call("DELETE", f"products/{gone}")
    customer = stripe.customer()
    stripe.subscribe(customer)
    before = stripe.get("products", limit=2, starting_after=names[-1])["data"]
    assert [each["id"] for each in before] == names[1::-1]

    assert stripe.post("invoices/create_preview", customer=customer)["total"]

    assert stripe.get("products", limit=2, starting_after=names[-1])["data"] == before
