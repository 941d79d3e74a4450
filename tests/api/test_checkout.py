"""Starting to buy: what is answered, and what Stripe then has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from billproof.trials import check, check_that, clause
from billproof.trials.shape import expect_shape
from fixtures.api import CHECKOUT
from fixtures.instants import check_instant
from fixtures.stripe import check_one_open_session, redirects_of

if TYPE_CHECKING:
    from billproof.trials import Answer
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

PRICES = {plan: f"price_billproof_{plan}" for plan in ("basic", "pro", "team")}
"""Of the paid plans; the last one begins with a trial."""


@clause("CHK-001")
@pytest.mark.parametrize("plan", PRICES)
def test_a_plan_is_answered_with_its_session(
    api: Api, stripe: Stripe, user: User, plan: str
) -> None:
    """The session is Stripe's, open, and for this plan once."""
    answer = api.checkout(user, plan).expect(201)

    expect_shape(answer, "createCheckout")
    session = stripe.session(answer)
    check("status of the session", session.status, "open")
    check("mode of the session", (session.model_extra or {}).get("mode"), "subscription")
    check("url", answer["url"], session.url)
    check_instant("expires_at", answer["expires_at"], session.expires_at)

    paid = stripe.pay(answer)
    items = stripe.sandbox.subscription(str(paid.subscription)).items.data
    bought = [(item.price.id, item.quantity) for item in items]
    check("what the session sells", bought, [(PRICES[plan], 1)])


@clause("CHK-001")
def test_whoever_has_looked_at_another_plan_is_sold_this_one(
    api: Api, stripe: Stripe, user: User
) -> None:
    """What he asked for before, and left, is not what he pays for now."""
    for plan in ("basic", "team"):
        looked = api.checkout(user, plan).expect(201)
        stripe.sandbox.expire_session(looked["session_id"])

    paid = stripe.pay(api.checkout(user, "pro").expect(201))

    items = stripe.sandbox.subscription(str(paid.subscription)).items.data
    bought = [(item.price.id, item.quantity) for item in items]
    check("what the session sells", bought, [(PRICES["pro"], 1)])


NO_PLANS = {
    "blank": "",
    "null": None,
    "number": 7,
    "boolean": True,
    "list": ["pro"],
    "object": {"key": "pro"},
    "long": "pro" * 2000,
}
"""What openapi.yaml itself does not take for a plan's key."""
BAD_PLANS = {
    **NO_PLANS,
    "free": "free",
    "unknown": "gold",
    "other case": "PRO",
    "padded": " pro ",
    "with a word behind it": "pro:monthly",
    "price": "price_billproof_pro",
    "NUL behind it": "pro\u0000",
    "line behind it": "pro\n",
    "wide letters": "\uff50\uff52\uff4f",
    "letters that look alike": "pr\u043e",
    "a path": "../pro",
    "its beginning": "pr",
    "its end": "ro",
    "its rank": "2",
    "signs for any letters": "p_%",
}


def check_nothing_sold(stripe: Stripe, user: User, what: str) -> None:
    """No call to Stripe has written anything for this user."""
    writes = [call.path for call in stripe.writes(user)]
    check(f"writes at Stripe for a plan that is {what}", writes, [])


@clause("CHK-002")
def test_what_is_no_paid_plan_is_refused_before_stripe(
    api: Api, stripe: Stripe, user: User
) -> None:
    """The refusals make nothing; a real plan is sold right after."""
    for what, plan in BAD_PLANS.items():
        refused = api.checkout(user, plan, invalid=what in NO_PLANS)
        refused.expect_problem(422, "validation-failed")
        check_nothing_sold(stripe, user, what)
    # Half a character: for some parsers a text, for others no JSON (RFC 8259, 8.2).
    halved = api.checkout(user, "\ud800").expect(400, 422)
    halved.expect_problem(halved.status, "malformed-request", "validation-failed")
    check_nothing_sold(stripe, user, "half a character")

    api.checkout(user, "pro").expect(201)


