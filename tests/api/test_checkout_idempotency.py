"""The caller's own Idempotency-Key."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from billproof.trials import check, check_that, clause, together
from billproof.trials.pace import pause
from fixtures.api import CHECKOUT
from fixtures.stripe import check_one_open_session

if TYPE_CHECKING:
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

A_LITTLE_LATER_SECONDS = 2.2
"""Longer than a key lives whose days were taken for seconds; nobody can wait for 24 h."""
OTHER_KEYS = 8
KEY = "8e03978e-40d5-43e8-bc93-6894a57f9324"


@clause("CHK-016")
@pytest.mark.parametrize("again", [KEY, f'"{KEY}"'], ids=["bare", "quoted"])
@pytest.mark.parametrize("first", [KEY, f'"{KEY}"'], ids=["bare", "quoted"])
def test_a_key_is_bound_to_its_body(
    api: Api, stripe: Stripe, user: User, first: str, again: str
) -> None:
    """Bare or quoted it is one key: the same body replays, another is refused, and again."""
    made = api.checkout(user, "pro", key=first).expect(201)

    for _ in range(2):
        api.checkout(user, "basic", key=again).expect_problem(422, "idempotency-key-reused")
    same = api.checkout(user, "pro", key=again).expect(201)
    check("session of the repeat", same["session_id"], made["session_id"])

    check("id of the open session", check_one_open_session(stripe, user).id, made["session_id"])


@clause("CHK-016")
def test_the_body_counts_as_parsed(api: Api, user: User) -> None:
    """Blanks between the tokens make no other body."""
    made = api.checkout(user, "pro", key=KEY).expect(201)
    spaced = b'{\n  "plan" :  "pro"\n}\n'

    again = api.call("POST", CHECKOUT, user, body=spaced, headers={"Idempotency-Key": KEY})

    check("session of the repeat", again.expect(201)["session_id"], made["session_id"])


@clause("CHK-016")
def test_an_invalid_request_is_not_remembered(api: Api, user: User) -> None:
    """The key is still free after a refusal, and bound after a success."""
    for unsold in ("gold", "free"):
        api.checkout(user, unsold, key=KEY).expect_problem(422, "validation-failed")
    api.checkout(user, "pro", key=KEY).expect(201)

    api.checkout(user, "basic", key=KEY).expect_problem(422, "idempotency-key-reused")


@clause("CHK-016")
def test_a_key_outlives_the_moment(api: Api, user: User) -> None:
    """Whoever comes back a little later is still held to what he asked for first."""
    made = api.checkout(user, "pro", key=KEY).expect(201)

    pause(A_LITTLE_LATER_SECONDS)

    api.checkout(user, "basic", key=KEY).expect_problem(422, "idempotency-key-reused")
    same = api.checkout(user, "pro", key=KEY).expect(201)
    check("session of the repeat", same["session_id"], made["session_id"])


@clause("CHK-016")
def test_a_key_outlives_many_others(api: Api, user: User) -> None:
    """Each click has one of its own; the first still holds what it came with."""
    made = api.checkout(user, "pro", key=KEY).expect(201)

    for number in range(OTHER_KEYS):
        api.checkout(user, "pro", key=f"{KEY}-{number}").expect(201)

    api.checkout(user, "basic", key=KEY).expect_problem(422, "idempotency-key-reused")
    same = api.checkout(user, "pro", key=KEY).expect(201)
    check("session of the repeat", same["session_id"], made["session_id"])


@clause("CHK-016")
def test_a_key_is_its_users_own(api: Api, user: User, other: User) -> None:
    """Two users may happen upon the same key."""
    mine = api.checkout(user, "pro", key=KEY).expect(201)
    his = api.checkout(other, "basic", key=KEY).expect(201)

    check_that(
        "sessions of two users",
        mine["session_id"] != his["session_id"],
        expected="two",
        got=mine["session_id"],
    )
    api.checkout(user, "basic", key=KEY).expect_problem(422, "idempotency-key-reused")


@clause("CHK-016")
def test_an_id_is_no_part_of_a_key(api: Api, user: User) -> None:
    """One user's id and key, one behind the other, are letter by letter another's."""
    shorter, digit = divmod(user.id, 10)

    api.checkout(user, "pro", key=KEY).expect(201)
    api.checkout(replace(user, id=shorter), "basic", key=f"{digit}{KEY}").expect(201)

    api.checkout(user, "basic", key=KEY).expect_problem(422, "idempotency-key-reused")


@clause("CHK-016")
def test_the_key_remembers_no_answer(api: Api, stripe: Stripe, user: User) -> None:
    """Once its session has expired, the same key and body start a new one."""
    made = api.checkout(user, "pro", key=KEY).expect(201)
    stripe.sandbox.expire_session(made["session_id"])
    stripe.deliver(user)
    api.settle()

    api.checkout(user, "basic", key=KEY).expect_problem(422, "idempotency-key-reused")
    again = api.checkout(user, "pro", key=KEY).expect(201)

    check("id of the open session", check_one_open_session(stripe, user).id, again["session_id"])


@clause("CHK-016")
def test_a_purchase_frees_no_key(api: Api, stripe: Stripe, user: User) -> None:
    """Paid, told and cancelled since: another body under it is another body."""
    session = stripe.pay(api.checkout(user, "pro", key=KEY).expect(201))
    stripe.deliver(user)
    api.subscription_becomes(user, status="active")
    stripe.sandbox.cancel_subscription(str(session.subscription))
    stripe.deliver(user)
    api.subscription_becomes(user, status="canceled")

    api.checkout(user, "basic", key=KEY).expect_problem(422, "idempotency-key-reused")
    api.checkout(user, "pro", key=KEY).expect(201)


@clause("CHK-016")
def test_a_failure_of_stripes_frees_no_key(api: Api, stripe: Stripe, user: User) -> None:
    """The body was valid: another is refused after the failure, and the same one is taken."""
    with stripe.failing(user=user, effect="status", status=500):
        api.checkout(user, "pro", key=KEY).expect_problem(503, "provider-unavailable")

    api.checkout(user, "basic", key=KEY).expect_problem(422, "idempotency-key-reused")
    api.checkout(user, "pro", key=KEY).expect(201)


@clause("CHK-016")
def test_a_refusal_of_a_subscriber_frees_no_key(api: Api, stripe: Stripe, user: User) -> None:
    """Who had a plan was refused with a valid body: the key has kept it when the plan is over."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, status="active")
    api.checkout(user, "pro", key=KEY).expect_problem(409, "already-subscribed")
    stripe.sandbox.cancel_subscription(subscription.id)
    stripe.deliver(user)
    api.subscription_becomes(user, status="canceled")

    api.checkout(user, "basic", key=KEY).expect_problem(422, "idempotency-key-reused")
    api.checkout(user, "pro", key=KEY).expect(201)


