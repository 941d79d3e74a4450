"""What the read model has to say follows from Stripe's objects by the contract's rules alone."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx
import pytest

from billproof.sandbox.client import Subscription
from billproof.trials import journal
from billproof.trials.answer import Answer
from fixtures.truth import Truth, truth

END = int(time.time()) + 86_400
"""Of the period that is paid for: tomorrow."""
PRO = Truth("pro", "pro", "active", access=True, current_period_end=END)


@pytest.fixture(autouse=True)
def kept() -> journal.Journal:
    """The journal of a trial that has begun."""
    return journal.begin()


def item(plan: str, end: int = END) -> dict[str, Any]:
    """An item of this plan's price."""
    price = {"id": f"price_billproof_{plan}", "currency": "eur", "unit_amount": 1, "product": "p"}
    period = {"current_period_start": end - 100, "current_period_end": end}
    return {"id": f"si_{plan}", "price": price, "quantity": 1, **period}


def subscription(*plans: str, end: int = END, **changes: Any) -> Subscription:
    """An active subscription to these plans, with the changes."""
    told = {
        "id": "sub_1",
        "customer": "cus_1",
        "status": "active",
        "metadata": {},
        "items": {"data": [item(plan, end) for plan in plans or ("pro",)]},
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "ended_at": None,
        "trial_start": None,
        "trial_end": None,
        "pause_collection": None,
        "latest_invoice": None,
    }
    return Subscription.model_validate(told | changes)


def lapsed(status: str, **changes: Any) -> Truth:
    """Plan and end of `PRO` without access."""
    told = {"status": status, "access": False, "effective_plan": "free", **changes}
    return Truth(**(vars(PRO) | told))


def test_who_has_no_subscription_has_the_free_plan() -> None:
    """One without a price of the catalogue does not count, beside one that does neither."""
    assert truth([]) == truth([subscription("gone")]) == Truth()
    assert truth([subscription("gone"), subscription("pro")]) == PRO
    assert truth([subscription("gone", "pro")]) == PRO


@pytest.mark.parametrize("status", ["active", "trialing", "past_due"])
def test_these_states_grant(status: str) -> None:
    """Also after the period's end: Stripe alone says when it is over."""
    ended = END - 2 * 86_400

    assert truth([subscription(status=status)]).access
    assert truth([subscription(status=status, end=ended)]).access


@pytest.mark.parametrize(
    "status", ["incomplete", "incomplete_expired", "unpaid", "canceled", "paused", "new_at_stripe"]
)
def test_no_other_state_grants(status: str) -> None:
    """Its plan is told all the same."""
    assert truth([subscription(status=status)]) == lapsed(status)


def test_paused_collection_does_not_grant() -> None:
    """Whatever its behavior is."""
    paused = subscription(pause_collection={"behavior": "void"})

    assert truth([paused]) == lapsed("active")


@pytest.mark.parametrize(
    "changes", [{"cancel_at": END}, {"cancel_at_period_end": True}], ids=["instant", "period"]
)
def test_a_cancellation_that_is_due_later_still_grants(changes: dict[str, Any]) -> None:
    """It is told with its instant."""
    told = truth([subscription(**changes)])

    assert told == Truth(**(vars(PRO) | {"cancels": True, "ends_at": END}))


@pytest.mark.parametrize("by_period", [True, False])
def test_a_cancellation_that_was_due_ends_access(by_period: bool) -> None:  # noqa: FBT001 - a case
    """By the clock, before Stripe has said so."""
    ended = END - 2 * 86_400
    when = {"cancel_at_period_end": True, "end": ended} if by_period else {"cancel_at": ended}

    told = truth([subscription(**when)])

    assert (told.access, told.cancels, told.ends_at) == (False, True, ended)


def test_an_instant_goes_before_the_periods_end() -> None:
    """Where Stripe has both."""
    told = truth([subscription(cancel_at=END - 9, cancel_at_period_end=True)])

    assert told.ends_at == END - 9


def test_what_has_ended_is_not_going_to_end() -> None:
    """Its end is the one that Stripe has told, not the one that was planned."""
    over = subscription(status="canceled", ended_at=END - 7, cancel_at=END)

    assert truth([over]) == lapsed("canceled", ends_at=END - 7)


@pytest.mark.parametrize(
    ("first", "other"),
    [
        (subscription("basic"), subscription("pro", status="unpaid")),
        (subscription("team"), subscription("pro", end=END + 50)),
        (subscription("pro", end=END + 50), subscription("pro", id="sub_9")),
        (subscription("pro", cancel_at=END + 60), subscription("pro", end=END + 50, id="sub_9")),
        (subscription("pro", id="sub_9", metadata={"a": "b"}), subscription("pro", id="sub_8")),
    ],
    ids=["access", "rank", "the later end", "an end that is planned", "id"],
)
def test_of_several_one_is_shown(first: Subscription, other: Subscription) -> None:
    """In whatever order Stripe has them."""
    assert truth([first, other]) == truth([other, first]) == truth([first])


def test_the_id_decides_in_the_end() -> None:
    """The greater one, of two that differ in nothing else that is weighed."""
    eight = subscription(id="sub_8")
    nine = subscription(id="sub_9", status="past_due")

    assert truth([nine, eight]).status == truth([eight, nine]).status == "past_due"


def answered(http: int = 200, **changes: object) -> Answer:
    """GET subscription, as `PRO` has to be told, with the changes."""
    body = json.loads(str(PRO)) | changes
    content = json.dumps(body).encode()
    return Answer("GET /subscription", http, httpx.Headers(), content, seconds=0.1, exchange=0)


def test_it_is_told_in_any_form_of_its_instants() -> None:
    """The answer may say more."""
    finer = json.loads(str(PRO))["current_period_end"].replace("Z", ".5Z")

    assert PRO.is_told(answered())
    assert PRO.is_told(answered(current_period_end=finer, more="than that"))


@pytest.mark.parametrize(
    "answer",
    [
        answered(http=503),
        answered(plan="basic"),
        answered(effective_plan="free"),
        answered(status="past_due"),
        answered(access=False),
        answered(cancels=True),
        answered(ends_at="2026-11-28T14:30:05Z"),
        answered(current_period_end=None),
        answered(current_period_end=END),
    ],
)
def test_another_answer_does_not_tell_it(answer: Answer) -> None:
    """One member that differs is enough."""
    assert not PRO.is_told(answer)
