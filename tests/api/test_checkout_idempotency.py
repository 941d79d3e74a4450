"""The caller's own Idempotency-Key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billproof.trials import check, check_that, clause
from fixtures.api import CHECKOUT
from fixtures.stripe import check_one_open_session

if TYPE_CHECKING:
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

KEY = "8e03978e-40d5-43e8-bc93-6894a57f9324"


@clause("CHK-016")
@pytest.mark.parametrize("again", [KEY, f'"{KEY}"'], ids=["bare", "quoted"])
@pytest.mark.parametrize("first", [KEY, f'"{KEY}"'], ids=["bare", "quoted"])
def test_a_key_is_bound_to_its_body(
    api: Api, stripe: Stripe, user: User, first: str, again: str
) -> None:
    """Bare or quoted it is one key: the same body replays, another is refused."""
    made = api.checkout(user, "pro", key=first).expect(201)

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
    api.checkout(user, "gold", key=KEY).expect_problem(422, "validation-failed")
    api.checkout(user, "pro", key=KEY).expect(201)

    api.checkout(user, "basic", key=KEY).expect_problem(422, "idempotency-key-reused")


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
def test_the_key_remembers_no_answer(api: Api, stripe: Stripe, user: User) -> None:
    """Once its session has expired, the same key and body start a new one."""
    made = api.checkout(user, "pro", key=KEY).expect(201)
    stripe.sandbox.expire_session(made["session_id"])

    again = api.checkout(user, "pro", key=KEY).expect(201)

    check("id of the open session", check_one_open_session(stripe, user).id, again["session_id"])
