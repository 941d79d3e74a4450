"""Failures on purpose: whom they hit, what they do, what they leave."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import stripe

from billproof.sandbox.client import Sandbox
from billproof.trials import becomes


def test_a_status_fault_answers_and_has_no_effect(
    sdk: stripe.StripeClient, sandbox: Sandbox
) -> None:
    """It ends when it is removed."""
    fault = sandbox.fault(effect="status", status=503)
    with pytest.raises(stripe.APIError) as caught:
        sdk.v1.customers.create({})
    assert caught.value.http_status == 503
    assert sandbox.customers() == []

    sandbox.clear_fault(fault.id)

    assert sdk.v1.customers.create({}).id


def test_a_reset_drops_the_connection_before_the_effect(
    http: httpx.Client, sandbox: Sandbox
) -> None:
    """The client sees a dead connection, the account nothing."""
    sandbox.fault(effect="reset", on="writes", times=1)

    with pytest.raises(httpx.TransportError):
        http.post("/v1/customers")

    assert sandbox.customers() == []
    assert sandbox.calls()[-1].status is None


def test_a_lost_answer_has_had_its_effect(http: httpx.Client, sandbox: Sandbox) -> None:
    """The repeat under the same key replays what was lost."""
    sandbox.fault(effect="lost", on="create", kind="customer", times=1)
    headers = {"Idempotency-Key": "lost"}
    with pytest.raises(httpx.TransportError):
        http.post("/v1/customers", headers=headers)
    assert len(sandbox.customers()) == 1

    again = http.post("/v1/customers", headers=headers)

    assert again.headers["idempotent-replayed"] == "true"
    assert again.json()["id"] == sandbox.customers()[0].id


def test_a_late_answer_says_what_was_so(http: httpx.Client, sandbox: Sandbox) -> None:
    """What changes while it is under way is not in it; others are answered meanwhile."""
    customer = sandbox.create_customer(name="Ada").id
    fault = sandbox.fault(effect="late", seconds=0.7, times=1)
    began = time.monotonic()

    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(http.get, f"/v1/customers/{customer}")
        becomes(lambda: sandbox.find_fault(fault.id).hits, bool, within=5)
        now = http.post(f"/v1/customers/{customer}", data={"name": "Grace"})
        assert not late.done()
        before = late.result()

    assert time.monotonic() - began >= 0.7
    assert (before.json()["name"], now.json()["name"]) == ("Ada", "Grace")
    assert http.get(f"/v1/customers/{customer}").json()["name"] == "Grace"


def test_what_is_replayed_is_not_struck(http: httpx.Client, sandbox: Sandbox) -> None:
    """Stripe looks for a stored answer first: the fault waits for a call that does something."""
    headers = {"Idempotency-Key": "stored"}
    stored = http.post("/v1/customers", headers=headers)
    fault = sandbox.fault(status=503, times=1)

    again = http.post("/v1/customers", headers=headers)
    other = http.post("/v1/customers")

    assert (again.status_code, again.json()) == (200, stored.json())
    assert (other.status_code, sandbox.find_fault(fault.id).hits) == (503, 1)


def test_the_log_says_why_a_call_was_refused(http: httpx.Client, sandbox: Sandbox) -> None:
    """In the words of its answer; of others it says nothing."""
    refused = http.post("/v1/customers", data={"emial": "ada@shop.test"})
    http.post("/v1/customers")

    wrong, good = sandbox.calls()

    assert refused.status_code == 400
    assert (wrong.error, good.error) == (refused.json()["error"], None)


def test_a_hang_holds_the_call_without_effect(http: httpx.Client, sandbox: Sandbox) -> None:
    """The client's own patience ends it; others are served meanwhile."""
    fault = sandbox.fault(effect="hang", on="create", kind="customer")

    with pytest.raises(httpx.ReadTimeout):
        http.post("/v1/customers", timeout=0.3)

    assert http.get("/v1/customers").json()["data"] == []
    assert sandbox.clear_fault(fault.id).hits == 1


def test_a_fault_hits_only_its_kind_of_call(http: httpx.Client, sandbox: Sandbox) -> None:
    """Writes are not reads, creating is not changing, a session is not a customer."""
    customer = sandbox.create_customer().id
    fault = sandbox.fault(effect="status", on="create", kind="checkout.session")
    assert http.post("/v1/customers").status_code == 200
    assert sandbox.clear_fault(fault.id).hits == 0

    fault = sandbox.fault(effect="status", on="create", kind="customer")
    assert http.post(f"/v1/customers/{customer}", data={"name": "x"}).status_code == 200
    assert http.post("/v1/customers").status_code == 500
    sandbox.clear_fault(fault.id)

    sandbox.fault(effect="status", on="writes")
    assert http.get("/v1/customers").status_code == 200
    assert http.post("/v1/customers").status_code == 500


def test_a_fault_that_makes_no_sense_is_refused(http: httpx.Client) -> None:
    """Its words are a closed list."""
    assert http.post("/_sandbox/faults", json={"effect": "reset"}).status_code == 200

    assert http.post("/_sandbox/faults", json={"effect": "explode"}).status_code == 400
    assert http.post("/_sandbox/faults", json={"on": "some"}).status_code == 400
    assert http.post("/_sandbox/faults", json={"status": 200}).status_code == 400
    assert http.post("/_sandbox/faults", content=b"[").status_code == 400


def test_the_suites_own_calls_are_not_struck_and_not_logged(
    http: httpx.Client, sandbox: Sandbox
) -> None:
    """What a trial asks for does not count as the backend's."""
    fault = sandbox.fault()

    assert sandbox.create_customer().id
    assert http.post("/v1/customers").status_code == 500

    assert sandbox.find_fault(fault.id).hits == 1
    assert [call.status for call in sandbox.calls()] == [500]


def test_a_fault_lets_some_calls_pass_first(sdk: stripe.StripeClient, sandbox: Sandbox) -> None:
    """The third creation fails, and no other."""
    sandbox.fault("create", kind="customer", after=2, times=1)

    failed = []
    for number in range(5):
        try:
            sdk.v1.customers.create({})
        except stripe.APIError:
            failed.append(number)

    assert failed == [2]


def test_faults_are_shown_and_ended_together(sdk: stripe.StripeClient, sandbox: Sandbox) -> None:
    """Afterwards everything works."""
    sandbox.fault(status=500)
    sandbox.fault(kind="customer", status=503)
    assert len(sandbox.faults()) == 2

    sandbox.clear_faults()

    assert sandbox.faults() == []
    assert sdk.v1.customers.create({}).id


def test_search_lags_when_asked_to(sdk: stripe.StripeClient, sandbox: Sandbox) -> None:
    """What is new is listed, and not found; without the lag it is."""
    made = sandbox.create_customer(email="new@shop.test")
    query: stripe.params.CustomerSearchParams = {"query": "email:'new@shop.test'"}
    sandbox.lag_search(600)
    assert sdk.v1.customers.search(query).data == []
    assert [each.id for each in sdk.v1.customers.list().data] == [made.id]

    sandbox.lag_search(0)

    assert [each.id for each in sdk.v1.customers.search(query).data] == [made.id]
