"""Changes in the middle of a period: what they give back, and what they cost."""

from __future__ import annotations

import pytest

from billproof.sandbox.objects.errors import StripeError
from tests.suite.sandbox.changing import MONTH, change, item_of
from tests.suite.sandbox.local import DAY, START, Local


def _waiting(stripe: Local, customer: str) -> list[tuple[int, str]]:
    found = stripe.get("invoiceitems", customer=customer, pending=True)["data"]
    return [(each["amount"], each["description"]) for each in found]


def test_an_upgrade_waits_for_the_next_invoice(stripe: Local) -> None:
    """The rest of the old price is given back, the rest of the new one asked for."""
    customer = stripe.customer()
    subscription = stripe.subscribe(customer)
    stripe.wait(MONTH // 2)

    changed = change(stripe, subscription, "price_max")

    assert changed["items"]["data"][0]["price"]["id"] == "price_max"
    assert _waiting(stripe, customer) == [
        (2450, "Remaining time on Max after 30 Jan 2027"),
        (-950, "Unused time on Pro after 30 Jan 2027"),
    ]
    stripe.wait(MONTH - MONTH // 2)
    renewal = stripe.get("invoices", customer=customer, limit=1)["data"][0]
    assert [line["amount"] for line in renewal["lines"]["data"]] == [-950, 2450, 4900]
    assert (renewal["total"], renewal["amount_due"]) == (6400, 6400)
    assert _waiting(stripe, customer) == []


def test_an_upgrade_may_be_billed_at_once(stripe: Local) -> None:
    """`always_invoice` makes an invoice of the difference, and charges it."""
    customer = stripe.customer()
    subscription = stripe.subscribe(customer)
    stripe.wait(MONTH // 2)

    change(stripe, subscription, "price_max", proration_behavior="always_invoice")

    invoice = stripe.get("invoices", customer=customer, limit=1)["data"][0]
    assert (invoice["billing_reason"], invoice["status"]) == ("subscription_update", "paid")
    assert (invoice["total"], invoice["amount_paid"]) == (1500, 1500)
    flags = [line["parent"]["type"] for line in invoice["lines"]["data"]]
    assert flags == ["invoice_item_details", "invoice_item_details"]


def test_a_downgrade_leaves_a_credit(stripe: Local) -> None:
    """What is given back beyond the cost pays the next invoices."""
    customer = stripe.customer()
    subscription = stripe.subscribe(customer, price="price_max")
    stripe.wait(MONTH // 2)

    change(stripe, subscription, "price_pro", proration_behavior="always_invoice")

    invoice = stripe.get("invoices", customer=customer, limit=1)["data"][0]
    assert (invoice["total"], invoice["amount_due"], invoice["status"]) == (-1500, 0, "paid")
    assert (invoice["starting_balance"], invoice["ending_balance"]) == (0, -1500)
    assert stripe.get(f"customers/{customer}")["balance"] == -1500
    stripe.wait(MONTH - MONTH // 2 + 3600)
    renewal = stripe.get("invoices", customer=customer, limit=1)["data"][0]
    assert (renewal["total"], renewal["amount_due"], renewal["amount_paid"]) == (1900, 400, 400)
    assert stripe.get(f"customers/{customer}")["balance"] == 0


def test_nothing_is_prorated_where_that_is_said(stripe: Local) -> None:
    """`none` changes the price from the next period on."""
    customer = stripe.customer()
    subscription = stripe.subscribe(customer)
    stripe.wait(DAY)

    change(stripe, subscription, "price_max", proration_behavior="none")

    assert _waiting(stripe, customer) == []
    stripe.wait(MONTH - DAY)
    renewal = stripe.get("invoices", customer=customer, limit=1)["data"][0]
    assert renewal["total"] == 4900


def test_another_interval_begins_a_new_period(stripe: Local) -> None:
    """It is billed at once, less what is left of the old period."""
    customer = stripe.customer()
    subscription = stripe.subscribe(customer)
    stripe.wait(MONTH // 2)

    changed = change(stripe, subscription, "price_year")

    item = changed["items"]["data"][0]
    now = START + MONTH // 2
    assert (item["current_period_start"], changed["billing_cycle_anchor"]) == (now, now)
    assert item["current_period_end"] - now == 365 * DAY
    invoice = stripe.get("invoices", customer=customer, limit=1)["data"][0]
    assert [line["amount"] for line in invoice["lines"]["data"]] == [-950, 19000]
    assert (invoice["amount_paid"], invoice["billing_reason"]) == (18050, "subscription_update")


def test_a_trial_is_changed_for_nothing(stripe: Local) -> None:
    """No time was paid for; the trial's end stays."""
    customer = stripe.customer()
    subscription = stripe.subscribe(customer, trial_period_days=14)

    changed = change(stripe, subscription, "price_year")

    assert (changed["status"], changed["trial_end"]) == ("trialing", subscription["trial_end"])
    assert _waiting(stripe, customer) == []


def test_quantities_are_prorated(stripe: Local) -> None:
    """Two more seats for half a month."""
    customer = stripe.customer()
    subscription = stripe.subscribe(customer)
    stripe.wait(MONTH // 2)

    stripe.post(f"subscription_items/{item_of(subscription)}", quantity=3)

    assert sum(amount for amount, _ in _waiting(stripe, customer)) == 1900
    assert stripe.get(f"subscription_items/{item_of(subscription)}")["quantity"] == 3


def test_a_second_item_shares_the_period(stripe: Local) -> None:
    """It costs what is left; removed again, that is given back; the last one stays."""
    customer = stripe.customer()
    subscription = stripe.subscribe(customer)
    stripe.wait(MONTH // 2)

    added = stripe.post(
        "subscription_items", subscription=subscription["id"], price="price_max", quantity=2
    )

    end = subscription["items"]["data"][0]["current_period_end"]
    assert (added["current_period_end"], added["quantity"]) == (end, 2)
    assert _waiting(stripe, customer)[0][0] == 4900
    gone = stripe.call("DELETE", f"subscription_items/{added['id']}")
    assert gone == {"id": added["id"], "object": "subscription_item", "deleted": True}
    assert _waiting(stripe, customer)[0][0] == -4900
    with pytest.raises(StripeError, match="at least one active item"):
        stripe.call("DELETE", f"subscription_items/{item_of(subscription)}")


def test_a_proration_date_lies_in_the_period(stripe: Local) -> None:
    """The amounts are as of that second."""
    customer = stripe.customer()
    subscription = stripe.subscribe(customer)
    stripe.wait(DAY)
    with pytest.raises(StripeError, match="outside of the current period"):
        change(stripe, subscription, "price_max", proration_date=START - 1)

    change(stripe, subscription, "price_max", proration_date=START)

    assert [amount for amount, _ in _waiting(stripe, customer)] == [4900, -1900]


def test_a_price_in_another_currency_does_not_fit(stripe: Local) -> None:
    """A subscription has one currency."""
    subscription = stripe.subscribe(stripe.customer())

    with pytest.raises(StripeError, match="currency"):
        change(stripe, subscription, "price_yen")

    assert change(stripe, subscription, "price_max")["currency"] == "eur"


def test_cancelling_may_give_back_and_bill(stripe: Local) -> None:
    """With `prorate` and `invoice_now` the last invoice is a credit."""
    customer = stripe.customer()
    subscription = stripe.subscribe(customer)
    stripe.wait(MONTH // 2)

    path = f"subscriptions/{subscription['id']}"
    ended = stripe.call("DELETE", path, prorate=True, invoice_now=True)

    assert ended["status"] == "canceled"
    last = stripe.get("invoices", customer=customer, limit=1)["data"][0]
    assert (last["total"], last["status"]) == (-950, "paid")
    assert stripe.types().count("customer.subscription.deleted") == 1


def test_an_update_whose_charge_fails_is_past_due(stripe: Local) -> None:
    """Or refused before anything has changed, when that is asked for."""
    customer = stripe.customer()
    subscription = stripe.subscribe(customer)
    card = stripe.post("payment_methods/pm_card_chargeCustomerFail/attach", customer=customer)
    stripe.post(f"subscriptions/{subscription['id']}", default_payment_method=card["id"])
    stripe.wait(DAY)
    with pytest.raises(StripeError, match="declined"):
        change(stripe, subscription, "price_year", payment_behavior="error_if_incomplete")
    assert stripe.get(f"subscriptions/{subscription['id']}")["status"] == "active"

    changed = change(stripe, subscription, "price_year")

    assert changed["status"] == "past_due"
