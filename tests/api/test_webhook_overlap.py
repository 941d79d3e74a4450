"""Deliveries that overlap: of one customer with his changes, and of several users."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

from billproof.trials import check, clause, one_of, together
from fixtures.api import expect_members
from fixtures.events import Draft
from fixtures.overtaking import LATE_SECONDS, ROUNDS, Subscriber, change_after, read
from fixtures.stripe import check_one_customer

if TYPE_CHECKING:
    from collections.abc import Callable

    from billproof.sandbox.client import Event
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

LATE_DELIVERIES = 3
LATE_CALLS = (1, 2, 1)
"""Of each round: how many calls of the old event's are late; a second one may be what reads."""
OF_OTHER_OBJECTS = ("invoice.paid", "checkout.session.completed")
"""What leads to a subscription, too, and is no event of one."""
LATE_LOOKS = (1, 2, 3)
"""The same of a checkout, which asks for more than subscriptions."""


@clause("WHK-032")
def test_late_events_do_not_overtake_a_change(api: Api, stripe: Stripe, user: User) -> None:
    """While old events are worked on the state changes, and the event of the change comes."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, status="active")
    for looks, (before, after) in enumerate(ROUNDS):
        stripe.change(subscription, status=before)
        late = stripe.undelivered(user)[-1]
        stripe.deliver(user)
        api.subscription_becomes(user, status=before)

        calls: list[Callable[[], int]] = [
            *late_deliveries(api, late),
            partial(
                change_after, partial(look, looks, api, user), stripe, user, subscription, after
            ),
        ]
        statuses = together(calls)

        check("answers that are not 2xx", [one for one in statuses if one // 100 != 2], [])
        api.subscription_becomes(user, status=after)
    api.settle()
    expect_members(api.subscription(user).expect(200), status=after)


@clause("WHK-032")
def test_an_old_reading_is_not_written_last(api: Api, stripe: Stripe, user: User) -> None:
    """Stripe's answer is under way when the state changes and the event of the change comes."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, status="active")
    subscriber = Subscriber(api, stripe, user, subscription)
    for late, (before, after) in zip(LATE_CALLS, ROUNDS, strict=True):
        subscriber.becomes(before)

        statuses = subscriber.is_overtaken(after, late)

        check("answers that are not 2xx", [one for one in statuses if one // 100 != 2], [])
        api.subscription_becomes(user, status=after)
    api.settle()
    expect_members(api.subscription(user).expect(200), status=after)


@clause("WHK-032")
def test_whatever_an_event_is_about_it_is_not_written_last(
    api: Api, stripe: Stripe, user: User
) -> None:
    """The event that is overtaken is of another kind of object; each is read for the same state."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, status="active")
    subscriber = Subscriber(api, stripe, user, subscription)
    for kind, (before, after) in zip(OF_OTHER_OBJECTS, ROUNDS, strict=False):
        subscriber.becomes(before)

        statuses = subscriber.is_overtaken(after, kind=kind)

        check("answers that are not 2xx", [one for one in statuses if one // 100 != 2], [])
        api.subscription_becomes(user, status=after)
    api.settle()
    expect_members(api.subscription(user).expect(200), status=after)


@clause("WHK-032")
def test_what_a_checkout_has_read_is_not_written_last(api: Api, stripe: Stripe, user: User) -> None:
    """Whoever taps to buy is looked up at Stripe, too, and the event overtakes that look."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, status="active")
    for late, (before, after) in zip(LATE_LOOKS, ROUNDS, strict=True):
        stripe.change(subscription, status=before)
        stripe.deliver(user)
        api.subscription_becomes(user, status=before)

        with stripe.failing(user=user, effect="late", seconds=LATE_SECONDS, times=late) as fault:
            answered = threading.Event()
            wait = partial(read, api, stripe, fault, answered)
            calls: list[Callable[[], int]] = [
                partial(tapped, api, user, answered),
                partial(change_after, wait, stripe, user, subscription, after),
            ]
            refused, taken = together(calls)

        check("answer to whoever has a plan", refused, one_of(409, 503))
        check("class of the answer to the event", taken // 100, 2)
        api.subscription_becomes(user, status=after)
    api.settle()
    expect_members(api.subscription(user).expect(200), status=after)


def tapped(api: Api, user: User, answered: threading.Event) -> int:
    """Try to buy, and say when it is answered."""
    try:
        return api.checkout(user, "basic").status
    finally:
        answered.set()


def late_deliveries(api: Api, event: Event) -> list[Callable[[], int]]:
    """Calls that deliver the event's change, each as another event."""
    drafts = [Draft(event) for _ in range(LATE_DELIVERIES)]
    return [lambda body=draft.body: api.webhook(body).status for draft in drafts]  # type: ignore[misc] # a default


def look(looks: int, api: Api, user: User) -> None:
    """Let a little time pass, each round a little more."""
    for _ in range(looks):
        api.subscription(user).expect(200)


@clause("WHK-033")
def test_events_of_several_users_do_not_mix(
    api: Api, stripe: Stripe, make_user: Callable[[], User]
) -> None:
    """Six users sign up at once, for two plans; each has what he paid for."""
    plans = {make_user(): plan for plan in ("basic", "pro") * 3}
    for user, plan in plans.items():
        stripe.pay(api.checkout(user, plan).expect(201))
    begun = [stripe.events(user, "customer.subscription.created")[0] for user in plans]

    statuses = together([delivery(stripe, event) for event in begun])

    check("answers that are not 2xx", [one for one in statuses if one // 100 != 2], [])
    for user, plan in plans.items():
        api.subscription_becomes(user, plan=plan, status="active", access=True)
        check_one_customer(stripe, user)
    nobody = make_user()
    expect_members(api.subscription(nobody).expect(200), plan="free", status="none")


@clause("WHK-033")
def test_events_of_several_who_never_called_do_not_mix(
    api: Api, stripe: Stripe, make_user: Callable[[], User]
) -> None:
    """Whose each is has to be asked, and Stripe's answers are all under way at once."""
    bought = {make_user(): plan for plan in ("basic", "pro") * 2}
    made = [stripe.subscribe_by_hand(user, plan).customer for user, plan in bought.items()]
    told = [stripe.sandbox.events(customer=customer)[-1] for customer in made]

    with ExitStack() as late:
        for user in bought:
            fault = stripe.failing(user=user, effect="late", seconds=LATE_SECONDS, times=1)
            late.enter_context(fault)
        statuses = together([delivery(stripe, event) for event in told])

    check("answers that are not 2xx", [one for one in statuses if one // 100 != 2], [])
    for user, plan in bought.items():
        api.subscription_becomes(user, plan=plan, status="active", access=True)


def delivery(stripe: Stripe, event: Event) -> Callable[[], int]:
    """A call that delivers one event."""
    return lambda: stripe.deliver_event(event).status
