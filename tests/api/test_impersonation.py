"""Whoever names another user without his init data is not taken for him."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from billproof.trials import Nobody, check, clause
from fixtures.api import SUBSCRIPTION, expect_members, signed

if TYPE_CHECKING:
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

NAMES = ("user_id", "user", "id", "telegram_user_id", "telegram_id", "tg_id", "uid", "as_user")
"""Of a user, in a query."""


def elsewhere(user: User) -> dict[str, str]:
    """Headers that name a user without proving it."""
    return {
        "X-User-Id": str(user.id),
        "X-Telegram-User-Id": str(user.id),
        "X-Forwarded-User": str(user.id),
        "X-Remote-User": str(user.id),
        "X-Auth-User": str(user.id),
        "X-Telegram-Id": str(user.id),
        "X-Impersonate-User": str(user.id),
        "Cookie": f"user_id={user.id}; telegram_user_id={user.id}; user={user.id}",
    }


@clause("AUT-015")
def test_only_init_data_say_who_asks(api: Api, stripe: Stripe, user: User, other: User) -> None:
    """A subscriber's id in query, header and cookie shows nobody his subscription."""
    stripe.subscribe(other, "pro")
    api.subscription_becomes(other, plan="pro", access=True)

    query = "&".join(f"{name}={other.id}" for name in NAMES)
    path, sent = f"{SUBSCRIPTION}?{query}", elsewhere(other)
    asked = api.call("GET", path, user, headers=sent, invalid=True)
    expect_members(asked.expect(200), plan="free", status="none", access=False)
    stranger = api.call("GET", path, Nobody(), headers=sent, invalid=True)
    stranger.expect_problem(401, "unauthenticated")


@clause("AUT-015")
def test_only_init_data_say_who_buys(api: Api, stripe: Stripe, user: User, other: User) -> None:
    """What is bought is the caller's own, whoever else is named."""
    further: dict[str, Any] = {
        "user_id": other.id,
        "telegram_user_id": str(other.id),
        "user": {"id": other.id},
    }
    answer = api.checkout(user, "pro", headers=elsewhere(other), invalid=True, **further)
    answer.expect(201, 422)
    if answer.status == 422:
        answer = api.checkout(user, "pro", headers=elsewhere(other)).expect(201)

    check("client_reference_id", stripe.session(answer).client_reference_id, str(user.id))
    check("sessions of the other", stripe.sessions(other), [])


@clause("AUT-015")
def test_whoever_else_the_init_data_name_is_not_asking(
    api: Api, stripe: Stripe, user: User, other: User
) -> None:
    """Telegram names whom he writes to, and where, beside him: neither is he."""
    stripe.subscribe(other, "pro")
    api.subscription_becomes(other, plan="pro", access=True)
    his = json.dumps({"id": other.id, "first_name": other.first_name})
    beside = (("receiver", his), ("chat", json.dumps({"id": other.id, "type": "private"})))

    asked = api.subscription(signed(user, extra=beside)).expect(200)

    expect_members(asked, plan="free", status="none", access=False)
    stranger = api.subscription(signed(user, extra=beside, omit=("user",)))
    stranger.expect_problem(401, "unauthenticated")


@clause("AUT-015")
def test_a_user_is_not_remembered(api: Api, stripe: Stripe, user: User, other: User) -> None:
    """The next caller on the same connection is who he proves to be, or nobody."""
    stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro")

    expect_members(api.subscription(other).expect(200), plan="free", status="none")
    api.subscription(Nobody()).expect_problem(401, "unauthenticated")
    expect_members(api.subscription(user).expect(200), plan="pro")
