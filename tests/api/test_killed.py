"""SIGKILL, at the worst of moments: nothing that was said is lost, and nothing is done twice."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pytest

from billproof.trials import becomes, check, check_that, clause
from billproof.trials.pace import pause
from fixtures.api import DEVICES, expect_members
from fixtures.devices import check_same
from fixtures.instants import INSTANTS, instant_of
from fixtures.killed import AGAIN_SECONDS, SERVER_ERROR, Cast, Past, again, live, register
from fixtures.stripe import UNDER_WAY, check_one_customer, check_one_open_session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fixtures.launching import Launcher, Running
    from fixtures.users import User

TOLERANCE_SECONDS = 2


@dataclass(frozen=True)
class Sequel:
    """The process that comes after, and what is known of the one before."""

    running: Running
    cast: Cast
    past: Past


@pytest.fixture(scope="module")
def sequel(launches: Launcher, make_user: Callable[[], User]) -> Iterator[Sequel]:
    """The same backend, started again on what the killed process has left."""
    cast = Cast.met_by_nobody(make_user)
    with launches() as running:
        past = live(running, cast)
    with launches(**running.kept) as successor:
        yield Sequel(successor, cast, past)


@clause("ENV-010")
def test_a_restart_keeps_what_was_known(sequel: Sequel) -> None:
    """A subscription and its owner, an open session, a key."""
    api, stripe = sequel.running.api, sequel.running.stripe
    subscriber, buyer = sequel.cast.subscriber, sequel.cast.buyer
    shown = api.subscription(subscriber).expect(200)
    expect_members(shown, plan="pro", status="active", access=True)
    # Asked so first: an honest repeat would bind a key anew that was forgotten.
    other = again(lambda: api.checkout(buyer, "pro", key="first"))
    other.expect_problem(422, "idempotency-key-reused")
    repeated = api.checkout(buyer, "basic", key="first").expect(201)
    check("the open session", repeated["session_id"], sequel.past.session)

    stripe.change(sequel.past.subscription, status="unpaid")
    newest = stripe.events(subscriber)[-1]
    again(lambda: stripe.deliver_event(newest)).expect_success()

    api.subscription_becomes(subscriber, plan="pro", status="unpaid")
    for user in (subscriber, buyer):
        check_one_customer(stripe, user)


@clause("ENV-010")
@pytest.mark.parametrize("who", ["resting", "gone"])
def test_a_restart_keeps_every_member(sequel: Sequel, who: str) -> None:
    """Of a collection that rests, of an end that is scheduled, and of one that has been."""
    user: User = getattr(sequel.cast, who)
    before = sequel.past.shown[user]

    now = sequel.running.api.subscription(user).expect(200)

    members = ("plan", "effective_plan", "status", "access", "cancels")
    expect_members(now, **{name: before[name] for name in members})
    for name in sorted(INSTANTS):
        then = before[name]
        what = f"{name} of who is {who}"
        if then is None:
            check(what, now[name], None)
        else:
            check(what, instant_of(what, now[name]), instant_of(what, then))


@clause("ENV-010")
def test_a_restart_keeps_the_end_in_mind(sequel: Sequel) -> None:
    """Before it was scheduled, and it comes by the clock alone."""
    pause(max(0, sequel.past.ends + TOLERANCE_SECONDS - time.time()))

    shown = sequel.running.api.subscription(sequel.cast.leaving).expect(200)

    expect_members(shown, plan="pro", access=False, effective_plan="free", ends_at=sequel.past.ends)


@clause("ENV-010")
def test_a_restart_gives_no_second_trial(sequel: Sequel) -> None:
    """Who had one before subscribes again, and pays from the first day."""
    former = sequel.cast.former
    again(lambda: sequel.running.api.checkout(former, "team")).expect(201)

    second = sequel.running.stripe.subscribe(former, "team")

    check("trial_start of the subscription after the restart", second.trial_start, None)


@clause("ENV-010")
def test_a_restart_gives_no_session_of_before(sequel: Sequel) -> None:
    """Whose session had expired is given one that is open, and not that one again."""
    undecided = sequel.cast.undecided
    answer = again(lambda: sequel.running.api.checkout(undecided, "pro")).expect(201)

    opened = check_one_open_session(sequel.running.stripe, undecided)
    check("the session after the restart", answer["session_id"], opened.id)


@clause("ENV-010")
def test_a_restart_keeps_the_devices(sequel: Sequel) -> None:
    """The same ones, under the same ids, and none that was removed."""
    if sequel.past.devices is not None:
        device = sequel.past.devices.expect()
        subscriber = sequel.cast.subscriber
        known = sequel.running.api.call("GET", DEVICES, subscriber).expect(200)["devices"]
        check("devices", len(known), 1)
        check_same("the device after the restart", known[0], device)
        same = again(lambda: register(sequel.running, subscriber)).expect(200)
        check_same("the device told again", same["device"], device)


@clause("ENV-011")
def test_what_was_acknowledged_is_there_and_the_rest_can_come_again(sequel: Sequel) -> None:
    """Of deliveries at once, the first was acknowledged, and the process was killed."""
    acknowledged = [done for _, done in sequel.past.taken.values()]
    check_that("some delivery was acknowledged", any(acknowledged), expected="one", got="none")
    for user in sequel.cast.crowd:
        event, done = sequel.past.taken[user]
        if not done:
            again(partial(sequel.running.stripe.deliver_event, event)).expect_success()

        becomes_past_due(sequel, user)


@clause("ENV-011")
@pytest.mark.parametrize("who", ["waiting", "unlucky"])
def test_an_event_that_was_begun_is_applied_when_it_comes_again(sequel: Sequel, who: str) -> None:
    """Killed while Stripe hung or failed: nothing is marked as done that was not done."""
    user: User = getattr(sequel.cast, who)
    event, done = sequel.past.taken[user]
    if not done:
        again(lambda: sequel.running.stripe.deliver_event(event)).expect_success()

    becomes_past_due(sequel, user)


def becomes_past_due(sequel: Sequel, user: User) -> None:
    """What the dead had begun may be out of reach for as long as what they held."""
    shown = becomes(
        lambda: sequel.running.api.subscription(user),
        lambda answer: answer.document.get("status") == "past_due",
        within=AGAIN_SECONDS,
    )
    expect_members(shown.expect(200), plan="pro", status="past_due", access=True)


@clause("ENV-012")
@pytest.mark.parametrize(
    ("who", "plan"),
    [("clicking", "pro"), ("robbed", "pro"), ("wavering", "basic"), ("stranger", "pro")],
)
def test_a_checkout_that_was_cut_off_ends_in_one_session(
    sequel: Sequel, who: str, plan: str
) -> None:
    """Killed while Stripe made the session, or after an answer was lost; and asked again."""
    user: User = getattr(sequel.cast, who)

    # Who does not wait for another call of the same user says so (CHK-012): the dead one's, too.
    made = becomes(
        lambda: sequel.running.api.checkout(user, plan),
        lambda answer: answer.status < SERVER_ERROR and answer.status not in UNDER_WAY,
        within=AGAIN_SECONDS,
    )
    made.expect(201)

    check_one_open_session(sequel.running.stripe, user)
