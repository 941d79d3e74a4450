"""What a struck call is answered, and what Stripe's SDK makes of it."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
import stripe

from billproof.sandbox.client import Sandbox


def test_a_rate_limit_is_a_429_that_is_not_remembered(
    sdk: stripe.StripeClient, sandbox: Sandbox
) -> None:
    """In Stripe's words; the same key then goes through."""
    sandbox.fault(effect="rate_limit", times=1)
    key: stripe.RequestOptions = {"idempotency_key": "limited"}
    with pytest.raises(stripe.RateLimitError) as caught:
        sdk.v1.customers.create({}, key)
    assert json.loads(str(caught.value.http_body))["error"]["code"] == "rate_limit"
    assert dict(caught.value.headers or {})["stripe-rate-limited-reason"] == "global-rate"

    made = sdk.v1.customers.create({}, key)

    assert [each.id for each in sandbox.customers()] == [made.id]


def test_a_500_is_remembered_with_its_key(sdk: stripe.StripeClient, sandbox: Sandbox) -> None:
    """As at Stripe: the repeat replays it, another key goes through."""
    fault = sandbox.fault(status=500, times=1)
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            sdk.v1.customers.create({}, {"idempotency_key": "failed"})
    assert sandbox.find_fault(fault.id).hits == 1

    assert sdk.v1.customers.create({}, {"idempotency_key": "other"}).id


@pytest.mark.parametrize("status", [409, 429])
def test_what_is_not_looked_at_is_no_replay(
    http: httpx.Client, sandbox: Sandbox, status: int
) -> None:
    """A refusal comes before the stored answer, which is there again afterwards."""
    headers = {"Idempotency-Key": "once"}
    made = http.post("/v1/customers", headers=headers).json()
    fault = sandbox.fault(status=status, times=1)

    answers = [http.post("/v1/customers", headers=headers) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [status, 200]
    assert ["idempotent-replayed" in answer.headers for answer in answers] == [False, True]
    assert answers[1].json() == made
    assert sandbox.find_fault(fault.id).hits == 1
    assert [call.replayed for call in sandbox.calls()] == [False, False, True]


def test_an_outage_is_not_asked_for_what_is_stored(http: httpx.Client, sandbox: Sandbox) -> None:
    """A 500 comes of a call that begins; a replay does not, and is not hit."""
    headers = {"Idempotency-Key": "once"}
    made = http.post("/v1/customers", headers=headers).json()
    fault = sandbox.fault(status=500, times=1)

    assert http.post("/v1/customers", headers=headers).json() == made
    assert sandbox.find_fault(fault.id).hits == 0


def code_of(error: stripe.StripeError) -> str | None:
    """The code in an error's body; some of the SDK's classes leave their `code` empty."""
    body: Any = error.json_body
    return body["error"].get("code")  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("words", "kind", "code"),
    [
        ({"status": 402}, stripe.CardError, "card_declined"),
        ({"status": 409}, stripe.APIError, "idempotency_key_in_use"),
        ({"status": 409, "code": "lock_timeout"}, stripe.APIError, "lock_timeout"),
        ({"status": 403}, stripe.PermissionError, None),
        ({"status": 401}, stripe.AuthenticationError, None),
        ({"status": 429, "code": "lock_timeout"}, stripe.RateLimitError, "lock_timeout"),
        ({"status": 503, "code": "odd"}, stripe.APIError, "odd"),
    ],
)
def test_every_status_has_stripes_body(
    sdk: stripe.StripeClient,
    sandbox: Sandbox,
    words: dict[str, Any],
    kind: type[stripe.StripeError],
    code: str | None,
) -> None:
    """The SDK makes its own error of it, with the code; a lock is no limit."""
    sandbox.fault(**words)

    with pytest.raises(kind) as caught:
        sdk.v1.customers.list()

    assert type(caught.value) is kind
    assert caught.value.http_status == words["status"]
    assert code_of(caught.value) == code
    assert "stripe-rate-limited-reason" not in (caught.value.headers or {})


@pytest.mark.parametrize(
    ("code", "reason", "message"),
    [
        (None, "generic_decline", "Your card was declined."),
        ("insufficient_funds", "insufficient_funds", "Your card has insufficient funds."),
        ("expired_card", "expired_card", "Your card has expired."),
        ("odd", None, "Your card was declined."),
    ],
)
def test_a_402_is_a_cards_whatever_its_code(
    http: httpx.Client, sandbox: Sandbox, code: str | None, reason: str | None, message: str
) -> None:
    """Stripe's SDK for Node looks at the type; people look at why the bank said no."""
    sandbox.fault(status=402, code=code)

    error = http.get("/v1/customers").json()["error"]

    assert (error["type"], error["code"]) == ("card_error", code or "card_declined")
    assert (error.get("decline_code"), error["message"]) == (reason, message)


def test_the_sdk_tries_again_as_it_is_told_to(server: str, key: str, sandbox: Sandbox) -> None:
    """A 429 that says so is repeated, a 500 that forbids it is not."""
    client = stripe.StripeClient(key, base_addresses={"api": server}, max_network_retries=1)
    sandbox.fault(status=429, should_retry=True, times=1)
    assert client.v1.customers.create({}).id
    sandbox.fault(status=500, should_retry=False, times=1)

    with pytest.raises(stripe.APIError):
        client.v1.customers.create({})

    assert [call.status for call in sandbox.calls()] == [429, 200, 500]
