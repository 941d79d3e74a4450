"""Answers in time though Stripe hangs, and never yesterday's."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from billproof.law import load_law
from billproof.trials import becomes, check, check_that, clause, together
from billproof.trials.caller import ANSWER_WITHIN_SECONDS
from fixtures.api import INVOICES, PLANS, PORTAL, SUBSCRIPTION, expect_members
from fixtures.events import Draft
from fixtures.stripe import check_one_open_session, made_in_the_end

if TYPE_CHECKING:
    from collections.abc import Callable

    from billproof.sandbox.client import Fault
    from billproof.trials import Answer
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

QUICK_SECONDS = 5.0
UNDER_WAY_SECONDS = 1.0
SLOW_SECONDS = 3
TAPS = 3
EACH = 3
QUICK = (PLANS, SUBSCRIPTION, "/livez", "/readyz")
"""They need no Stripe."""
LOOKS = 8
LIMITS = {plan.key: plan.device_limit for plan in load_law().plans}


def check_seconds(answer: Answer, most: float) -> None:
    """The answer came in time."""
    answer.show()
    got = f"{answer.seconds:.1f} s"
    check_that(f"time of {answer.call}", answer.seconds <= most, expected=f"{most} s", got=got)


def alone(call: Callable[[], Answer]) -> list[Answer]:
    """One call, in the form of several."""
    return [call()]


def are_waiting(stripe: Stripe, faults: list[Fault], waiting: int) -> None:
    """So many calls wait for Stripe, or as many as ever will."""
    becomes(
        lambda: sum(stripe.sandbox.find_fault(one.id).hits for one in faults),
        lambda hits: hits >= waiting,
        within=UNDER_WAY_SECONDS,
    )


def beside(api: Api, stripe: Stripe, user: User, faults: list[Fault], waiting: int) -> list[Answer]:
    """What needs no Stripe, asked while others wait for it."""
    are_waiting(stripe, faults, waiting)
    return [api.call("GET", path, user) for path in QUICK]


@clause("ANS-010")
def test_a_hanging_stripe_holds_up_nobody(
    api: Api, stripe: Stripe, user: User, other: User
) -> None:
    """All that needs it at once, and beside it all that does not."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, status="active")
    stripe.change(subscription, status="past_due")
    event = stripe.undelivered(user)[-1]
    slow: dict[str, Callable[[], Answer]] = {"checkout": partial(api.checkout, other, "pro")}
    slow["webhook"] = partial(api.webhook, event.body)
    if api.declares("portal"):
        slow["portal"] = partial(api.portal, user)
    if api.declares("invoices"):
        slow["invoices"] = partial(api.call, "GET", INVOICES, user)
    with (
        stripe.failing("all", user=user, effect="hang") as his,
        stripe.failing("all", user=other, effect="hang") as others,
    ):
        calls: list[Callable[[], list[Answer]]]
        calls = [partial(alone, call) for call in slow.values()]
        calls.append(partial(beside, api, stripe, user, [his, others], len(slow)))
        answers = together(calls)

    for answer in answers[-1]:
        check_seconds(answer.expect(200), QUICK_SECONDS)
    for name, [answer] in zip(slow, answers, strict=False):
        check_seconds(answer, ANSWER_WITHIN_SECONDS)
        if name in {"checkout", "portal"}:
            answer.expect_problem(503, "provider-unavailable")
    if api.declares("portal"):
        api.call("POST", PORTAL, user).expect(201)


@clause("ANS-010")
def test_who_waits_for_stripe_keeps_nothing_from_others(
    api: Api, stripe: Stripe, make_user: Callable[[], User], other: User
) -> None:
    """Six people wait for it; who registers a device beside them needs nothing that they hold."""
    waiting = [make_user() for _ in range(2 * EACH)]
    deliveries, portals = [], []
    for user in waiting[:EACH]:
        stripe.change(stripe.subscribe(user, "pro"), status="past_due")
        deliveries.append(partial(api.webhook, stripe.undelivered(user)[-1].body))
    for user in waiting[EACH:] if api.declares("portal") else []:
        api.checkout(user, "pro").expect(201)
        portals.append(partial(api.portal, user))
    with ExitStack() as hanging:
        faults = [
            hanging.enter_context(stripe.failing("all", user=one, effect="hang")) for one in waiting
        ]
        calls: list[Callable[[], list[Answer]]]
        calls = [partial(alone, call) for call in (*portals, *deliveries)]
        calls.append(partial(a_device, api, stripe, other, faults))
        *late, beside_them = together(calls)

    for answer in (*(one for [one] in late), *beside_them):
        check_seconds(answer, ANSWER_WITHIN_SECONDS)
    for [answer] in late[: len(portals)]:
        answer.expect_problem(503, "provider-unavailable")
    for answer in beside_them:
        answer.expect(201)


def a_device(api: Api, stripe: Stripe, user: User, faults: list[Fault]) -> list[Answer]:
    """He registers one, where there are devices, while others wait for Stripe."""
    are_waiting(stripe, faults, len(faults))
    return [api.register(user, "a1b2c3d4e5f6")] if api.declares("devices") else []


@clause("ANS-010")
def test_what_needs_no_stripe_waits_for_nothing_of_the_account(
    api: Api, stripe: Stripe, user: User
) -> None:
    """Stripe hangs for everybody, so that prices, too, cannot be asked for."""
    stripe.subscribe(user, "pro")
    api.subscription_becomes(user, status="active")
    with stripe.failing("all", effect="hang"):
        answers = [api.call("GET", path, user) for path in QUICK]

    for answer in answers:
        check_seconds(answer.expect(200), QUICK_SECONDS)


