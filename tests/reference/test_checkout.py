"""What checkout asks of Stripe, and what it answers with."""

from __future__ import annotations

import httpx
import pytest
import respx

from tests.reference.backend import ADA, BOB, Backend, problem
from tests.reference.shapes import CUSTOMERS, SESSIONS, begin_checkout, subscribe, well
from tests.reference.stripe_answers import (
    PAST,
    Subscription,
    customer,
    deleted_customer,
    form,
    no_such_customer,
    session,
)

PUBLIC = "https://app.example.test/app/billing"


async def test_the_answer_is_the_open_session(backend: Backend, stripe: respx.MockRouter) -> None:
    """Its id, its page, and when it closes."""
    stripe.post(CUSTOMERS).mock(return_value=customer("cus_ada", ADA))
    stripe.post(SESSIONS).mock(return_value=session("cs_1"))

    started = await backend.checkout("pro")

    assert started.status_code == 201
    assert started.json() == {
        "session_id": "cs_1",
        "url": "https://checkout.stripe.test/cs_1",
        "expires_at": "2100-01-01T00:00:00Z",
    }


async def test_what_stripe_is_told(backend: Backend, stripe: respx.MockRouter) -> None:
    """The user on customer, session and subscription; the plan's price; redirects of our own."""
    made = stripe.post(CUSTOMERS).mock(return_value=customer("cus_ada", ADA))
    created = stripe.post(SESSIONS).mock(return_value=session("cs_1"))

    await backend.checkout("pro")

    assert form(made.calls.last.request) == {"metadata[telegram_user_id]": str(ADA)}
    assert form(created.calls.last.request) == {
        "mode": "subscription",
        "customer": "cus_ada",
        "client_reference_id": str(ADA),
        "metadata[telegram_user_id]": str(ADA),
        "subscription_data[metadata][telegram_user_id]": str(ADA),
        "line_items[0][price]": "price_billproof_pro",
        "line_items[0][quantity]": "1",
        "success_url": f"{PUBLIC}/return?session_id={{CHECKOUT_SESSION_ID}}",
        "cancel_url": PUBLIC,
    }


async def test_stripe_is_called_with_our_key(backend: Backend, stripe: respx.MockRouter) -> None:
    """At the address and with the key of the environment."""
    await begin_checkout(backend, stripe)

    keys = {call.request.headers["authorization"] for call in stripe.calls}

    assert keys == {f"Bearer {backend.environ['STRIPE_SECRET_KEY']}"}


async def test_redirects_are_not_the_callers(backend: Backend, stripe: respx.MockRouter) -> None:
    """Whatever host a request names, users come back to PUBLIC_URL."""
    stripe.post(CUSTOMERS).mock(return_value=customer("cus_ada", ADA))
    created = stripe.post(SESSIONS).mock(return_value=session("cs_1"))
    evil = "evil.example.test"
    headers = dict.fromkeys(("Host", "X-Forwarded-Host", "Forwarded", "Origin", "Referer"), evil)

    started = await backend.call("POST", "/billing/checkout", json={"plan": "pro"}, headers=headers)

    assert started.status_code == 201
    sent = form(created.calls.last.request)
    assert {sent["success_url"].partition("/return")[0], sent["cancel_url"]} == {PUBLIC}


async def test_a_trial_is_as_long_as_the_catalogue_says(
    backend: Backend, stripe: respx.MockRouter
) -> None:
    """And only for a user who never had one."""
    stripe.post(CUSTOMERS).mock(return_value=customer("cus_ada", ADA))
    created = stripe.post(SESSIONS).mock(return_value=session("cs_1"))

    await backend.checkout("team", ADA)

    assert form(created.calls.last.request)["subscription_data[trial_period_days]"] == "14"

    over = Subscription(status="canceled", ended_at=PAST, trial_start=PAST - 86_400)
    await subscribe(backend, stripe, over, user=BOB, name="cus_bob")
    created.mock(return_value=session("cs_2"))
    assert (await backend.checkout("team", BOB)).status_code == 201
    assert "subscription_data[trial_period_days]" not in form(created.calls.last.request)