BAD_BODIES = {
    "cut": b"{",
    "empty": b"",
    "a form": b"plan=pro",
    "binary": b"\xff\xfe",
    "a bare list": b"[]",
    "a bare null": b"null",
    "a bare text": b'"pro"',
    "not there": b"{}",
    "under another name": b'{"plans": "pro"}',
    "under its name in capitals": b'{"PLAN": "pro"}',
    "followed by letters": b'{"plan": "pro"} pro',
    "said twice": b'{"plan": "pro"}{"plan": "pro"}',
}


@clause("CHK-002")
def test_a_body_without_a_plan_is_refused_before_stripe(
    api: Api, stripe: Stripe, user: User
) -> None:
    """Undecodable or without a plan: a problem, and nothing at Stripe."""
    for what, body in BAD_BODIES.items():
        refused = api.call("POST", CHECKOUT, user, body=body, invalid=True).expect(400, 422)
        refused.expect_problem(refused.status, "malformed-request", "validation-failed")
        check_nothing_sold(stripe, user, what)

    api.checkout(user, "pro").expect(201)


FURTHER = {
    "price": {"price": "price_billproof_basic"},
    "price_id": {"price_id": "price_billproof_basic"},
    "amount": {"amount": 1, "unit_amount": 1},
    "currency": {"currency": "usd"},
    "quantity": {"quantity": 25},
    "trial": {"trial_days": 365, "trial_period_days": 365},
    "customer": {"customer": "cus_of_somebody", "customer_id": "cus_of_somebody"},
    "user": {"user_id": 1, "telegram_user_id": "1"},
    "email": {"customer_email": "somebody@example.com"},
    "line items": {"line_items": [{"price": "price_billproof_basic", "quantity": 2}]},
    "redirects": {
        "success_url": "https://elsewhere.example/ok",
        "cancel_url": "https://elsewhere.example/no",
        "return_url": "https://elsewhere.example/back",
    },
    "metadata": {"metadata": {"telegram_user_id": "1"}, "client_reference_id": "1"},
}


@clause("CHK-003")
@pytest.mark.parametrize("further", FURTHER.values(), ids=FURTHER.keys())
def test_nothing_but_the_plan_is_taken_from_the_caller(
    api: Api, stripe: Stripe, user: User, further: dict[str, Any]
) -> None:
    """Refused or ignored, it changes nothing of what is sold, to whom, and where it leads."""
    answer = api.checkout(user, "pro", invalid=True, **further).expect(201, 422)
    if answer.status == 422:
        check("writes at Stripe for the user", [call.path for call in stripe.writes(user)], [])
        answer = api.checkout(user, "pro").expect(201)

    session = stripe.session(answer)
    public = api.environ["PUBLIC_URL"] + "/"
    for name, url in redirects_of(session).items():
        check_that(name, url.startswith(public), expected=f"below {public}", got=url)
    check("client_reference_id", session.client_reference_id, str(user.id))
    bought = stripe.sandbox.subscription(str(stripe.pay(answer).subscription))
    sold = [(item.price.id, item.quantity) for item in bought.items.data]
    check("what the session sells", sold, [(PRICES["pro"], 1)])
    check("trial_start of the subscription", bought.trial_start, None)
    check("owner of the subscription", bought.metadata.get("telegram_user_id"), str(user.id))


@clause("CHK-004")
def test_every_object_at_stripe_names_the_user(api: Api, stripe: Stripe, user: User) -> None:
    """Session, customer and subscription carry the decimal id."""
    check_named(stripe, api.checkout(user, "pro").expect(201), user)


@clause("CHK-004")
def test_every_later_object_names_the_user_too(api: Api, stripe: Stripe, user: User) -> None:
    """The session for another plan, one with a trial, and a deleted customer's successor."""
    first = stripe.session(api.checkout(user, "pro").expect(201))
    stripe.sandbox.delete_customer(str(first.customer))
    api.checkout(user, "basic").expect(201)

    answer = api.checkout(user, "team").expect(201)

    customer = str(stripe.session(answer).customer)
    check_that("customer", customer != first.customer, expected="another", got=customer)
    check_named(stripe, answer, user)