@clause("ANS-010")
def test_a_slow_stripe_is_waited_for_no_longer_than_one_that_hangs(
    api: Api, stripe: Stripe, user: User, other: User
) -> None:
    """However many calls an answer needs: each is soon enough, and all of them are not."""
    stripe.subscribe(user, "pro")
    api.subscription_becomes(user, status="active")
    [subscription] = stripe.sandbox.subscriptions(user=user.id)
    api.checkout(other, "basic").expect(201)
    stripe.change(subscription, status="past_due")
    event = stripe.undelivered(user)[-1]
    calls: list[Callable[[], Answer]] = [partial(api.checkout, other, "pro")]
    calls.append(partial(api.webhook, event.body))
    calls += [partial(api.portal, user)] if api.declares("portal") else []
    calls += [partial(api.invoices, user)] if api.declares("invoices") else []
    with (
        stripe.failing("all", user=user, effect="late", seconds=SLOW_SECONDS),
        stripe.failing("all", user=other, effect="late", seconds=SLOW_SECONDS),
    ):
        answers = together(calls)

    for answer in answers:
        check_seconds(answer, ANSWER_WITHIN_SECONDS)
    answers[0].expect(201, 503)
    made = made_in_the_end(lambda: api.checkout(other, "pro"), 2 * SLOW_SECONDS)
    session = check_one_open_session(stripe, other)
    check("the session once Stripe is quick again", made["session_id"], session.id)


@clause("ANS-014")
def test_a_copy_from_before_is_not_shown(api: Api, stripe: Stripe, user: User) -> None:
    """Asked before, a "no" ends with the event that makes it a "yes", and the other way round."""
    for answer in looks(api, user):
        check(f"status of {answer.call}", answer["status"], "none")
    subscription = stripe.subscribe(user, "pro")
    api.settle()
    for answer in looks(api, user):
        check(f"access of {answer.call}", answer["access"], expected=True)

    stripe.sandbox.cancel_subscription(subscription.id)
    stripe.deliver(user)
    api.settle()

    for answer in looks(api, user):
        check(f"access of {answer.call}", answer["access"], expected=False)


RENEWED = 2_000_000_000
"""An end of a period that is another one than any sign-up's."""
VALIDATORS = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
"""What an answer may say of itself, and how one asks whether it still holds (RFC 9110)."""


@clause("ANS-014")
@pytest.mark.parametrize(
    ("truth", "shown"),
    [
        ({"status": "past_due"}, {"status": "past_due"}),
        ({"cancel_at_period_end": True}, {"cancels": True}),
        ({"current_period_end": RENEWED}, {"current_period_end": RENEWED}),
    ],
    ids=["status", "scheduled end", "renewal"],
)
def test_who_asks_whether_it_changed_is_told(
    api: Api, stripe: Stripe, user: User, truth: dict[str, Any], shown: dict[str, Any]
) -> None:
    """One thing is another, and the rest as it was; nobody needs validators."""
    subscription = stripe.subscribe(user, "pro")
    seen = api.subscription_becomes(user, plan="pro", status="active", cancels=False)
    asked = {VALIDATORS[name]: seen.header(name) for name in VALIDATORS if seen.header(name)}
    stripe.change(subscription, **truth)
    stripe.deliver(user)
    api.settle()

    answer = api.call("GET", SUBSCRIPTION, user, headers=asked).expect(200)

    expect_members(answer, **{"plan": "pro", "status": "active", **shown})


@clause("ANS-014")
def test_what_follows_from_it_is_no_copy_either(api: Api, stripe: Stripe, user: User) -> None:
    """Collection rests, and is taken up: plan, status and period stay, and the limit does not."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro", access=True)
    check_limit(api, user, "pro")

    for rests, plan in ((True, "free"), (False, "pro")):
        stripe.change(subscription, pause_collection={"behavior": "void"} if rests else None)
        stripe.deliver(user)
        api.settle()

        for answer in looks(api, user):
            check(f"access of {answer.call}", answer["access"], expected=not rests)
        check_limit(api, user, plan)


def check_limit(api: Api, user: User, plan: str) -> None:
    """As many devices as this plan allows, where there are any."""
    if api.declares("devices"):
        check(f"limit of the list on {plan}", api.devices(user)["limit"], LIMITS[plan])


def looks(api: Api, user: User) -> list[Answer]:
    """The read model, many times at once, so that each comes over another connection."""
    return [one.expect(200) for one in together([lambda: api.subscription(user)] * LOOKS)]


@clause("ANS-010")
def test_whoever_waits_for_himself_waits_no_longer(
    api: Api, stripe: Stripe, user: User, other: User
) -> None:
    """Three taps of one user and three events of one customer, while Stripe hangs."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, status="active")
    stripe.change(subscription, status="past_due")
    event = stripe.undelivered(user)[-1]
    stripe.mark_delivered(event)
    drafts = [Draft(event) for _ in range(TAPS)]
    calls: list[Callable[[], Answer]] = [partial(api.webhook, draft.body) for draft in drafts]
    calls += [partial(api.checkout, other, "pro")] * TAPS
    with (
        stripe.failing("all", user=user, effect="hang"),
        stripe.failing("all", user=other, effect="hang"),
    ):
        answers = together(calls)

    for answer in answers:
        check_seconds(answer, ANSWER_WITHIN_SECONDS)
    for answer in answers[TAPS:]:
        answer.expect(409, 429, 503)
    api.checkout(other, "pro").expect(201)
