"""When an event cannot be taken now, it is not lost; what is of the other mode is not taken."""

from __future__ import annotations

from functools import partial
from itertools import cycle, product
from typing import TYPE_CHECKING, Any

import pytest

from billproof.trials import check_that, clause, one_of, together
from billproof.trials.pace import pause
from fixtures.api import expect_members
from fixtures.events import Draft
from fixtures.outages import becomes_in_the_end, expect_taken_or_failed, redeliver

if TYPE_CHECKING:
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

MANY_FAILURES = 6
AT_ONCE = 3
MANY = 101
"""Of subscriptions: Stripe lists a hundred at a time."""
LASTS_SECONDS = 3.0

FAULTS: dict[str, dict[str, Any]] = {
    "hang": {"effect": "hang"},
    "500": {"effect": "status", "status": 500},
    "429": {"effect": "status", "status": 429, "code": "rate_limit"},
    "reset": {"effect": "reset"},
}


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
        if acknowledged:
            # Who tries again by himself a moment later must meet the fault, too.
            pause(LASTS_SECONDS)

    redeliver(stripe, event, unless=acknowledged)
    becomes_in_the_end(
        api, user, acknowledged=acknowledged, status="unpaid", access=False, plan="pro"
    )


@clause("WHK-014")
@pytest.mark.parametrize("met", [True, False], ids=["at checkout", "never met"])
def test_a_first_event_outlives_a_failure_of_stripe(
    api: Api, stripe: Stripe, user: User, *, met: bool
) -> None:
    """A new subscriber, of whom nothing is known yet, or whom support has subscribed by hand."""
    if met:
        stripe.pay(api.checkout(user, "pro").expect(201))
    else:
        stripe.subscribe_by_hand(user)
    events = stripe.undelivered(user)
    with stripe.failing("all", user=user, effect="status", status=503):
        taken = [expect_taken_or_failed(stripe.deliver_event(event)) for event in events]

    for event, done in zip(events, taken, strict=True):
        redeliver(stripe, event, unless=done)
    becomes_in_the_end(api, user, acknowledged=any(taken), plan="pro", status="active", access=True)


REFUSALS: dict[str, dict[str, Any]] = {
    "the key is not known": {"status": 401, "code": "invalid_api_key"},
    "the key may not": {"status": 403, "code": "more_permissions_required"},
    "the lock is held": {"status": 409, "code": "lock_timeout"},
}


@clause("WHK-034")
@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_is_not_taken_for_nothing(
    api: Api, stripe: Stripe, user: User, refusal: dict[str, Any]
) -> None:
    """What Stripe did not show is not gone: neither the event nor what was known before."""
    stripe.subscribe(user, "basic")
    api.subscription_becomes(user, plan="basic", status="active", access=True)
    [subscription] = stripe.sandbox.subscriptions(user=user.id)
    stripe.change(subscription, status="past_due")
    event = stripe.undelivered(user)[-1]
    with stripe.failing("all", user=user, effect="status", **refusal):
        acknowledged = expect_taken_or_failed(stripe.deliver_event(event))
        shown = api.subscription(user).expect(200)
        expect_members(shown, plan="basic", status=one_of("active", "past_due"), access=True)

    redeliver(stripe, event, unless=acknowledged)
    becomes_in_the_end(api, user, acknowledged=acknowledged, status="past_due", access=True)


PARTS: dict[str, dict[str, Any]] = {
    "customers": {"kind": "customer"},
    "subscriptions": {"kind": "subscription"},
    "sessions": {"kind": "checkout.session"},
    "all but the first call": {"after": 1},
    "all but two calls": {"after": 2},
}


@clause("WHK-035")
@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_nothing_is_half_applied(
    api: Api, stripe: Stripe, user: User, part: dict[str, Any]
) -> None:
    """A plan and a status that changed together are seen together, or not yet."""
    subscription = stripe.subscribe(user, "basic")
    api.subscription_becomes(user, plan="basic", status="active")
    # An event of the sign-up that is applied later would read what is true between the two changes.
    api.settle()
    item = {"id": subscription.items.data[0].id, "price": "price_billproof_pro"}
    stripe.sandbox.update_subscription(subscription.id, items=[item])
    stripe.change(subscription, status="unpaid")
    events = stripe.undelivered(user)
    with stripe.failing("all", user=user, effect="status", status=500, **part):
        taken = [expect_taken_or_failed(stripe.deliver_event(event)) for event in events]
        shown = api.subscription(user).expect(200)
        whole = (shown["plan"], shown["status"]) in {("basic", "active"), ("pro", "unpaid")}
        check_that("plan and status", whole, expected="both old or both new", got=shown.document)

    for event, done in zip(events, taken, strict=True):
        redeliver(stripe, event, unless=done)
    becomes_in_the_end(
        api, user, acknowledged=all(taken), plan="pro", status="unpaid", access=False
    )


@clause("WHK-035")
@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_a_first_event_is_whole_or_comes_again(
    api: Api, stripe: Stripe, user: User, part: dict[str, Any]
) -> None:
    """A new subscriber, whose owner and whose plan are read by several calls."""
    stripe.pay(api.checkout(user, "pro").expect(201))
    events = stripe.undelivered(user)
    with stripe.failing("all", user=user, effect="reset", **part):
        taken = [expect_taken_or_failed(stripe.deliver_event(event)) for event in events]
        shown = api.subscription(user).expect(200)
        whole = (shown["plan"], shown["access"]) in {("free", False), ("pro", True)}
        check_that("plan and access", whole, expected="none or both", got=shown.document)

    for event, done in zip(events, taken, strict=True):
        redeliver(stripe, event, unless=done)
    becomes_in_the_end(api, user, acknowledged=any(taken), plan="pro", status="active", access=True)


