"""One open session per user, whatever he clicks."""

from __future__ import annotations

import uuid
from functools import partial
from typing import TYPE_CHECKING

import pytest

from billproof.trials import check, check_that, clause, together
from billproof.trials.pace import pause
from fixtures.api import expect_members
from fixtures.instants import check_instant
from fixtures.stripe import check_one_open_session, check_one_was_answered, sessions_named

if TYPE_CHECKING:
    from collections.abc import Callable

    from billproof.trials import Answer
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

REPEAT_AFTER_SECONDS = 1.1
FURTHER_SESSIONS = 4


def check_another_session(stripe: Stripe, first: Answer, second: Answer, user: User) -> None:
    """The second answer names a new session, and it is the only one that is open."""
    check_that(
        "session_id",
        second["session_id"] != first["session_id"],
        expected="another session than the first",
        got=second["session_id"],
    )
    check("id of the open session", check_one_open_session(stripe, user).id, second["session_id"])


@clause("CHK-006")
def test_a_repeat_gives_the_same_open_session(api: Api, stripe: Stripe, user: User) -> None:
    """Three calls for one plan are one session, one URL, one answer."""
    first = api.checkout(user, "pro").expect(201)
    session = stripe.session(first)
    check_instant("expires_at", first["expires_at"], session.expires_at)

    for _ in range(2):
        # An expiry that is counted from each answer is another one in another second.
        pause(REPEAT_AFTER_SECONDS)
        again = api.checkout(user, "pro").expect(201)
        expect_members(again, session_id=first["session_id"], url=first["url"])
        check_instant("expires_at of the repeat", again["expires_at"], session.expires_at)

    check("id of the open session", check_one_open_session(stripe, user).id, first["session_id"])
    check("sessions ever made", len(stripe.sessions(user)), 1)


@clause("CHK-006")
@pytest.mark.parametrize("plan", ["pro", "team"], ids=["the same plan", "with a trial"])
@pytest.mark.parametrize("former", [None, "pro", "team"], ids=["new", "back", "trial spent"])
def test_a_repeat_of_whoever_gives_the_same_session(
    api: Api, stripe: Stripe, user: User, plan: str, former: str | None
) -> None:
    """Who was a subscriber before, who is given a trial, and who has spent it, taps twice."""
    if former:
        stripe.sandbox.cancel_subscription(stripe.subscribe(user, former).id)
        stripe.deliver(user)
        api.subscription_becomes(user, status="canceled")
    first = api.checkout(user, plan).expect(201)

    again = api.checkout(user, plan).expect(201)

    expect_members(again, session_id=first["session_id"], url=first["url"])
    check("id of the open session", check_one_open_session(stripe, user).id, first["session_id"])


@clause("CHK-006")
def test_two_users_have_two_sessions(api: Api, stripe: Stripe, user: User, other: User) -> None:
    """A session that is handed out again is the caller's own."""
    mine = api.checkout(user, "pro").expect(201)
    his = api.checkout(other, "pro").expect(201)

    check("my open session", check_one_open_session(stripe, user).id, mine["session_id"])
    check("the other's open session", check_one_open_session(stripe, other).id, his["session_id"])


@clause("CHK-007")
def test_another_plan_closes_the_session_before(api: Api, stripe: Stripe, user: User) -> None:
    """There and back again, from one with a trial, too: one is left, for the last plan."""
    first = api.checkout(user, "basic").expect(201)
    second = api.checkout(user, "team").expect(201)
    check_another_session(stripe, first, second, user)
    check("status of the first session", stripe.session(first).status, "expired")

    third = api.checkout(user, "basic").expect(201)

    check_another_session(stripe, second, third, user)
    bought = stripe.sandbox.subscription(str(stripe.pay(third).subscription))
    check("price bought", bought.items.data[0].price.id, "price_billproof_basic")


@clause("CHK-008")
@pytest.mark.parametrize("told", [True, False], ids=["told", "not told"])
def test_an_expired_session_is_not_handed_out(
    api: Api, stripe: Stripe, user: User, *, told: bool
) -> None:
    """Whether Stripe's event has come or not, a dead URL helps nobody."""
    first = api.checkout(user, "pro").expect(201)
    stripe.sandbox.expire_session(stripe.session(first).id)
    if told:
        stripe.deliver(user)
        api.settle()

    second = api.checkout(user, "pro").expect(201)

    check_another_session(stripe, first, second, user)


@clause("CHK-008")
def test_each_session_that_expires_is_followed_by_another(
    api: Api, stripe: Stripe, user: User
) -> None:
    """Not the second alone: whoever comes back each day finds an open one each time."""
    last = api.checkout(user, "pro", key="each-day").expect(201)
    for _ in range(FURTHER_SESSIONS):
        stripe.sandbox.expire_session(stripe.session(last).id)

        # Under the same key, too: it holds what was asked for, and no answer (CHK-016).
        further = api.checkout(user, "pro", key="each-day").expect(201)

        check_another_session(stripe, last, further, user)
        last = further