def check_named(stripe: Stripe, answer: Answer, user: User) -> None:
    """What this answer sells, once it is paid, is the user's at Stripe, each object by itself."""
    session = stripe.session(answer)
    bought = stripe.sandbox.subscription(str(stripe.pay(answer).subscription))
    customer = stripe.sandbox.customer(bought.customer)

    decimal = str(user.id)
    check("client_reference_id of the session", session.client_reference_id, decimal)
    for name, thing in (("session", session), ("subscription", bought), ("customer", customer)):
        check(
            f"metadata.telegram_user_id of the {name}",
            thing.metadata.get("telegram_user_id"),
            decimal,
        )


ELSEWHERE = {
    "Origin": {"Origin": "https://elsewhere.example"},
    "Referer": {"Referer": "https://elsewhere.example/page"},
    "X-Forwarded-Host": {"X-Forwarded-Host": "elsewhere.example", "X-Forwarded-Proto": "https"},
    "X-Forwarded-Proto": {"X-Forwarded-Proto": "https"},
    "X-Forwarded-Port": {"X-Forwarded-Port": "4443"},
    # What stands behind an origin may make a host of it.
    "X-Forwarded-Prefix": {"X-Forwarded-Prefix": "@elsewhere.example"},
    "X-Forwarded-Server": {
        "X-Forwarded-Server": "elsewhere.example",
        "X-Forwarded-Scheme": "https",
        # A server may refuse what contradicts the next one: this says TLS in its own way.
        "X-Forwarded-Protocol": "ssl",
        "X-Forwarded-Ssl": "on",
        "X-Forwarded-Path": "/elsewhere",
    },
    "Forwarded": {"Forwarded": "host=elsewhere.example;proto=https"},
    "X-Original-URL": {
        "X-Original-URL": "https://elsewhere.example/",
        "X-Host": "elsewhere.example",
    },
    # What begins as PUBLIC_URL does is not below it.
    "an Origin like ours": {"Origin": "{public}@elsewhere.example"},
    "a Referer like ours": {"Referer": "{public}@elsewhere.example/page"},
}


def check_redirects(api: Api, stripe: Stripe, user: User) -> None:
    """Both redirects of the user's only open session lie below PUBLIC_URL."""
    session = check_one_open_session(stripe, user)
    public = api.environ["PUBLIC_URL"] + "/"
    for name, url in redirects_of(session).items():
        check_that(name, url.startswith(public), expected=f"below {public}", got=url)


@clause("CHK-005")
@pytest.mark.parametrize("headers", ELSEWHERE.values(), ids=ELSEWHERE.keys())
def test_redirects_are_the_backends_own(
    api: Api, stripe: Stripe, user: User, headers: dict[str, str]
) -> None:
    """No header of the caller decides where people land after paying."""
    public = api.environ["PUBLIC_URL"]
    sent = {name: value.format(public=public) for name, value in headers.items()}
    api.checkout(user, "pro", headers=sent).expect(201)

    check_redirects(api, stripe, user)


@clause("CHK-005")
def test_success_tells_which_session_was_paid(api: Api, stripe: Stripe, user: User) -> None:
    """By Stripe's placeholder, which Stripe fills in; of a later session, with a trial, as well."""
    for plan in ("pro", "team"):
        session = stripe.session(api.checkout(user, plan).expect(201))

        url = session.success_url
        told = "{CHECKOUT_SESSION_ID}" in url
        check_that("success_url", told, expected="{CHECKOUT_SESSION_ID} in it", got=url)
        check_redirects(api, stripe, user)


@clause("CHK-005")
def test_redirects_do_not_follow_the_host_header(api: Api, stripe: Stripe, user: User) -> None:
    """A foreign Host is refused or ignored."""
    answer = api.checkout(user, "pro", headers={"Host": "elsewhere.example"})
    answer.expect(201, 400, 403, 404, 421)
    if answer.status != 201:
        api.checkout(user, "pro").expect(201)

    check_redirects(api, stripe, user)
