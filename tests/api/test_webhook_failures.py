"""When an event cannot be taken now, it is not lost; what is of the other mode is not taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from billproof.trials import becomes, check_that, clause
from billproof.trials.caller import ANSWER_WITHIN_SECONDS
from fixtures.api import expect_members
from fixtures.events import Draft

if TYPE_CHECKING:
    from billproof.trials import Answer
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

AFTER_A_FAULT_SECONDS = 30.0
"""How long a backend that acknowledged during a fault may take once it is over."""

FAULTS: dict[str, dict[str, Any]] = {
    "hang": {"effect": "hang"},
    "500": {"effect": "status", "status": 500},
    "429": {"effect": "status", "status": 429, "code": "rate_limit"},
    "reset": {"effect": "reset"},
}


def expect_taken_or_failed(answer: Answer) -> bool:
    """2xx (true) or 5xx (false), in time."""
    answer.show()
    held = answer.status // 100 in {2, 5}
    check_that(f"class of {answer.call}", held, expected="2xx or 5xx", got=answer.status)
    check_that(
        "time of the answer",
        answer.seconds <= ANSWER_WITHIN_SECONDS,
        expected="10 s at most",
        got=f"{answer.seconds:.1f} s",
    )
    return answer.status // 100 == 2


def becomes_in_the_end(api: Api, user: User, *, acknowledged: bool, **members: object) -> None:
    """The effect: soon after a redelivery, or within 30 s of the fault's end."""
    if not acknowledged:
        api.subscription_becomes(user, **members)
        return

    def agrees(answer: Answer) -> bool:
        shown = answer.document
        return all(shown.get(name) == value for name, value in members.items())

    seen = becomes(lambda: api.subscription(user), agrees, within=AFTER_A_FAULT_SECONDS)
    expect_members(seen.expect(200), **members)


@clause("WHK-014")
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_an_event_outlives_a_failure_of_stripe(
    api: Api, stripe: Stripe, user: User, fault: dict[str, Any]
) -> None:
    """Nothing is marked as done that was not done."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, status="active")
    stripe.change(subscription, status="unpaid")
    event = stripe.undelivered(user)[-1]
    with stripe.failing("all", user=user, **fault):
        acknowledged = expect_taken_or_failed(stripe.deliver_event(event))
        if not acknowledged and fault["effect"] != "hang":
            acknowledged = expect_taken_or_failed(stripe.deliver_event(event))

    if not acknowledged:
        stripe.deliver_event(event).expect_success()
    becomes_in_the_end(
        api, user, acknowledged=acknowledged, status="unpaid", access=False, plan="pro"
    )


@clause("WHK-014")
def test_a_first_event_outlives_a_failure_of_stripe(api: Api, stripe: Stripe, user: User) -> None:
    """A new subscriber, of whom nothing is known yet."""
    stripe.pay(api.checkout(user, "pro").expect(201))
    events = stripe.undelivered(user)
    with stripe.failing("all", user=user, effect="status", status=503):
        taken = [expect_taken_or_failed(stripe.deliver_event(event)) for event in events]

    for event, done in zip(events, taken, strict=True):
        if not done:
            stripe.deliver_event(event).expect_success()
    becomes_in_the_end(api, user, acknowledged=any(taken), plan="pro", status="active", access=True)


@clause("WHK-015")
def test_an_event_of_the_other_mode_is_ignored(api: Api, stripe: Stripe, user: User) -> None:
    """Acknowledged, whatever it says; what our own mode says counts as before."""
    subscription = stripe.subscribe(user, "pro")
    live = not stripe.livemode
    for event in stripe.events(user):
        lie = Draft(event).changed(livemode=live).about(livemode=live, status="canceled")
        api.webhook(lie.body).expect_success()
    api.settle()
    expect_members(api.subscription(user).expect(200), plan="pro", status="active", access=True)

    stripe.change(subscription, status="past_due")
    stripe.deliver(user)
    api.subscription_becomes(user, status="past_due")
