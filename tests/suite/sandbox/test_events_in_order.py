"""Which events each transition sends, how often and in which order, and what they say changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from billproof.sandbox.objects.settings import AfterRetries, BillingSettings
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
from tests.suite.sandbox.local import DAY, START

ASKS = "pm_card_authenticationRequiredOnSetup"
OPENED = ["payment_intent.created", "invoice.updated", "invoice.finalized"]


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