@clause("WHK-015")
def test_an_event_of_the_other_mode_is_ignored(api: Api, stripe: Stripe, user: User) -> None:
    """Acknowledged, whatever it says, and no reason to read again; our own mode's events are."""
    subscription = stripe.subscribe(user, "pro")
    live = not stripe.livemode
    for event in stripe.events(user):
        lie = Draft(event).changed(livemode=live).about(livemode=live, status="canceled")
        api.webhook(lie.body).expect_success()
    api.settle()
    expect_members(api.subscription(user).expect(200), plan="pro", status="active", access=True)

    stripe.change(subscription, status="past_due")
    for event in stripe.undelivered(user):
        api.webhook(Draft(event).changed(livemode=live).body).expect_success()
    api.settle()
    expect_members(api.subscription(user).expect(200), status="active")

    stripe.deliver(user)
    api.subscription_becomes(user, status="past_due")


@clause("WHK-035")
@pytest.mark.parametrize("effect", ["status", "reset"], ids=["an error", "a dropped connection"])
@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_whose_an_event_is_can_be_asked_again(
    api: Api, stripe: Stripe, user: User, part: dict[str, Any], effect: str
) -> None:
    """The customer was made by hand: Stripe alone says whose he is."""
    stripe.subscribe_by_hand(user)
    events = stripe.undelivered(user)
    with stripe.failing("all", user=user, effect=effect, **part):
        taken = [expect_taken_or_failed(stripe.deliver_event(event)) for event in events]

    for event, done in zip(events, taken, strict=True):
        redeliver(stripe, event, unless=done)
    becomes_in_the_end(api, user, acknowledged=any(taken), plan="pro", status="active", access=True)


@clause("WHK-035")
@pytest.mark.parametrize("part", ["customer", "subscription"])
@pytest.mark.parametrize("status", [400, 401, 402, 403, 409, 429])
def test_what_stripe_refuses_to_tell_is_not_nothing(
    api: Api, stripe: Stripe, user: User, status: int, part: str
) -> None:
    """Whose the customer is, or what he has, is refused; he was made by hand."""
    stripe.subscribe_by_hand(user)
    events = stripe.undelivered(user)
    with stripe.failing("all", user=user, kind=part, status=status):
        taken = [expect_taken_or_failed(stripe.deliver_event(event)) for event in events]

    for event, done in zip(events, taken, strict=True):
        redeliver(stripe, event, unless=done)
    becomes_in_the_end(api, user, acknowledged=any(taken), plan="pro", status="active", access=True)


@clause("WHK-035")
def test_a_part_of_a_list_is_not_taken_for_all_of_it(api: Api, stripe: Stripe, user: User) -> None:
    """The oldest of very many subscriptions changes, and one of the calls about them fails."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro", status="active")
    stripe.begin(subscription.customer, "price_billproof_basic", MANY)
    statuses = cycle(("past_due", "active"))
    for effect, before in product(("status", "reset"), range(3)):
        status = next(statuses)
        stripe.change(subscription, status=status)
        event = stripe.undelivered(user)[-1]
        fault = {"effect": effect, "status": 500, "after": before, "times": 1}
        with stripe.failing("all", user=user, **fault):
            acknowledged = expect_taken_or_failed(stripe.deliver_event(event))

        redeliver(stripe, event, unless=acknowledged)

        becomes_in_the_end(api, user, acknowledged=acknowledged, plan="pro", status=status)


@clause("WHK-014")
def test_events_at_once_are_answered_in_time(api: Api, stripe: Stripe, user: User) -> None:
    """Of one customer, while Stripe hangs: whoever waits for another's end has no longer for it."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, status="active")
    stripe.change(subscription, status="unpaid")
    event = stripe.undelivered(user)[-1]
    stripe.mark_delivered(event)
    bodies = [event.body.encode(), *(Draft(event).body for _ in range(AT_ONCE - 1))]
    with stripe.failing("all", user=user, effect="hang"):
        answers = together([partial(api.webhook, body) for body in bodies])
        taken = [expect_taken_or_failed(answer) for answer in answers]

    redeliver(stripe, event, unless=taken[0])
    becomes_in_the_end(
        api, user, acknowledged=any(taken), status="unpaid", access=False, plan="pro"
    )


@clause("WHK-014")
def test_an_event_outlives_many_failures_of_stripe(api: Api, stripe: Stripe, user: User) -> None:
    """Stripe delivers it for days: however often it failed, nobody gives it up."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, status="active")
    stripe.change(subscription, status="past_due")
    event = stripe.undelivered(user)[-1]
    acknowledged = False
    with stripe.failing("all", user=user, effect="status", status=500):
        for _ in range(MANY_FAILURES):
            acknowledged = acknowledged or expect_taken_or_failed(stripe.deliver_event(event))

    redeliver(stripe, event, unless=acknowledged)
    becomes_in_the_end(api, user, acknowledged=acknowledged, status="past_due", access=True)