@clause("CHK-012")
def test_clicks_at_the_same_moment_make_one_session(api: Api, stripe: Stripe, user: User) -> None:
    """Eight calls at once, by somebody whom nobody has met before."""
    answers = together([lambda: api.checkout(user, "pro")] * 8)

    made = sessions_named(answers)
    check("sessions that were named", made, {check_one_open_session(stripe, user).id})


@clause("CHK-012")
def test_clicks_of_who_comes_back_make_one_session(
    api: Api, stripe: Stripe, make_user: Callable[[], User]
) -> None:
    """He has bought before, or only looked; then on two plans at once."""
    for bought in (True, False, True, False):
        user = make_user()
        if bought:
            former = stripe.subscribe(user, "pro")
            stripe.sandbox.cancel_subscription(former.id)
            stripe.deliver(user)
            api.subscription_becomes(user, status="canceled")
        else:
            looked = api.checkout(user, "pro").expect(201)
            stripe.sandbox.expire_session(looked["session_id"])
        answers = together([partial(api.checkout, user, plan) for plan in ("pro", "basic") * 3])

        check_one_was_answered(stripe, user, answers)


@clause("CHK-012")
def test_keys_of_their_own_make_no_more_sessions(
    api: Api, stripe: Stripe, make_user: Callable[[], User]
) -> None:
    """Eight calls at once, each under a key of its own; five times, for the moment is short."""
    for user in [make_user() for _ in range(5)]:
        keys = [uuid.uuid4().hex for _ in range(8)]
        answers = together([partial(api.checkout, user, "pro", key=key) for key in keys])

        made = sessions_named(answers)
        check("sessions that were named", made, {check_one_open_session(stripe, user).id})


@clause("CHK-012")
def test_different_plans_at_the_same_moment_leave_one_session(
    api: Api, stripe: Stripe, make_user: Callable[[], User]
) -> None:
    """Whichever plan wins, only its session can be paid; three times, for the moment is short."""
    for user in (make_user(), make_user(), make_user()):
        answers = together([partial(api.checkout, user, plan) for plan in ("pro", "basic") * 3])

        check_one_was_answered(stripe, user, answers)


@clause("CHK-006")
def test_a_payment_under_way_closes_no_session(api: Api, stripe: Stripe, user: User) -> None:
    """What was begun by hand is not paid for yet: the session that is open is still his."""
    first = api.checkout(user, "pro").expect(201)
    made = stripe.sandbox.subscribe(str(stripe.session(first).customer), "price_billproof_pro")
    stripe.change(made, status="incomplete")
    stripe.deliver(user)
    api.subscription_becomes(user, plan="pro", status="incomplete", access=False)

    again = api.checkout(user, "pro").expect(201)

    expect_members(again, session_id=first["session_id"], url=first["url"])
    check("sessions ever made", len(stripe.sessions(user)), 1)


CALLS = range(4)
"""Which of the calls to Stripe fails: as many as whoever looks at what there is may make."""


@clause("CHK-006")
@pytest.mark.parametrize("before", CALLS)
@pytest.mark.parametrize("effect", ["status", "reset"])
def test_a_call_that_fails_forgets_no_session(
    api: Api, stripe: Stripe, user: User, effect: str, before: int
) -> None:
    """One of the calls of a repeat fails, and no other: what is open is handed out all the same."""
    first = api.checkout(user, "pro").expect(201)
    fault = {"effect": effect, "status": 500, "after": before, "times": 1}
    with stripe.failing("all", user=user, **fault):
        api.checkout(user, "pro").expect(201, 503)

    again = api.checkout(user, "pro").expect(201)

    expect_members(again, session_id=first["session_id"])
    check("id of the open session", check_one_open_session(stripe, user).id, first["session_id"])


@clause("CHK-006")
def test_a_failure_of_another_users_forgets_no_session(
    api: Api, stripe: Stripe, user: User, other: User
) -> None:
    """Whose session cannot be made has nobody else's forgotten."""
    first = api.checkout(user, "pro").expect(201)
    with stripe.failing("create", user=other, kind="checkout.session", effect="status", status=500):
        api.checkout(other, "pro").expect_problem(503, "provider-unavailable")

    again = api.checkout(user, "pro").expect(201)

    expect_members(again, session_id=first["session_id"])
    check("id of the open session", check_one_open_session(stripe, user).id, first["session_id"])


@clause("CHK-006")
def test_the_end_of_an_earlier_session_forgets_no_later_one(
    api: Api, stripe: Stripe, user: User
) -> None:
    """Of a change of plans Stripe tells when it is over: what expired is not what is open."""
    api.checkout(user, "basic").expect(201)
    now = api.checkout(user, "pro").expect(201)
    kinds = [event.type for event in stripe.undelivered(user)]
    expired = "checkout.session.expired" in kinds
    check_that("events", expired, expected="checkout.session.expired", got=kinds)
    stripe.deliver(user)
    api.settle()

    again = api.checkout(user, "pro").expect(201)

    expect_members(again, session_id=now["session_id"], url=now["url"])
    check("id of the open session", check_one_open_session(stripe, user).id, now["session_id"])
