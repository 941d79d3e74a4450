"""SIGKILL, at the worst of moments: nothing that was said is lost, and nothing is done twice."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from threading import Event as Signal
from typing import TYPE_CHECKING

import pytest

from billproof.errors import Violation
from billproof.trials import becomes, check, check_that, clause, together
from billproof.trials.pace import pause
from fixtures.api import DEVICES, expect_members
from fixtures.devices import check_same
from fixtures.instants import INSTANTS, instant_of
from fixtures.stripe import check_one_customer, check_one_open_session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from billproof.sandbox.client import Event, Fault, Subscription
    from billproof.trials import Answer
    from fixtures.launching import Launcher, Running
    from fixtures.users import User

AGAIN_SECONDS = 30.0
"""How long what a dead process held may stand in the way of its successor."""
SOON_SECONDS = 5.0
ENDS_AHEAD_SECONDS, TOLERANCE_SECONDS = 6, 2


@dataclass(frozen=True)
class Cast:
    """The people of the story, each in another situation when the process is killed."""

    subscriber: User
    buyer: User
    """Has an open session, made under the Idempotency-Key "first"."""
    waiting: User
    """His event is being looked into: Stripe does not answer."""
    clicking: User
    """His session is being made: Stripe does not answer."""
    robbed: User
    """His session was made, and the answer was lost."""
    former: User
    """He had a trial, and no longer has a subscription."""
    leaving: User
    """His subscription is to end when the process after is running."""
    gone: User
    """He has cancelled, and is not heard of again."""
    resting: User
    """His collection rests, and his subscription is to end with its period."""
    undecided: User
    """His session has expired, and he has no other."""
    crowd: tuple[User, ...]
    """Their events are delivered at that moment."""


@dataclass(frozen=True)
class Sequel:
    """The process that comes after, and what is known of the one before."""

    running: Running
    cast: Cast
    subscription: Subscription
    """The subscriber's."""
    session: str
    """The buyer's."""
    device: Mapping[str, object] | None
    """The subscriber's; None when the backend has no devices."""
    ends: int
    """When the subscription ends of who is leaving."""
    shown: Mapping[User, Mapping[str, object]]
    """What was told of the subscriptions of those of whom nothing more is heard."""
    taken: dict[User, tuple[Event, bool]]
    """The events of the crowd and of who waits, each with whether it was acknowledged."""


@pytest.fixture(scope="module")
def cast(make_user: Callable[[], User]) -> Cast:
    """People whom nobody has met."""
    one, two, three, four, five = (make_user() for _ in range(5))
    six, seven, eight, nine, ten = (make_user() for _ in range(5))
    crowd = tuple(make_user() for _ in range(5))
    return Cast(one, two, three, four, five, six, seven, eight, nine, ten, crowd)


@pytest.fixture(scope="module")
def sequel(launches: Launcher, cast: Cast) -> Iterator[Sequel]:
    """The same backend, started again on what the killed process has left."""
    with launches() as running:
        api, stripe = running.api, running.stripe
        subscription = stripe.subscribe(cast.subscriber, "pro")
        device = None
        if api.declares("devices"):
            # Two devices are more than he had room for before the settle time.
            api.subscription_becomes(cast.subscriber, plan="pro", access=True)
            device = register(running, cast.subscriber).expect(201)["device"]
            removed = register(running, cast.subscriber, "removed").expect(201)["device"]
            api.revoke(cast.subscriber, removed["id"]).expect(204)
        leaving = stripe.subscribe(cast.leaving, "pro")
        opened = api.checkout(cast.buyer, "basic", key="first").expect(201)
        stripe.sandbox.cancel_subscription(stripe.subscribe(cast.former, "team").id)
        stripe.deliver(cast.former)
        api.subscription_becomes(cast.former, status="canceled")
        stripe.sandbox.cancel_subscription(stripe.subscribe(cast.gone, "pro").id)
        stripe.deliver(cast.gone)
        api.subscription_becomes(cast.gone, status="canceled")
        resting = stripe.subscribe(cast.resting, "basic")
        stripe.sandbox.update_subscription(resting.id, cancel_at_period_end=True)
        stripe.change(resting, pause_collection={"behavior": "void"})
        stripe.deliver(cast.resting)
        api.subscription_becomes(cast.resting, cancels=True, access=False)
        shown = {one: api.subscription(one).document for one in (cast.resting, cast.gone)}
        lapsed = api.checkout(cast.undecided, "pro").expect(201)
        stripe.sandbox.expire_session(str(lapsed["session_id"]))
        stripe.deliver(cast.undecided)
        events = {user: changed(running, user) for user in (*cast.crowd, cast.waiting)}
        lose_answer(running, cast.robbed)
        ends = int(time.time()) + ENDS_AHEAD_SECONDS
        stripe.change(leaving, cancel_at=ends)
        stripe.deliver(cast.leaving)
        api.subscription_becomes(cast.leaving, ends_at=ends)
        taken = dict(zip(events, kill_amid(running, cast, events), strict=True))
    with launches(**running.kept) as again:
        yield Sequel(
            again,
            cast,
            subscription,
            str(opened["session_id"]),
            device,
            ends,
            shown,
            {user: (event, taken[user]) for user, event in events.items()},
        )


def changed(running: Running, user: User) -> Event:
    """A subscriber of whom Stripe knows something new; its event."""
    subscription = running.stripe.subscribe(user, "pro")
    running.stripe.change(subscription, status="past_due")
    return running.stripe.undelivered(user)[-1]


