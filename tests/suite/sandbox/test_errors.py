"""Refusals: each class of the SDK's errors, with Stripe's code and parameter."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
import stripe

from billproof.sandbox.client import Sandbox, SandboxRefused
from billproof.sandbox.models import CheckoutSession


def test_an_unknown_parameter_is_refused_by_name(sandbox: Sandbox) -> None:
    """Nested names are given in full."""
    shipping = {"name": "A", "address": {"city": "Bern"}}
    assert sandbox.create_customer(shipping=shipping).id

    with pytest.raises(SandboxRefused) as caught:
        sandbox.create_customer(shipping={**shipping, "colour": "red"})

    assert caught.value.error_code == "parameter_unknown"
    assert caught.value.param == "shipping[colour]"
    assert caught.value.status == 400


def test_the_sdk_knows_a_refusal(sdk: stripe.StripeClient) -> None:
    """It finds code, parameter and request id where it looks for them."""
    with pytest.raises(stripe.InvalidRequestError) as caught:
        sdk.v1.customers.create({"email": "nobody"})

    assert (caught.value.code, caught.value.param) == ("email_invalid", "email")
    assert caught.value.http_status == 400
    assert caught.value.request_id


@pytest.mark.parametrize(
    ("path", "form", "code", "param"),
    [
        ("/v1/subscriptions", {}, "parameter_missing", "customer"),
        ("/v1/prices", {"unit_amount": "5"}, "parameter_missing", "currency"),
        ("/v1/customers", {"balance": "much"}, "parameter_invalid_integer", "balance"),
        ("/v1/customers", {"email": "nobody"}, "email_invalid", "email"),
        ("/v1/customers", {"tax_exempt": "maybe"}, None, "tax_exempt"),
        ("/v1/customers", {"metadata": "text"}, None, "metadata"),
        ("/v1/customers", {"expand": "sub"}, None, "expand"),
        ("/v1/customers", {"expand[]": "nothing"}, None, "expand"),
        ("/v1/customers", {f"metadata[{'k' * 41}]": "x"}, None, "metadata"),
        ("/v1/billing_portal/sessions", {"customer": "cus_no"}, "resource_missing", "customer"),
        ("/v1/billing_portal/sessions", {"customer": ""}, "parameter_invalid_empty", "customer"),
    ],
)
def test_a_wrong_parameter_is_refused_with_its_code(
    http: httpx.Client, path: str, form: dict[str, str], code: str | None, param: str
) -> None:
    """A 400 names the parameter, and the code where Stripe has one."""
    answer = http.post(path, data=form)

    error = answer.json()["error"]
    assert answer.status_code == 400
    assert (error.get("code"), error["param"]) == (code, param)
    assert error["type"] == "invalid_request_error"
    assert error["request_log_url"].endswith(answer.headers["request-id"])


def test_an_unknown_id_is_404(sdk: stripe.StripeClient) -> None:
    """The parameter is `id`, the code says that it is missing."""
    with pytest.raises(stripe.InvalidRequestError) as caught:
        sdk.v1.subscriptions.retrieve("sub_nobody")

    assert caught.value.http_status == 404
    assert (caught.value.code, caught.value.param) == ("resource_missing", "id")


def test_an_unknown_path_is_404(http: httpx.Client) -> None:
    """What this Stripe does not offer is refused in Stripe's form."""
    answer = http.post("/v1/coupons", data={})

    assert answer.status_code == 404
    assert "Unrecognized request URL (POST: /v1/coupons)" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer pk_test_1", "Basic !!", "Digest sk_test_1", "Bearer sk_test_ä"]
)
def test_a_call_without_a_secret_key_is_401(visitor: httpx.Client, header: str) -> None:
    """Keys come by Bearer or Basic, and look like keys."""
    good = visitor.get("/v1/customers", headers={"Authorization": "Bearer sk_test_lists"})
    assert good.status_code == 200

    answer = visitor.get("/v1/customers", headers=[(b"Authorization", header.encode())])

    assert answer.status_code == 401
    assert answer.json()["error"]["type"] == "invalid_request_error"


def test_the_key_comes_by_basic_too(visitor: httpx.Client, key: str, sandbox: Sandbox) -> None:
    """It is the user's name, without a password, and means the same account."""
    customer = sandbox.create_customer()

    answer = visitor.get("/v1/customers", auth=(key, ""))

    assert [each["id"] for each in answer.json()["data"]] == [customer.id]


@pytest.mark.parametrize(
    ("card", "code", "decline"),
    [
        ("4000000000000002", "card_declined", "generic_decline"),
        ("4000000000009995", "card_declined", "insufficient_funds"),
        ("4000000000000000", "incorrect_number", None),
    ],
)
def test_a_bad_card_is_402_and_leaves_the_session_open(
    http: httpx.Client,
    sandbox: Sandbox,
    open_session: Callable[..., CheckoutSession],
    card: str,
    code: str,
    decline: str | None,
) -> None:
    """A decline changes nothing; a good card works afterwards."""
    session = open_session()

    answer = http.post(f"/_sandbox/checkout/sessions/{session.id}/pay", json={"card": card})

    assert answer.status_code == 402
    assert answer.json()["error"]["type"] == "card_error"
    assert answer.json()["error"]["code"] == code
    assert answer.json()["error"].get("decline_code") == decline
    assert sandbox.subscriptions() == []
    assert sandbox.pay(session.id).status == "complete"


def test_a_closed_session_cannot_be_paid(
    sandbox: Sandbox, open_session: Callable[..., CheckoutSession]
) -> None:
    """Neither an expired one nor a complete one; nor can those expire."""
    expired, complete = open_session(), open_session()
    assert sandbox.expire_session(expired.id).status == "expired"
    sandbox.pay(complete.id)

    for session in (expired, complete):
        with pytest.raises(SandboxRefused, match="cannot be paid"):
            sandbox.pay(session.id)
        with pytest.raises(SandboxRefused, match="Only Checkout Sessions with a status"):
            sandbox.expire_session(session.id)


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe=1",
        b"a[b=1",
        b"metadata[a][b][c]=1",
        b"metadata=1&metadata[a]=2",
        b"expand[][][]=1",
        b"&".join(b"p%d=1" % number for number in range(3000)),
        b"a" + b"[b]" * 50 + b"=1",
        b"balance=99999999999999999999999",
        b"address[]=1",
        b"balance[]=1",
        b"%00=%00",
    ],
)
def test_no_input_is_a_fault_of_the_server(http: httpx.Client, body: bytes) -> None:
    """Garbage is refused, never a 500."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert http.post("/v1/customers", content=b"balance=7", headers=form).status_code == 200

    assert http.post("/v1/customers", content=body, headers=form).status_code == 400


@pytest.mark.parametrize("version", ["2024-06-20", "2025-03-31.basil"])
@pytest.mark.parametrize("path", ["upcoming", "upcoming/lines"])
def test_the_call_that_basil_removed_names_its_successor(
    http: httpx.Client, path: str, version: str
) -> None:
    """`upcoming` is no id and its parameters are not looked at; another id is just unknown."""
    headers = {"stripe-version": version}

    gone = http.get(f"/v1/invoices/{path}", params={"customer": "cus_1"}, headers=headers)
    unknown = http.get("/v1/invoices/in_none", headers=headers)

    assert (gone.status_code, unknown.status_code) == (404, 404)
    said = gone.json()["error"]
    assert f"(GET: /v1/invoices/{path})" in said["message"]
    assert "POST /v1/invoices/create_preview" in said["message"]
    assert unknown.json()["error"]["message"] == "No such invoice: 'in_none'"
