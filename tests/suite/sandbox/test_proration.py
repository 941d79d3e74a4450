"""Changes in the middle of a period: what they give back, and what they cost."""

from __future__ import annotations

from typing import Any

import pytest

from billproof.sandbox.objects.errors import StripeError
from tests.suite.sandbox.local import DAY, START, Local

MONTH = 31 * DAY
"""From 15 January to 15 February."""


@pytest.fixture
def stripe() -> Local:
    """An account on a clock of its own."""
    return Local()


def _item(subscription: dict[str, Any]) -> str:
    return str(subscription["items"]["data"][0]["id"])


def _waiting(stripe: Local, customer: str) -> list[tuple[int, str]]:
    found = stripe.get("invoiceitems", customer=customer, pending=True)["data"]
    return [(each["amount"], each["description"]) for each in found]


def _change(stripe: Local, subscription: dict[str, Any], price: str, **extra: Any) -> Any:
    items = [{"id": _item(subscription), "price": price}]
    return stripe.post(f"subscriptions/{subscription['id']}", items=items, **extra)


def test_an_upgrade_waits_for_the_next_invoice(stripe: Local) -> None:
    """The rest of the old price is given back, the rest of the new one asked for."""
    customer = stripe.customer()
    subscription = stripe.subscribe(customer)
    stripe.wait(MONTH // 2)

    changed = _change(stripe, subscription, "price_max")

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

    _change(stripe, subscription, "price_max", proration_behavior="always_invoice")

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

    _change(stripe, subscription, "price_pro", proration_behavior="always_invoice")

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

    _change(stripe, subscription, "price_max", proration_behavior="none")

    assert _waiting(stripe, customer) == []
    stripe.wait(MONTH - DAY)
    renewal = stripe.get("invoices", customer=customer, limit=1)["data"][0]
    assert renewal["total"] == 4900


def test_another_interval_begins_a_new_period(stripe: Local) -> None:
    """It is billed at once, less what is left of the old period."""
    customer = stripe.customer()
    subscription = stripe.subscribe(customer)
    stripe.wait(MONTH // 2)

    changed = _change(stripe, subscription, "price_year")

    item = changed["items"]["data"][0]
    now = START + MONTH // 2
    assert (item["current_period_start"], changed["billing_cycle_anchor"]) == (now, now)
    assert item["current_period_end"] - now == 365 * DAY
    invoice = stripe.get("invoices", customer=customer, limit=1)["data"][0]
    assert [line["amount"] for line in invoice["lines"]["data"]] == [-950, 19000]
    assert (invoice["amount_paid"], invoice["billing_reason"]) == (18050, "subscription_update")


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


def test_a_trial_is_changed_for_nothing(stripe: Local) -> None:
    """No time was paid for; the trial's end stays."""
    customer = stripe.customer()
    subscription = stripe.subscribe(customer, trial_period_days=14)

    changed = _change(stripe, subscription, "price_year")

    assert (changed["status"], changed["trial_end"]) == ("trialing", subscription["trial_end"])
    assert _waiting(stripe, customer) == []


def test_quantities_are_prorated(stripe: Local) -> None:
    """Two more seats for half a month."""
    customer = stripe.customer()
    subscription = stripe.subscribe(customer)
    stripe.wait(MONTH // 2)

    stripe.post(f"subscription_items/{_item(subscription)}", quantity=3)

    assert sum(amount for amount, _ in _waiting(stripe, customer)) == 1900
    assert stripe.get(f"subscription_items/{_item(subscription)}")["quantity"] == 3


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
        stripe.call("DELETE", f"subscription_items/{_item(subscription)}")


def test_a_proration_date_lies_in_the_period(stripe: Local) -> None:
    """The amounts are as of that second."""
    customer = stripe.customer()
    subscription = stripe.subscribe(customer)
    stripe.wait(DAY)
    with pytest.raises(StripeError, match="outside of the current period"):
        _change(stripe, subscription, "price_max", proration_date=START - 1)

    _change(stripe, subscription, "price_max", proration_date=START)

    assert [amount for amount, _ in _waiting(stripe, customer)] == [4900, -1900]


def test_a_price_in_another_currency_does_not_fit(stripe: Local) -> None:
    """A subscription has one currency."""
    subscription = stripe.subscribe(stripe.customer())

    with pytest.raises(StripeError, match="currency"):
        _change(stripe, subscription, "price_yen")

    assert _change(stripe, subscription, "price_max")["currency"] == "eur"


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
        _change(stripe, subscription, "price_year", payment_behavior="error_if_incomplete")
    assert stripe.get(f"subscriptions/{subscription['id']}")["status"] == "active"

    changed = _change(stripe, subscription, "price_year")

    assert changed["status"] == "past_due"


# A first period that is shorter than the others


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


# Previews


def test_a_preview_is_what_comes(stripe: Local) -> None:
    """The amounts of the next invoice, to the cent; nothing happens by asking."""
    customer = stripe.customer()
    subscription = stripe.subscribe(customer)
    stripe.wait(MONTH // 3)
    told = stripe.told()
    details = {"items": [{"id": _item(subscription), "price": "price_max"}]}

    seen = stripe.post(
        "invoices/create_preview", subscription=subscription["id"], subscription_details=details
    )

    assert stripe.told() == told
    assert stripe.get(f"subscriptions/{subscription['id']}")["items"]["data"][0]["price"]["id"] == (
        "price_pro"
    )
    _change(stripe, subscription, "price_max")
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
    items = [{"id": _item(subscription), "price": "price_max"}]

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