@pytest.mark.parametrize("plan", ["free", "gold", "price_billproof_pro", ""])
async def test_what_cannot_be_bought_is_refused(backend: Backend, plan: str) -> None:
    """Before Stripe is asked for anything: no call is allowed here."""
    assert problem(await backend.checkout(plan)) == (422, "validation-failed")


async def test_the_body_names_a_plan_and_nothing_else(
    backend: Backend, stripe: respx.MockRouter
) -> None:
    """A price, a user or a redirect of the caller's is refused; the plan alone is taken."""
    body = {"plan": "pro", "amount": 1}

    refused = await backend.call("POST", "/billing/checkout", json=body)

    assert problem(refused) == (422, "validation-failed")
    assert refused.json()["errors"][0]["pointer"] == "#/amount"
    await begin_checkout(backend, stripe, "pro")


async def test_a_pointer_leads_to_any_name(backend: Backend) -> None:
    """What parts a pointer is escaped as RFC 6901 says."""
    refused = await backend.call("POST", "/billing/checkout", json={"plan": "pro", "a/b~c": 1})

    assert problem(refused) == (422, "validation-failed")
    assert refused.json()["errors"][0]["pointer"] == "#/a~1b~0c"


async def test_a_member_of_half_a_character_is_refused_as_any_other(backend: Backend) -> None:
    """JSON can write it, and no encoding: whatever points at it does so in what can be sent."""
    body = b'{"plan": "pro", "\\ud800": 1}'
    headers = {"Content-Type": "application/json"}

    refused = await backend.call("POST", "/billing/checkout", content=body, headers=headers)

    assert problem(refused) in {(422, "validation-failed"), (400, "malformed-request")}


@pytest.mark.parametrize("body", [[], "pro", 1])
async def test_a_body_that_is_no_object_is_pointed_at_as_a_whole(
    backend: Backend, body: object
) -> None:
    """By RFC 6901 `#` is the document, and `#/` a member of it that has an empty name."""
    refused = await backend.call("POST", "/billing/checkout", json=body)

    assert problem(refused) == (422, "validation-failed")
    assert refused.json()["errors"][0]["pointer"] == "#"


@pytest.mark.parametrize(
    "gone", [deleted_customer(), no_such_customer("id")], ids=["deleted", "unknown"]
)
async def test_a_deleted_customer_is_replaced_once(
    backend: Backend, stripe: respx.MockRouter, gone: httpx.Response
) -> None:
    """His session is expired, the new customer has one of its own."""
    await begin_checkout(backend, stripe)
    made = stripe.post(CUSTOMERS).mock(return_value=customer("cus_new", ADA))
    routes = well(stripe)
    routes["customer"].mock(return_value=gone)

    started = await backend.checkout("pro")

    assert started.json()["session_id"] == "cs_2"
    assert made.calls.last.request.headers["idempotency-key"] == f"customer-{ADA}-2"
    assert form(routes["creation"].calls.last.request)["customer"] == "cus_new"
    assert routes["expiry"].call_count == 1


async def test_users_have_customers_of_their_own(
    backend: Backend, stripe: respx.MockRouter
) -> None:
    """And sessions of their own."""
    made = stripe.post(CUSTOMERS).mock(
        side_effect=[customer("cus_ada", ADA), customer("cus_bob", BOB)]
    )
    created = stripe.post(SESSIONS).mock(side_effect=[session("cs_1"), session("cs_2")])

    started = [await backend.checkout("pro", user) for user in (ADA, BOB)]

    assert [answer.json()["session_id"] for answer in started] == ["cs_1", "cs_2"]
    assert [form(call.request)["customer"] for call in created.calls] == ["cus_ada", "cus_bob"]
    assert made.call_count == 2