def lose_answer(running: Running, user: User) -> None:
    """Stripe makes his session, and the connection drops."""
    lost = partial(running.stripe.failing, "create", kind="checkout.session", effect="lost")
    with lost(user=user, times=1):
        attempted(lambda: running.api.checkout(user, "pro"))


def kill_amid(running: Running, cast: Cast, events: dict[User, Event]) -> list[bool]:
    """Kill while all of it is under way; which of the events were acknowledged."""
    first = Signal()

    def deliver(event: Event) -> bool:
        taken = attempted(lambda: running.stripe.deliver_event(event))
        if taken:
            first.set()
        return taken

    def kill() -> bool:
        for fault in held:
            struck(running, fault)
        first.wait(SOON_SECONDS)
        running.process.kill()
        return True

    hanging = running.stripe.failing
    kind = "checkout.session"
    with (
        hanging("all", user=cast.waiting, effect="hang") as reading,
        hanging("create", user=cast.clicking, kind=kind, effect="hang") as making,
    ):
        held = (reading, making)
        calls: list[Callable[[], bool]] = [partial(deliver, event) for event in events.values()]
        calls.append(partial(attempted, partial(running.api.checkout, cast.clicking, "pro")))
        calls.append(kill)
        return together(calls)[: len(events)]


def attempted(call: Callable[[], Answer]) -> bool:
    """Whether it was acknowledged; no answer at all is none."""
    try:
        return call().status // 100 == 2
    except Violation:
        return False


def struck(running: Running, fault: Fault) -> None:
    """The backend has asked Stripe, and waits; one that asks later has done what it does now."""
    sandbox = running.stripe.sandbox
    becomes(lambda: sandbox.find_fault(fault.id).hits, bool, within=SOON_SECONDS)


def again(call: Callable[[], Answer]) -> Answer:
    """Repeat a call until it is not 5xx, for 30 s: the dead may still stand in its way."""
    return becomes(call, lambda answer: answer.status < 500, within=AGAIN_SECONDS)


def register(running: Running, user: User, which: str = "alone") -> Answer:
    """A device of this story; one of them is removed before the end."""
    body = {"name": "Living room", "fingerprint": f"of-{user.id}-{which}"}
    return running.api.call("POST", DEVICES, user, json_body=body)


@clause("ENV-010")
def test_a_restart_keeps_what_was_known(sequel: Sequel) -> None:
    """A subscription and its owner, an open session, a key."""
    api, stripe = sequel.running.api, sequel.running.stripe
    subscriber, buyer = sequel.cast.subscriber, sequel.cast.buyer
    shown = api.subscription(subscriber).expect(200)
    expect_members(shown, plan="pro", status="active", access=True)
    repeated = again(lambda: api.checkout(buyer, "basic")).expect(201)
    check("the open session", repeated["session_id"], sequel.session)
    api.checkout(buyer, "pro", key="first").expect_problem(422, "idempotency-key-reused")

    stripe.change(sequel.subscription, status="unpaid")
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
    before = sequel.shown[user]

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
    pause(max(0, sequel.ends + TOLERANCE_SECONDS - time.time()))

    shown = sequel.running.api.subscription(sequel.cast.leaving).expect(200)

    expect_members(shown, plan="pro", access=False, effective_plan="free", ends_at=sequel.ends)


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
    if sequel.device is not None:
        subscriber = sequel.cast.subscriber
        known = sequel.running.api.call("GET", DEVICES, subscriber).expect(200)["devices"]
        check("devices", len(known), 1)
        check_same("the device after the restart", known[0], sequel.device)
        same = again(lambda: register(sequel.running, subscriber)).expect(200)
        check_same("the device told again", same["device"], sequel.device)


@clause("ENV-011")
def test_what_was_acknowledged_is_there_and_the_rest_can_come_again(sequel: Sequel) -> None:
    """Of deliveries at once, the first was acknowledged, and the process was killed."""
    acknowledged = [done for _, done in sequel.taken.values()]
    check_that("some delivery was acknowledged", any(acknowledged), expected="one", got="none")
    for user in sequel.cast.crowd:
        event, done = sequel.taken[user]
        if not done:
            again(partial(sequel.running.stripe.deliver_event, event)).expect_success()

        sequel.running.api.subscription_becomes(user, plan="pro", status="past_due")


@clause("ENV-011")
def test_an_event_that_was_begun_is_applied_when_it_comes_again(sequel: Sequel) -> None:
    """Killed while Stripe was asked about it: nothing is marked as done that was not done."""
    user = sequel.cast.waiting
    event, done = sequel.taken[user]
    if not done:
        again(lambda: sequel.running.stripe.deliver_event(event)).expect_success()

    shown = becomes(
        lambda: sequel.running.api.subscription(user),
        lambda answer: answer.document.get("status") == "past_due",
        within=AGAIN_SECONDS if done else sequel.running.api.settle_seconds,
    )
    expect_members(shown.expect(200), plan="pro", status="past_due", access=True)


@clause("ENV-012")
@pytest.mark.parametrize("who", ["clicking", "robbed"])
def test_a_checkout_that_was_cut_off_ends_in_one_session(sequel: Sequel, who: str) -> None:
    """Killed while Stripe made the session, or after its answer was lost; and asked again."""
    user: User = getattr(sequel.cast, who)

    again(lambda: sequel.running.api.checkout(user, "pro")).expect(201)

    check_one_open_session(sequel.running.stripe, user)
