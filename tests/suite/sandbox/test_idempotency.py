"""Idempotency keys: replay, mismatch, concurrency, what is never remembered."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

import httpx
import pytest
import stripe

from billproof.sandbox.client import Sandbox
from tests.suite.sandbox.conftest import wait_until


def test_the_same_key_replays_the_first_answer(http: httpx.Client, sandbox: Sandbox) -> None:
    """One customer is made; the second answer says that it is a replay."""
    headers = {"Idempotency-Key": "once"}

    first = http.post("/v1/customers", data={"email": "a@b.test"}, headers=headers)
    again = http.post("/v1/customers", data={"email": "a@b.test"}, headers=headers)

    assert first.json() == again.json()
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["original-request"] == first.headers["request-id"]
    assert len(sandbox.customers()) == 1
    assert [call.replayed for call in sandbox.calls()] == [False, True]


def test_the_same_key_with_other_parameters_is_refused(sdk: stripe.StripeClient) -> None:
    """A mismatch is an idempotency error; another key is fine."""
    sdk.v1.customers.create({"email": "a@b.test"}, {"idempotency_key": "k"})

    with pytest.raises(stripe.IdempotencyError) as caught:
        sdk.v1.customers.create({"email": "c@d.test"}, {"idempotency_key": "k"})

    assert caught.value.http_status == 400
    assert sdk.v1.customers.create({"email": "c@d.test"}, {"idempotency_key": "l"}).id


def test_what_validation_refuses_is_not_remembered(sdk: stripe.StripeClient) -> None:
    """The key is free again after a 400 of the parameters' check."""
    with pytest.raises(stripe.InvalidRequestError):
        sdk.v1.customers.create({"email": "x"}, {"idempotency_key": "v"})

    assert sdk.v1.customers.create({"balance": 5}, {"idempotency_key": "v"}).balance == 5


def test_a_stored_500_is_replayed(sdk: stripe.StripeClient, sandbox: Sandbox) -> None:
    """An outage's answer is bound to its key, even after the outage."""
    fault = sandbox.fault(effect="status", status=500, times=1)
    with pytest.raises(stripe.APIError):
        sdk.v1.customers.create({}, {"idempotency_key": "broken"})
    assert sandbox.find_fault(fault.id).hits == 1

    with pytest.raises(stripe.APIError):
        sdk.v1.customers.create({}, {"idempotency_key": "broken"})

    assert sdk.v1.customers.create({}, {"idempotency_key": "whole"}).id
    assert len(sandbox.customers()) == 1


@pytest.mark.parametrize(("status", "code"), [(429, "rate_limit"), (409, "lock_timeout")])
def test_a_refusal_before_the_beginning_is_not_remembered(
    http: httpx.Client, sandbox: Sandbox, status: int, code: str
) -> None:
    """What is too many or locked may come again under its key, and then has its effect."""
    headers = {"Idempotency-Key": "again"}
    sandbox.fault(status=status, code=code, times=1)

    answers = [http.post("/v1/customers", headers=headers) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [status, 200, 200]
    assert answers[0].json()["error"]["code"] == code
    assert ["idempotent-replayed" in answer.headers for answer in answers] == [False, False, True]
    assert len(sandbox.customers()) == 1


def test_of_many_calls_at_once_one_is_served(
    server: str, http: httpx.Client, sandbox: Sandbox
) -> None:
    """While the first hangs, its key answers 409 and no other does; when it leaves, it is free."""
    fault = sandbox.fault(effect="hang", on="create", kind="customer", times=1)
    headers = {**dict(http.headers), "Idempotency-Key": "crowded"}
    first = HTTPConnection(server.removeprefix("http://"))
    first.request("POST", "/v1/customers", headers=headers)
    wait_until(lambda: sandbox.find_fault(fault.id).hits == 1)

    with ThreadPoolExecutor(8) as threads:
        calls = threads.map(lambda _: http.post("/v1/customers", headers=headers), range(8))
        errors = [answer.json()["error"] for answer in calls]
    free = http.post("/v1/customers", headers={"Idempotency-Key": "free"})

    assert {error["code"] for error in errors} == {"idempotency_key_in_use"}
    assert {error["type"] for error in errors} == {"idempotency_error"}
    assert free.status_code == 200
    assert [call.status for call in sandbox.calls()] == [None, *[409] * 8, 200]
    first.close()
    wait_until(lambda: http.post("/v1/customers", headers=headers).status_code == 200)
    assert len(sandbox.customers()) == 2


def test_keys_of_two_accounts_do_not_meet(server: str, sandbox: Sandbox, key: str) -> None:
    """A key belongs to its account."""
    headers = {"Idempotency-Key": "shared"}
    for secret in (key, key + "x"):
        answer = httpx.post(f"{server}/v1/customers", headers=headers, auth=(secret, ""))
        assert "idempotent-replayed" not in answer.headers

    assert len(sandbox.customers()) == 1
