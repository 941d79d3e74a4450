"""Which events a cancellation, a change, a refund and a pause send, and in which order."""

from __future__ import annotations

import itertools

import pytest

from billproof.sandbox.objects.events import Event
from tests.suite.sandbox.life import (
    CHANGED,
    CHARGED,
    DECLINED,
    END,
    FAILS,
    HOUR,
    OWING,
    PAID,
    RENEWED,
    Life,
    _pay_the_invoice,
)
from tests.suite.sandbox.local import DAY, START, Local


def test_cancellations() -> None:
    """At once, at the end, at an instant, and taken back."""
    at_once, at_end, at_instant = Life(), Life(), Life()
    for life in (at_once, at_end, at_instant):
        life.news()

    at_once.stripe.call("DELETE", at_once.path)
    assert at_once.news() == ["customer.subscription.deleted"]
    for wish in (True, False, True):
        at_end.stripe.post(at_end.path, cancel_at_period_end=wish)
        assert at_end.news() == [CHANGED]
    assert at_end.advance(END) == ["customer.subscription.deleted"]
    at_instant.stripe.post(at_instant.path, cancel_at=START + 777)
    assert at_instant.news() == [CHANGED]
    assert at_instant.advance(START + 776) == []
    assert at_instant.advance(START + 777) == ["customer.subscription.deleted"]


def test_a_cancellation_stops_what_was_to_be_collected() -> None:
    """And says so of the invoice."""
    life = Life()
    life.pay_with(FAILS)
    life.advance(END + HOUR)

    life.stripe.call("DELETE", life.path)

    ended, updated = life.events()
    assert (ended.type, updated.type) == ("customer.subscription.deleted", "invoice.updated")
    before = {"auto_advance": True, "next_payment_attempt": END + HOUR + 3 * DAY}
    assert updated.data["previous_attributes"] == before


@pytest.mark.parametrize("mend", ["pay", "mark_uncollectible", None])
def test_a_resumption_waits_for_its_invoice(mend: str | None) -> None:
    """Paused until it is paid or given up; void after 23 hours, and still paused."""
    settings = {"end_behavior": {"missing_payment_method": "pause"}}
    life = Life(card=None, trial_period_days=3, trial_settings=settings)
    life.advance(START + 3 * DAY)
    life.pay_with(FAILS)

    assert life.stripe.post(f"{life.path}/resume")["status"] == "paused"

    assert life.news()[-len(DECLINED) :] == DECLINED
    if mend == "pay":
        assert _pay_the_invoice(life)[-2:] == [CHANGED, "customer.subscription.resumed"]
    elif mend:
        life.stripe.post(f"invoices/{life.now()['latest_invoice']}/{mend}")
        assert life.news()[-2:] == [CHANGED, "customer.subscription.resumed"]
    told = life.advance(START + 4 * DAY)
    assert life.now()["status"] == ("active" if mend else "paused")
    assert ("invoice.voided" in told) == (mend is None)


def test_an_upgrade_that_is_billed_at_once() -> None:
    """Two items wait, an invoice takes them up, and it is paid."""
    life = Life()
    life.advance(START + 10 * DAY)
    item = life.subscription["items"]["data"][0]["id"]

    items = [{"id": item, "price": "price_max"}]
    life.stripe.post(life.path, items=items, proration_behavior="always_invoice")

    waiting = ["invoiceitem.created", "invoiceitem.created"]
    opened = ["payment_intent.created", "invoice.finalized"]
    assert life.news() == [*waiting, *RENEWED, *opened, *CHARGED, *PAID]


def test_an_upgrade_that_is_not_paid_is_tried_again() -> None:
    """It is past due, and its invoice is collected as a renewal's would be."""
    life = Life()
    life.pay_with(FAILS)
    items = [{"id": life.subscription["items"]["data"][0]["id"], "price": "price_year"}]

    life.stripe.post(life.path, items=items)

    assert life.news()[-5:] == [*DECLINED, CHANGED]
    assert life.now()["status"] == "past_due"
    assert life.advance(START + 3 * DAY) == [*DECLINED, "customer.updated"]


def test_a_refund_and_a_dispute() -> None:
    """Money goes back by the merchant, or by the payer's bank."""
    life, denied = Life(), Life(card="pm_card_createDispute")
    told = denied.news()
    life.news()
    intent = life.stripe.get("payment_intents", customer=life.customer)["data"][0]["id"]

    life.stripe.post("refunds", payment_intent=intent)

    assert life.news() == ["refund.created", "charge.refunded"]
    withdrawn = ["charge.dispute.created", "charge.dispute.funds_withdrawn"]
    assert withdrawn in [list(pair) for pair in itertools.pairwise(told)]


def test_a_pause_of_collection() -> None:
    """Each invoice is made and voided; the pause is lifted by hand, or by itself."""
    life = Life()
    life.news()
    resumes = END + 5 * DAY
    life.stripe.post(life.path, pause_collection={"behavior": "void", "resumes_at": resumes})
    assert life.news() == [CHANGED]

    opened = ["payment_intent.created", "invoice.finalized", "invoice.updated"]
    voided = [*opened, "payment_intent.canceled", "invoice.voided"]
    assert life.advance(END + HOUR) == [*RENEWED, *voided]
    assert life.advance(resumes) == [CHANGED]


def test_an_invoice_that_is_sent_and_not_paid() -> None:
    """It is sent, and overdue at its instant; paying it from outside mends that."""
    life = Life(card=None, collection_method="send_invoice", days_until_due=10)
    assert life.news()[-2:] == [CHANGED, "invoice.sent"]

    assert life.advance(START + 10 * DAY) == OWING
    invoice = life.now()["latest_invoice"]
    life.stripe.post(f"invoices/{invoice}/pay", paid_out_of_band=True)

    assert life.news() == ["invoice.updated", "payment_intent.canceled", "invoice.paid", *OWING]


def test_a_customers_currency_and_balance_are_told() -> None:
    """The first subscription sets one, a bill uses up the other; what events say is what is."""
    stripe = Local()
    customer = stripe.customer(balance=-1000)
    told = stripe.told()

    stripe.subscribe(customer)

    changes = [
        event.data["previous_attributes"]
        for event in stripe.account.all(Event)[told:]
        if event.type == "customer.updated"
    ]
    assert changes[0] == {"currency": None}
    assert changes[1] == {"balance": -1000, "next_invoice_sequence": 1}
    found = stripe.get(f"customers/{customer}")
    assert (found["currency"], found["balance"]) == ("eur", 0)
