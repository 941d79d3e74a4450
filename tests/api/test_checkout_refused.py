"""When Stripe says no, or has more than the backend's own book says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from billproof.trials import check, check_that, clause
from billproof.trials.validity import Sent, wrongs
from fixtures.api import expect_members
from fixtures.devices import check_devices, expect_full, fill, fingerprints
from fixtures.stripe import check_one_open_session

if TYPE_CHECKING:
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

PRO = "price_billproof_pro"


@clause("CHK-018")
@pytest.mark.parametrize("plan", ["pro", "basic"], ids=["same plan", "other plan"])
def test_who_has_still_to_pay_buys_no_second(
    api: Api, stripe: Stripe, user: User, plan: str
) -> None:
    """The first payment is under way; once it has failed for good, he may try again."""
    subscription = stripe.subscribe(user, "pro")
    stripe.change(subscription, status="incomplete")
    stripe.deliver(user)
    api.subscription_becomes(user, status="incomplete", access=False)

    api.checkout(user, plan).expect_problem(409, "payment-pending")
    check("open sessions of the user", stripe.sessions(user, "open"), [])

    stripe.change(subscription, status="incomplete_expired")
    stripe.deliver(user)
    api.subscription_becomes(user, status="incomplete_expired")
    api.checkout(user, plan).expect(201)


@clause("CHK-018")
@pytest.mark.parametrize("plan", ["pro", "basic"], ids=["same plan", "other plan"])
def test_who_has_still_to_pay_for_what_was_made_by_hand_buys_no_second(
    api: Api, stripe: Stripe, user: User, plan: str
) -> None:
    """Support has made it on his customer, and no session of ours has led to it."""
    session = stripe.session(api.checkout(user, plan).expect(201))
    stripe.sandbox.expire_session(session.id)
    made = stripe.sandbox.subscribe(str(session.customer), PRO)
    stripe.change(made, status="incomplete")
    stripe.deliver(user)
    api.subscription_becomes(user, plan="pro", status="incomplete")

    api.checkout(user, plan).expect_problem(409, "payment-pending")

    check("open sessions of the user", stripe.sessions(user, "open"), [])
    stripe.change(made, status="incomplete_expired")
    stripe.deliver(user)
    api.subscription_becomes(user, status="incomplete_expired")
    api.checkout(user, plan).expect(201)


STRIKES: dict[str, dict[str, Any]] = {
    "500": {"effect": "status", "status": 500},
    "reset": {"effect": "reset"},
    "lost": {"effect": "lost"},
}


@clause("CHK-019")
@pytest.mark.parametrize("after", [0, 1], ids=["first write", "second write"])
@pytest.mark.parametrize("strike", STRIKES.values(), ids=STRIKES.keys())
def test_a_change_of_plans_that_fails_halfway_leaves_one(
    api: Api, stripe: Stripe, user: User, strike: dict[str, Any], after: int
) -> None:
    """Whether closing the old session fails or making the new one."""
    api.checkout(user, "basic").expect(201)
    kind = "checkout.session"
    with stripe.failing("writes", user=user, kind=kind, times=1, after=after, **strike):
        api.checkout(user, "pro").expect(201, 503)
    payable = len(stripe.sessions(user, "open"))
    check_that("open sessions", payable <= 1, expected="one at most", got=payable)

    answer = api.checkout(user, "pro").expect(201)

    check("id of the open session", check_one_open_session(stripe, user).id, answer["session_id"])


@clause("CHK-019")
def test_a_session_that_stripe_does_not_close_stays_the_only_one(
    api: Api, stripe: Stripe, user: User
) -> None:
    """Stripe refuses to close the old one, which can be paid all the same."""
    api.checkout(user, "basic").expect(201)
    refusal = {"status": 400, "code": "parameter_invalid_empty"}
    with stripe.failing("writes", user=user, kind="checkout.session", times=1, **refusal):
        answer = api.checkout(user, "pro")
    answer.show()
    held = answer.status in {201, 503} or 400 <= answer.status < 500
    check_that("answer while Stripe refuses", held, expected="201, 4xx or 503", got=answer.status)
    payable = len(stripe.sessions(user, "open"))
    check_that("open sessions", payable <= 1, expected="one at most", got=payable)

    answer = api.checkout(user, "pro").expect(201)

    check("id of the open session", check_one_open_session(stripe, user).id, answer["session_id"])


REFUSALS: dict[str, dict[str, Any]] = {
    "400": {"status": 400, "code": "parameter_invalid_empty"},
    "400 of currencies": {"status": 400},
    "402": {"status": 402, "code": "card_declined"},
    "403": {"status": 403},
    "404": {"status": 404, "code": "resource_missing"},
}


@clause("CHK-028")
def test_a_refusal_of_stripe_is_no_accident(api: Api, stripe: Stripe, user: User) -> None:
    """A problem each time; when Stripe has no more objection, the same click works."""
    for refusal in REFUSALS.values():
        with stripe.failing("create", user=user, kind="checkout.session", **refusal):
            answer = api.checkout(user, "pro")
        answer.show()
        held = 400 <= answer.status < 500 or answer.status == 503
        what = f"answer while Stripe says {refusal['status']}"
        check_that(what, held, expected="4xx or 503", got=answer.status)

    answer = api.checkout(user, "pro").expect(201)
    check("id of the open session", check_one_open_session(stripe, user).id, answer["session_id"])


@clause("CHK-009")
@pytest.mark.parametrize("status", ["unpaid", "paused"])
def test_a_higher_plan_of_before_hides_no_subscription(
    api: Api, stripe: Stripe, user: User, status: str
) -> None:
    """It is over, and may be what is shown; what is unpaid is there to be paid."""
    former = stripe.subscribe(user, "team")
    stripe.sandbox.cancel_subscription(former.id)
    stripe.deliver(user)
    api.subscription_becomes(user, plan="team", status="canceled")
    subscription = stripe.subscribe(user, "basic")
    stripe.change(subscription, status=status)
    stripe.deliver(user)
    api.settle()

    for plan in ("basic", "pro"):
        api.checkout(user, plan).expect_problem(409, "already-subscribed")

    check("open sessions of the user", stripe.sessions(user, "open"), [])


CALLS = range(5)
"""Which of the calls to Stripe fails: as many as whoever looks at two customers may make."""


@clause("CHK-009")
@pytest.mark.parametrize("before", CALLS)
def test_a_call_that_fails_hides_no_subscription(
    api: Api, stripe: Stripe, user: User, before: int
) -> None:
    """By another customer of his, while one call fails; whoever leaves that alone may sell."""
    session = stripe.session(api.checkout(user, "basic").expect(201))
    stripe.sandbox.expire_session(session.id)
    stripe.subscribe_by_hand(user)
    stripe.deliver(user)
    api.settle()
    shown = api.subscription(user).expect(200)["status"]

    fault = {"effect": "status", "status": 500, "after": before, "times": 1}
    with stripe.failing("all", user=user, **fault):
        answer = api.checkout(user, "basic")

    if shown == "active":
        answer.expect(409, 503)
        check("open sessions of the user", stripe.sessions(user, "open"), [])


@clause("CHK-034")
@pytest.mark.parametrize(
    ("plan", "status"),
    [
        ("pro", "active"),
        ("basic", "active"),
        ("pro", "trialing"),
        ("basic", "past_due"),
        ("pro", "unpaid"),
        ("basic", "paused"),
    ],
)
def test_a_subscription_made_by_hand_counts(
    api: Api, stripe: Stripe, user: User, plan: str, status: str
) -> None:
    """Support has helped, and the old tab is still there."""
    session = stripe.session(api.checkout(user, plan).expect(201))
    subscription = stripe.sandbox.subscribe(str(session.customer), PRO)
    stripe.change(subscription, status=status)
    stripe.deliver(user)
    api.subscription_becomes(user, plan="pro", status=status)

    api.checkout(user, plan).expect_problem(409, "already-subscribed")

    check("sessions ever made", len(stripe.sessions(user)), 1)


@clause("CHK-011")
def test_who_has_cancelled_several_may_come_back(api: Api, stripe: Stripe, user: User) -> None:
    """His session led to the first alone; support has made the newest, which is over as well."""
    first = stripe.subscribe(user, "basic")
    stripe.sandbox.cancel_subscription(first.id)
    owner = {"telegram_user_id": str(user.id)}
    by_hand = stripe.sandbox.subscribe(first.customer, PRO, metadata=owner)
    stripe.sandbox.cancel_subscription(by_hand.id)
    stripe.deliver(user)
    api.subscription_becomes(user, plan="pro", status="canceled", access=False)

    api.checkout(user, "basic").expect(201)

    session = check_one_open_session(stripe, user)
    check("customer of the new session", session.customer, first.customer)


def check_free_places(api: Api, user: User) -> None:
    """One device, as on free, and not as many as a plan that is not paid for."""
    one = fingerprints(1)
    fill(api, user, one)
    expect_full(api.register(user, "one-too-many"))
    check_devices(api, user, one, limit=1)


@clause("CHK-002")
def test_the_free_plan_is_sold_to_no_subscriber_either(
    api: Api, stripe: Stripe, user: User
) -> None:
    """Nor is one that nobody has: what is asked for comes before what he has already."""
    stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro", access=True)

    for plan in ("free", "gold"):
        api.checkout(user, plan).expect_problem(422, "validation-failed")

    api.checkout(user, "basic").expect_problem(409, "already-subscribed")


PARAMETERS = ("", "&success=true", "&paid=1&status=complete", "&free=1&plan=team")


@clause("CHK-027")
def test_a_success_page_proves_nothing(api: Api, stripe: Stripe, user: User, other: User) -> None:
    """Neither an open session nor another's paid one gives anything; paying does."""
    answer = api.checkout(user, "pro").expect(201)
    stripe.subscribe(other, "team")
    paid = stripe.sessions(other)[-1].id
    # A query of its own may be there, too; a browser keeps the fragment to itself.
    led_to = stripe.session(answer).success_url.partition("#")[0]
    page = led_to.removeprefix(api.environ["PUBLIC_URL"])
    for session in (answer["session_id"], paid, "cs_test_of_nobody", ""):
        for further in PARAMETERS:
            path = page.replace("{CHECKOUT_SESSION_ID}", session) + further
            # Where it leads to is the backend's own affair, and so is whether openapi.yaml has it.
            unknown = wrongs(Sent("GET", path, httpx.Headers(), body=None))
            api.call("GET", path, user, invalid=bool(unknown))
    api.settle()
    shown = api.subscription(user).expect(200)
    expect_members(shown, status="none", plan="free", effective_plan="free", access=False)
    if api.declares("devices"):
        check_free_places(api, user)

    stripe.pay(answer)
    stripe.deliver(user)
    api.subscription_becomes(user, status="active", plan="pro", access=True)
