"""Which events each transition sends, how often and in which order, and what they say changed."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest

from billproof.sandbox.objects.events import Event
from billproof.sandbox.objects.settings import AfterRetries, BillingSettings
from billproof.sandbox.webhooks import letters
from tests.suite.sandbox.local import DAY, START, Local

HOUR = 3600
END = START + 31 * DAY
FAILS = "pm_card_chargeCustomerFail"
ASKS = "pm_card_authenticationRequiredOnSetup"
CHARGED = ["charge.succeeded", "payment_intent.succeeded"]
PAID = ["invoice.updated", "invoice_payment.paid", "invoice.paid", "invoice.payment_succeeded"]
RENEWED = ["invoice.created", "customer.subscription.updated"]
OPENED = ["payment_intent.created", "invoice.updated", "invoice.finalized"]
DECLINED = [
    "charge.failed",
    "payment_intent.payment_failed",
    "invoice.updated",
    "invoice.payment_failed",
]
OWING = ["customer.updated", "customer.subscription.updated"]
CHANGED = "customer.subscription.updated"
BESIDES = {"test_clock", "upcoming"}


class Life:
    """A subscriber on a clock, and the events since he was looked at last."""

    def __init__(self, card: str | None = "pm_card_visa", **params: Any) -> None:
        self.stripe = Local()
        self.clock = self.stripe.clock()
        self.customer = self.stripe.customer(card=card, test_clock=self.clock)
        self.seen = self.stripe.told()
        self.subscription = self.stripe.subscribe(self.customer, **params)

    @property
    def path(self) -> str:
        """Where the subscription is."""
        return f"subscriptions/{self.subscription['id']}"

    def now(self) -> dict[str, Any]:
        """The subscription as it is."""
        return self.stripe.get(self.path)

    def pay_with(self, card: str) -> None:
        """Another card from now on."""
        method = self.stripe.post(f"payment_methods/{card}/attach", customer=self.customer)
        self.stripe.post(self.path, default_payment_method=method["id"])
        self.news()

    def advance(self, to: int) -> list[str]:
        """Live up to an instant; what is told of it."""
        self.stripe.advance(self.clock, to)
        return self.news()

    def news(self) -> list[str]:
        """The types of what has happened, clocks aside."""
        return [event.type for event in self.events()]

    def events(self) -> list[Event]:
        """What has happened; clocks and announcements aside, which come between."""
        begun, self.seen = self.seen, self.stripe.told()
        found = self.stripe.account.all(Event)[begun:]
        return [each for each in found if not BESIDES & {*each.type.split(".")}]

    def announced(self) -> list[Event]:
        """All announcements of renewals so far."""
        return [each for each in self.stripe.account.all(Event) if each.type == "invoice.upcoming"]


def test_a_first_payment() -> None:
    """The subscription is announced as incomplete, and is active once its invoice is paid."""
    life = Life()

    started = [
        "customer.updated",
        "customer.subscription.created",
        "invoice.created",
        "payment_intent.created",
    ]
    assert life.news() == [*started, "invoice.finalized", *CHARGED, *PAID, CHANGED]


def test_a_trial() -> None:
    """Nothing is charged at its start; it is announced, and ends in a period that is paid for."""
    life = Life(trial_period_days=14)

    free = ["invoice.created", "invoice.finalized", "invoice.paid", "invoice.payment_succeeded"]
    assert life.news() == ["customer.updated", "customer.subscription.created", *free]
    assert life.advance(START + 11 * DAY) == ["customer.subscription.trial_will_end"]
    assert life.advance(START + 14 * DAY) == RENEWED
    assert life.advance(START + 14 * DAY + HOUR) == [*OPENED, *CHARGED, *PAID]


@pytest.mark.parametrize(
    ("behavior", "told"),
    [
        ("pause", [CHANGED, "customer.subscription.paused"]),
        ("cancel", ["customer.subscription.deleted"]),
        (
            "create_invoice",
            [*RENEWED, *OPENED, "invoice.updated", "invoice.payment_failed", *OWING],
        ),
    ],
)
def test_a_trial_that_ends_without_a_card(behavior: str, told: list[str]) -> None:
    """As it says: paused, canceled, or billed in vain."""
    settings = {"end_behavior": {"missing_payment_method": behavior}}
    life = Life(card=None, trial_period_days=14, trial_settings=settings)
    life.advance(START + 12 * DAY)

    assert life.advance(START + 14 * DAY + HOUR) == told


def test_a_trial_that_is_ended_at_once() -> None:
    """Its end is announced with it."""
    life = Life(trial_period_days=14)
    life.news()

    life.stripe.post(life.path, trial_end="now")

    told = life.news()
    assert told[:3] == [*RENEWED, "customer.subscription.trial_will_end"]
    assert told[-len(PAID) :] == PAID


def test_a_trial_that_is_cut_short() -> None:
    """What is nearer than the usual warning is announced at once, and once."""
    life = Life(trial_period_days=14)
    life.news()

    life.stripe.post(life.path, trial_end=START + 2 * DAY)

    assert life.news() == [CHANGED, "customer.subscription.trial_will_end"]
    assert life.advance(START + 2 * DAY - 1) == []


def test_a_renewal_says_from_the_first_when_it_will_be_charged() -> None:
    """The draft's first event knows it; it closes the period that is over."""
    life = Life()
    life.news()

    life.stripe.advance(life.clock, END)
    draft = life.events()[0].data["object"]

    assert (draft["status"], draft["auto_advance"]) == ("draft", True)
    assert draft["automatically_finalizes_at"] == draft["next_payment_attempt"] == END + HOUR
    assert (draft["period_start"], draft["period_end"]) == (START, END)
    assert draft == life.stripe.get(f"invoices/{draft['id']}")
    assert life.advance(END + HOUR - 1) == []
    assert life.advance(END + HOUR) == [*OPENED, *CHARGED, *PAID]
    paid = life.stripe.get(f"invoices/{draft['id']}")
    assert (paid["auto_advance"], paid["next_payment_attempt"]) == (False, None)


