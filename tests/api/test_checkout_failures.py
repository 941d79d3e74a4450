"""When Stripe fails: a clear answer in time, nothing doubled, and it works again after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from billproof.trials import Answer, check, check_that, clause
from billproof.trials.caller import ANSWER_WITHIN_SECONDS
from billproof.trials.pace import pause
from fixtures.stripe import UNDER_WAY, check_one_open_session

if TYPE_CHECKING:
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

A_SECOND_LATER = 1.1
STRIPES_WORDS = ("request_log_url", "dashboard.stripe.com", "stripe.com/docs", "api_error")
"""What stands in Stripe's error bodies and must not come through."""

FAILURES: dict[str, dict[str, Any]] = {
    "500": {"effect": "status", "status": 500},
    "503": {"effect": "status", "status": 503},
    "429": {"effect": "status", "status": 429, "code": "rate_limit"},
    "401": {"effect": "status", "status": 401},
    "reset": {"effect": "reset"},
}
NOT_LOOKED_AT: dict[str, dict[str, Any]] = {
    "401": {"status": 401, "code": "api_key_expired"},
    "403": {"status": 403, "code": "insufficient_permissions"},
    "409": {"status": 409, "code": "idempotency_key_in_use"},
    "429": {"status": 429, "code": "rate_limit"},
}
"""Stripe's refusals that come before it knows whether it has answered this call already."""


def expect_unavailable(api: Api, answer: Answer) -> None:
    """503 with Retry-After, in time, and in the backend's own words."""
    answer.expect_problem(503, "provider-unavailable")
    retry_after = answer.header("retry-after")
    check_that(
        "Retry-After",
        retry_after.strip() != "",
        expected="seconds or a date",
        got=repr(retry_after),
    )
    told = answer.body.decode("utf-8", "replace")
    leaked = [word for word in (*STRIPES_WORDS, api.environ["STRIPE_SECRET_KEY"]) if word in told]
    check("words of Stripe in the answer", leaked, [])


@clause("CHK-014")
@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES.keys())
@pytest.mark.parametrize("met", [False, True], ids=["new user", "known user"])
def test_a_failure_of_stripe_is_told_and_gets_over(
    api: Api, stripe: Stripe, user: User, failure: dict[str, Any], *, met: bool
) -> None:
    """Afterwards the same click works, though Stripe repeats failures under their keys."""
    if met:
        first = api.checkout(user, "basic").expect(201)
        stripe.sandbox.expire_session(first["session_id"])
    with stripe.failing("all", user=user, **failure):
        expect_unavailable(api, api.checkout(user, "pro"))

    answer = api.checkout(user, "pro").expect(201)

    check("id of the open session", check_one_open_session(stripe, user).id, answer["session_id"])


@clause("CHK-014")
@pytest.mark.parametrize("kind", ["customer", "checkout.session"])
def test_a_failure_half_way_is_told_and_gets_over(
    api: Api, stripe: Stripe, user: User, kind: str
) -> None:
    """One kind of object cannot be made, twice; the third click works."""
    with stripe.failing("create", user=user, kind=kind, effect="status", status=500):
        expect_unavailable(api, api.checkout(user, "pro"))
        expect_unavailable(api, api.checkout(user, "pro"))

    answer = api.checkout(user, "pro").expect(201)

    check("id of the open session", check_one_open_session(stripe, user).id, answer["session_id"])


@clause("CHK-014")
def test_a_hanging_stripe_is_told_in_time(api: Api, stripe: Stripe, user: User) -> None:
    """However long Stripe takes, the answer comes within 10 s."""
    with stripe.failing("all", user=user, effect="hang"):
        answer = api.checkout(user, "pro")
        expect_unavailable(api, answer)
        check_that(
            "time of the answer",
            answer.seconds <= ANSWER_WITHIN_SECONDS,
            expected="10 s at most",
            got=f"{answer.seconds:.1f} s",
        )

    api.checkout(user, "pro").expect(201)


