"""When to come back: what a failing Stripe and a backend that is asked too often tell of it."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import pytest

from billproof.errors import CannotTest
from billproof.trials import becomes, check_that, clause, journal, together
from billproof.trials.waiting import TOO_MANY_REQUESTS
from fixtures.api import expect_members
from fixtures.outages import AFTER_A_FAULT_SECONDS
from fixtures.provoked import NOTHING_ASKS, STRIPE_FAILS, Provoker
from fixtures.stripe import CREATED, UNDER_WAY, made_in_the_end

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from billproof.trials import Answer
    from fixtures.api import Api
    from fixtures.operations import Call
    from fixtures.stripe import Stripe
    from fixtures.users import User

MOST_SECONDS = 3_600


@pytest.fixture
def provoker(api: Api, stripe: Stripe, operations: list[Call]) -> Provoker:
    """What makes the backend answer in many ways."""
    return Provoker(api, stripe, operations)


def is_a_time(text: str) -> bool:
    """Whole seconds from 1 to 3,600, or a date of HTTP's."""
    if re.fullmatch(r"\d+", text, re.ASCII):
        return 1 <= int(text) <= MOST_SECONDS
    try:
        return parsedate_to_datetime(text).tzinfo is not None
    except ValueError:
        return False


@clause("ANS-011")
def test_a_failure_of_stripe_says_when_to_come_back(
    provoker: Provoker, user: User, other: User
) -> None:
    """On every operation that needs Stripe; refusals of a caller need no time."""
    answers = [*provoker.failed(user, other)]
    if not answers:
        raise CannotTest(*NOTHING_ASKS)
    told = any(answer.status in {429, 503} for answer in answers)
    check_that("failures that are told", told, expected="a 503 at least", got="none")
    check_say_when([*answers, *failed_for_long(provoker, user)])


def failed_for_long(provoker: Provoker, user: User) -> Iterator[Answer]:
    """So many failures in a row that pauses would have grown beyond an hour; in half a minute."""
    seconds = 0.0
    for answer in provoker.failed_in_a_row(user, FAILURES):
        yield answer
        seconds += answer.seconds
        if seconds > LONG_SECONDS:
            return


@clause("ANS-011")
def test_a_delivery_that_fails_says_so_too(api: Api, stripe: Stripe, user: User) -> None:
    """Where it is 503; it may be another 5xx, or 2xx and done later."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, status="active")
    answers = []
    stripe.change(subscription, status="unpaid")
    event = stripe.undelivered(user)[-1]
    for name in ("500", "401", "reset"):
        with stripe.failing("all", user=user, **STRIPE_FAILS[name]):
            answers.append(stripe.deliver_event(event))

    check_say_when(answers)
    stripe.deliver_event(event).expect_success()
    # Who took it amid the failures has 30 s from their end on, whatever comes again meanwhile.
    told = becomes(
        lambda: api.subscription(user),
        lambda one: bool(one["status"] == "unpaid"),
        within=AFTER_A_FAULT_SECONDS,
    )
    expect_members(told.expect(200), status="unpaid")


SLOW_SECONDS = 3
"""How long each call to Stripe takes: a change of plans needs more of them than there is time."""
TAPS = 4
FAILURES = 16
"""In a row: a pause of a second that doubles with each is nine hours then."""
LONG_SECONDS = 30.0
OFTEN = 100
"""More calls in a row than somebody makes who is in no hurry."""


@clause("ANS-011")
def test_a_stripe_that_is_slow_is_told_like_one_that_fails(
    api: Api, stripe: Stripe, user: User
) -> None:
    """No call fails by itself; whoever has no time left for the last one says so, and when."""
    api.checkout(user, "basic").expect(201)
    with stripe.failing("all", user=user, effect="late", seconds=SLOW_SECONDS):
        answer = api.checkout(user, "pro").expect(201, 503)

    check_say_when([answer])
    made_in_the_end(lambda: api.checkout(user, "pro"), 2 * SLOW_SECONDS)


@clause("ANS-011")
def test_who_asks_very_often_is_told_when_to_come_back(api: Api, user: User) -> None:
    """He may be answered each time; where he is not, trials wait for as long as he is told."""
    answers = [api.subscription(user).expect(200)]
    while len(answers) < OFTEN and not was_sent_away():
        answers.append(api.subscription(user).expect(200, TOO_MANY_REQUESTS))

    check_say_when(answers)


@clause("ANS-011")
def test_who_taps_twice_is_told_when_to_come_back(api: Api, user: User) -> None:
    """One tap makes the session; the others may wait for it, or be sent away."""
    answers = together([lambda: api.checkout(user, "pro")] * TAPS)

    check_say_when(answer.expect(CREATED, *UNDER_WAY) for answer in answers)


def was_sent_away() -> bool:
    """Whether any call of this trial was answered 429, waited for or not."""
    return any(one.status == TOO_MANY_REQUESTS for one in journal.current().exchanges)


def check_say_when(answers: Iterable[Answer]) -> None:
    """Each 429 and 503 of them has a time to come back."""
    for answer in [answer for answer in answers if answer.status in {429, 503}]:
        answer.show()
        told = answer.header("retry-after").strip()
        check_that(
            f"Retry-After of {answer.call}",
            is_a_time(told),
            expected="1 to 3600 seconds, or a date",
            got=repr(told),
        )
