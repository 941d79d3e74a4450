"""When the two counters of the Mini App move, and when they never do."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from billproof.trials import Nobody, check, check_that, clause, together
from fixtures.metrics import (
    CHECKOUTS,
    PORTALS,
    check_moves,
    expect_quiet,
    moved,
    quiet_scrape,
    scrape,
)
from fixtures.stripe import sessions_named

if TYPE_CHECKING:
    from collections.abc import Callable

    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User


@clause("MET-003")
@pytest.mark.parametrize("plan", ["basic", "pro", "team"])
def test_a_session_counts_under_its_plan(
    api: Api, stripe: Stripe, user: User, other: User, plan: str
) -> None:
    """One each, and nothing under any other plan."""
    before = quiet_scrape(api)
    api.checkout(user, plan).expect(201)
    between = check_moves(api, before, CHECKOUTS, {(plan,): 1})

    api.checkout(other, plan).expect(201)

    check_moves(api, between, CHECKOUTS, {(plan,): 1})
    check("sessions at Stripe", len(stripe.sessions(user) + stripe.sessions(other)), 2)


@clause("MET-003")
def test_another_plan_is_another_session(api: Api, stripe: Stripe, user: User) -> None:
    """Whoever changes his mind has made two sessions, and each is counted where it belongs."""
    before = quiet_scrape(api)
    api.checkout(user, "basic").expect(201)
    api.checkout(user, "pro").expect(201)

    check_moves(api, before, CHECKOUTS, {("basic",): 1, ("pro",): 1})
    check("sessions at Stripe", len(stripe.sessions(user)), 2)


@clause("MET-003")
def test_a_session_in_the_place_of_one_that_expired_counts(
    api: Api, stripe: Stripe, user: User
) -> None:
    """Of the same user, for the same plan: it is another session."""
    before = quiet_scrape(api)
    for made in (1, 2):
        session = stripe.session(api.checkout(user, "pro").expect(201))
        check_moves(api, before, CHECKOUTS, {("pro",): made})
        stripe.sandbox.expire_session(session.id)
        stripe.deliver(user)
        api.settle()


@clause("MET-004")
def test_what_makes_no_session_does_not_count(
    api: Api, stripe: Stripe, user: User, other: User
) -> None:
    """The same session again, a plan that is none, a stranger, a subscriber, another door."""
    stripe.subscribe(other, "pro")
    api.checkout(user, "pro").expect(201)
    before = quiet_scrape(api)

    api.checkout(user, "pro").expect(201)
    api.checkout(user, "gold").expect(422)
    api.checkout(user, "free").expect(422)
    api.checkout(Nobody(), "pro").expect(401)
    api.checkout(other, "pro").expect(409)
    api.checkout(other, "basic").expect(409)
    if api.declares("portal"):
        api.portal(other).expect(201)

    after = check_moves(api, before, CHECKOUTS, {})
    api.checkout(user, "basic").expect(201)
    check_moves(api, after, CHECKOUTS, {("basic",): 1})


@clause("MET-004")
def test_clicks_at_once_count_as_the_sessions_they_made(
    api: Api, stripe: Stripe, user: User
) -> None:
    """A double click makes one session."""
    before = quiet_scrape(api)

    sessions_named(together([lambda: api.checkout(user, "pro")] * 4))

    made = len(stripe.sessions(user))
    check_moves(api, before, CHECKOUTS, {("pro",): made})


@clause("MET-004")
def test_a_failure_of_stripe_does_not_count(api: Api, stripe: Stripe, user: User) -> None:
    """Neither when nothing works, nor when the session alone cannot be made."""
    before = quiet_scrape(api)
    with stripe.failing("all", user=user, effect="status", status=500):
        api.checkout(user, "pro").expect(503)
    with stripe.failing("create", user=user, kind="checkout.session", effect="reset"):
        api.checkout(user, "pro").expect(503)

    after = check_moves(api, before, CHECKOUTS, {})
    api.checkout(user, "pro").expect(201)
    check_moves(api, after, CHECKOUTS, {("pro",): 1})


@clause("MET-005")
def test_each_portal_session_counts(api: Api, stripe: Stripe, user: User) -> None:
    """One by one: no session is kept for the next call."""
    api.only_with("portal")
    stripe.subscribe(user, "pro")
    before = quiet_scrape(api)
    api.portal(user).expect(201)
    between = check_moves(api, before, PORTALS, {(): 1})

    api.portal(user).expect(201)
    api.portal(user).expect(201)

    check_moves(api, between, PORTALS, {(): 2})


AT_ONCE = 8
"""Few enough for a backend of a few workers, and enough for two of them to be counted at once."""


@clause("MET-005")
def test_portals_at_the_same_moment_count_once_each(
    api: Api, make_user: Callable[[], User]
) -> None:
    """Of as many people, none of whom waits for another."""
    api.only_with("portal")
    people = [make_user() for _ in range(AT_ONCE)]
    for user in people:
        api.checkout(user, "pro").expect(201)
    before = quiet_scrape(api)

    for answer in together([partial(api.portal, user) for user in people]):
        answer.expect(201)

    # What counts too often may have the right number on its way.
    api.settle()
    check_moves(api, before, PORTALS, {(): AT_ONCE})


def nobody_asks(api: Api, stripe: Stripe, user: User, other: User) -> None:
    """Without credentials."""
    api.portal(Nobody()).expect(401)


def no_customer_asks(api: Api, stripe: Stripe, user: User, other: User) -> None:
    """Whoever has bought nothing."""
    api.portal(other).expect(409)


def who_was_deleted_asks(api: Api, stripe: Stripe, user: User, other: User) -> None:
    """Whoever has a customer no longer."""
    session = stripe.session(api.checkout(other, "basic").expect(201))
    stripe.sandbox.delete_customer(str(session.customer))
    api.portal(other).expect(409)


def stripe_fails(api: Api, stripe: Stripe, user: User, other: User) -> None:
    """All of Stripe, and the portal alone."""
    with stripe.failing("all", user=user, effect="status", status=500):
        api.portal(user).expect(503)
    with stripe.failing("create", user=user, kind="billing_portal.session", effect="reset"):
        api.portal(user).expect(503)


def another_door(api: Api, stripe: Stripe, user: User, other: User) -> None:
    """A session of checkout, and a look at the subscription."""
    if api.declares("checkout"):
        api.checkout(other, "basic").expect(201)
    api.subscription(user).expect(200)


@clause("MET-006")
@pytest.mark.parametrize(
    "event", [nobody_asks, no_customer_asks, who_was_deleted_asks, stripe_fails, another_door]
)
def test_what_opens_no_portal_does_not_count(
    api: Api,
    stripe: Stripe,
    user: User,
    other: User,
    event: Callable[[Api, Stripe, User, User], None],
) -> None:
    """Refused or failed: no portal was opened; the next one that is opened counts."""
    api.only_with("portal")
    stripe.subscribe(user, "pro")
    before = quiet_scrape(api)

    event(api, stripe, user, other)

    after = check_moves(api, before, PORTALS, {})
    api.portal(user).expect(201)
    check_moves(api, after, PORTALS, {(): 1})


@clause("MET-003")
def test_a_session_whose_answer_was_lost_counts_once(api: Api, stripe: Stripe, user: User) -> None:
    """It is found again by the next tap; whoever makes another in its place may count both."""
    before = quiet_scrape(api)
    with stripe.failing("create", user=user, kind="checkout.session", effect="lost", times=1):
        api.checkout(user, "pro").expect(201, 503)

    api.checkout(user, "pro").expect(201)

    api.settle()
    after = scrape(api)
    made = len(stripe.sessions(user))
    grown = moved(before, after).get(CHECKOUTS, {})
    if set(grown) != {("pro",)}:
        expect_quiet(api, after)
    check("plans of the sessions counted", set(grown), {("pro",)})
    few = 1 <= grown[("pro",)] <= made
    check_that("sessions counted", few, expected="one, or as many as were made", got=grown)