@clause("CHK-015")
@pytest.mark.parametrize("kind", ["customer", "checkout.session"])
@pytest.mark.parametrize("times", [1, 2])
def test_a_lost_answer_doubles_nothing(
    api: Api, stripe: Stripe, user: User, kind: str, times: int
) -> None:
    """The effect has happened at Stripe; repeats find it instead of making another."""
    with stripe.failing("create", user=user, kind=kind, effect="lost", times=times):
        for _ in range(times):
            api.checkout(user, "pro").expect(201, 503)

    answer = api.checkout(user, "pro").expect(201)

    check("id of the open session", check_one_open_session(stripe, user).id, answer["session_id"])


@clause("CHK-015")
@pytest.mark.parametrize("kind", ["customer", "checkout.session"])
def test_a_lost_answer_doubles_nothing_of_whoever_was_deleted(
    api: Api, stripe: Stripe, user: User, kind: str
) -> None:
    """One customer takes the place of his, whichever answer on the way is lost."""
    first = stripe.session(api.checkout(user, "pro").expect(201))
    stripe.sandbox.expire_session(first.id)
    stripe.sandbox.delete_customer(str(first.customer))
    with stripe.failing("create", user=user, kind=kind, effect="lost", times=1):
        api.checkout(user, "pro").expect(201, 503)

    answer = api.checkout(user, "pro").expect(201)

    payable = [one.id for one in stripe.sessions(user, "open")]
    check("ids of his open sessions", payable, [answer["session_id"]])
    living = [one.id for one in stripe.sandbox.customers(user=user.id) if not one.deleted]
    check("living customers of the user", living, [stripe.session(answer).customer])


@clause("CHK-015")
def test_a_lost_answer_doubles_no_trial(api: Api, stripe: Stripe, user: User) -> None:
    """A second later the trial would end a second later: it is the same session all the same."""
    with stripe.failing("create", user=user, kind="checkout.session", effect="lost", times=1):
        api.checkout(user, "team").expect(201, 503)
    pause(A_SECOND_LATER)

    answer = api.checkout(user, "team").expect(201)

    check("id of the open session", check_one_open_session(stripe, user).id, answer["session_id"])


@clause("CHK-015")
@pytest.mark.parametrize("kind", ["customer", "checkout.session"])
@pytest.mark.parametrize("refusal", NOT_LOOKED_AT.values(), ids=NOT_LOOKED_AT.keys())
def test_a_refusal_after_a_lost_answer_decides_nothing(
    api: Api, stripe: Stripe, user: User, refusal: dict[str, Any], kind: str
) -> None:
    """A repeat that Stripe did not look at is repeated as well, and finds what the first made."""
    with stripe.failing("create", user=user, kind=kind, effect="lost", times=1):
        api.checkout(user, "pro").expect(201, 503)
    with stripe.failing("create", user=user, kind=kind, effect="status", **refusal):
        api.checkout(user, "pro").expect(201, *UNDER_WAY)

    answer = api.checkout(user, "pro").expect(201)

    check("id of the open session", check_one_open_session(stripe, user).id, answer["session_id"])


@clause("CHK-015")
@pytest.mark.parametrize("lost", [["basic"], ["basic", "pro"]], ids=["once", "for both"])
def test_another_plan_after_a_lost_answer_leaves_one_session(
    api: Api, stripe: Stripe, user: User, lost: list[str]
) -> None:
    """The session that nobody has seen can not be paid any more.

    Whoever asks about it once more may not hear either, and it is still there.
    """
    times = len(lost)
    with stripe.failing("create", user=user, kind="checkout.session", effect="lost", times=times):
        for plan in lost:
            api.checkout(user, plan).expect(201, 503)

    answer = api.checkout(user, "pro").expect(201)

    check("id of the open session", check_one_open_session(stripe, user).id, answer["session_id"])