@pytest.mark.parametrize(
    ("then", "last"),
    [
        (AfterRetries.CANCEL, ["customer.subscription.deleted"]),
        (AfterRetries.UNPAID, [CHANGED]),
        (AfterRetries.PAST_DUE, []),
    ],
)
def test_a_renewal_that_fails_to_the_end(then: AfterRetries, last: list[str]) -> None:
    """Each attempt says when the next is; what follows the last one, the setting says."""
    life = Life()
    life.stripe.account.settings = BillingSettings(after_retries=then)
    life.pay_with(FAILS)

    assert life.advance(END + HOUR) == [*RENEWED, *OPENED, *DECLINED, *OWING]
    assert life.stripe.get(f"customers/{life.customer}")["delinquent"] is True
    for days in (3, 8):
        assert life.advance(END + HOUR + days * DAY) == DECLINED
    assert life.advance(END + HOUR + 15 * DAY) == [*DECLINED, *last]
    assert life.advance(END + HOUR + 20 * DAY) == []


def test_what_a_failed_attempt_changes() -> None:
    """`invoice.updated` has the attempt before, and when it was to be made."""
    life = Life()
    life.pay_with(FAILS)
    life.advance(END + HOUR)

    life.stripe.advance(life.clock, END + HOUR + 3 * DAY)
    updated = next(each for each in life.events() if each.type == "invoice.updated").data

    first = END + HOUR + 3 * DAY
    assert updated["previous_attributes"] == {"attempt_count": 1, "next_payment_attempt": first}
    assert updated["object"]["next_payment_attempt"] == first + 5 * DAY


def _pay_the_invoice(life: Life) -> list[str]:
    life.stripe.post(f"invoices/{life.now()['latest_invoice']}/pay", payment_method="pm_card_visa")
    attached, *told = life.news()
    assert attached == "payment_method.attached"
    return told


def _wait_with_another_card(life: Life) -> list[str]:
    life.pay_with("pm_card_visa")
    return life.advance(END + HOUR + 3 * DAY)


@pytest.mark.parametrize("mend", [_pay_the_invoice, _wait_with_another_card])
def test_a_renewal_that_is_paid_after_all(mend: Callable[[Life], list[str]]) -> None:
    """By the customer or by the next attempt: he owes nothing more."""
    life = Life()
    life.pay_with(FAILS)
    life.advance(END + HOUR)

    assert mend(life) == [*CHARGED, *PAID, *OWING]
    assert life.stripe.get(f"customers/{life.customer}")["delinquent"] is False


def test_a_renewal_whose_owner_is_asked() -> None:
    """He has to act; the payment has failed so far."""
    life = Life()
    life.pay_with(ASKS)

    asked = ["payment_intent.requires_action", "invoice.updated", "invoice.payment_action_required"]
    failed = ["invoice.payment_failed", *OWING]
    assert life.advance(END + HOUR) == [*RENEWED, *OPENED, *asked, *failed]


def test_a_first_payment_that_fails() -> None:
    """Incomplete; paid by hand it is active."""
    life = Life(card=FAILS)
    started = [
        "customer.updated",
        "customer.subscription.created",
        "invoice.created",
        "payment_intent.created",
    ]
    assert life.news() == [*started, "invoice.finalized", *DECLINED]

    assert _pay_the_invoice(life) == [*CHARGED, *PAID, CHANGED]


def test_a_first_payment_that_never_comes() -> None:
    """After 23 hours it has expired, and its invoice is void."""
    life = Life(card=FAILS)
    life.news()

    expired = [CHANGED, "invoice.updated", "payment_intent.canceled", "invoice.voided"]
    assert life.advance(START + 23 * HOUR - 1) == []
    assert life.advance(START + 23 * HOUR) == expired


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