@clause("CHK-016")
def test_a_payment_under_way_frees_no_key(api: Api, stripe: Stripe, user: User) -> None:
    """Who had still to pay was refused with a valid body: the key has kept it ever since."""
    subscription = stripe.subscribe(user, "pro")
    stripe.change(subscription, status="incomplete")
    stripe.deliver(user)
    api.subscription_becomes(user, status="incomplete")
    api.checkout(user, "pro", key=KEY).expect_problem(409, "payment-pending")
    stripe.change(subscription, status="incomplete_expired")
    stripe.deliver(user)
    api.subscription_becomes(user, status="incomplete_expired")

    api.checkout(user, "basic", key=KEY).expect_problem(422, "idempotency-key-reused")
    api.checkout(user, "pro", key=KEY).expect(201)


@clause("CHK-016")
def test_escapes_make_no_other_body(api: Api, user: User) -> None:
    """JSON has many ways to write one text."""
    made = api.checkout(user, "pro", key=KEY).expect(201)
    escaped = rb'{"pl\u0061n": "p\u0072o"}'

    again = api.call("POST", CHECKOUT, user, body=escaped, headers={"Idempotency-Key": KEY})

    check("session of the repeat", again.expect(201)["session_id"], made["session_id"])


@clause("CHK-020")
def test_a_key_has_1_to_255_characters(api: Api, stripe: Stripe, user: User) -> None:
    """Below and above the call is refused whole; at both limits it is taken."""
    # The header of `""` has two, but quotes do not count: no schema says that.
    for key, invalid in (("", True), ('""', False), ("k" * 256, True), ("k" * 4_000, True)):
        refused = api.checkout(user, "pro", key=key, invalid=invalid)
        refused.expect_problem(422, "validation-failed")
        check("writes at Stripe", [call.path for call in stripe.writes(user)], [])

    first = api.checkout(user, "pro", key="k").expect(201)
    second = api.checkout(user, "pro", key="k" * 255).expect(201)
    check("session of the second key", second["session_id"], first["session_id"])
    api.checkout(user, "basic", key="k" * 255).expect_problem(422, "idempotency-key-reused")


@clause("CHK-021")
@pytest.mark.parametrize(
    ("first", "second"),
    [(KEY, KEY.upper()), ("k" * 254 + "a", "k" * 254 + "b"), ("k", "k" * 255)],
    ids=["letter case", "last character", "beginning"],
)
def test_keys_are_told_apart(api: Api, user: User, first: str, second: str) -> None:
    """Each is bound to its own body, whole and letter by letter."""
    api.checkout(user, "pro", key=first).expect(201)
    api.checkout(user, "basic", key=second).expect(201)

    api.checkout(user, "basic", key=first).expect_problem(422, "idempotency-key-reused")
    api.checkout(user, "pro", key=second).expect_problem(422, "idempotency-key-reused")


@clause("CHK-022")
def test_one_key_takes_one_body_at_the_same_moment(api: Api, stripe: Stripe, user: User) -> None:
    """Whichever comes first: the other plan is not sold under this key."""
    plans = ["pro", "basic"] * 3
    answers = together([partial(api.checkout, user, plan, key=KEY) for plan in plans])

    for answer in answers:
        answer.expect(201, 409, 422, 429, 503)
    taken = {plan for plan, answer in zip(plans, answers, strict=True) if answer.status == 201}
    check_that("plans sold under one key", len(taken) == 1, expected="one", got=sorted(taken))
    check_one_open_session(stripe, user)
    [lost] = {"pro", "basic"} - taken
    api.checkout(user, lost, key=KEY).expect_problem(422, "idempotency-key-reused")
