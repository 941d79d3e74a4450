"""Idempotency keys: replay, mismatch, concurrency, what is never remembered."""

from __future__ import annotations

import threading

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


def test_a_key_in_use_is_a_conflict(http: httpx.Client, sandbox: Sandbox) -> None:
    """While a call hangs, its key answers 409; when its client leaves, it is free."""
    headers = {"Idempotency-Key": "busy"}
    fault = sandbox.fault(effect="hang", on="create", kind="customer", times=1)

    def hang() -> None:
        with pytest.raises(httpx.ReadTimeout):
            http.post("/v1/customers", headers=headers, timeout=1.5)

    thread = threading.Thread(target=hang)
    thread.start()
    wait_until(lambda: sandbox.find_fault(fault.id).hits == 1)
    answer = http.post("/v1/customers", headers=headers)
    thread.join()

    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "idempotency_key_in_use"
    wait_until(lambda: http.post("/v1/customers", headers=headers).status_code == 200)


def test_keys_of_two_accounts_do_not_meet(server: str, sandbox: Sandbox, key: str) -> None:
    """A key belongs to its account."""
    headers = {"Idempotency-Key": "shared"}
    for secret in (key, key + "x"):
        answer = httpx.post(f"{server}/v1/customers", headers=headers, auth=(secret, ""))
        assert "idempotent-replayed" not in answer.headers

    assert len(sandbox.customers()) == 1
