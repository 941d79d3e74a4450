"""Faults that strike one user or one customer alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import stripe

from billproof.sandbox.client import Sandbox
from billproof.sandbox.tenants.calls import Call
from billproof.sandbox.tenants.fault_list import Faults
from billproof.sandbox.tenants.faults import Effect, Fault, On


@pytest.mark.parametrize(
    "form",
    [
        {"client_reference_id": "7"},
        {"metadata[telegram_user_id]": "7"},
        {"subscription_data[metadata][telegram_user_id]": "7"},
        {"customer": "OF_USER_7"},
    ],
)
def test_a_fault_can_be_one_users(
    http: httpx.Client, sandbox: Sandbox, form: dict[str, str]
) -> None:
    """The user is read from the call's parameters and from the objects that they name."""
    customer = sandbox.create_customer(metadata={"telegram_user_id": "7"}).id
    sent = {name: value.replace("OF_USER_7", customer) for name, value in form.items()}
    fault = sandbox.fault(effect="status", user=7)

    answer = http.post("/v1/checkout/sessions", data=sent)
    other = http.post("/v1/checkout/sessions", data={"client_reference_id": "8"})

    assert (answer.status_code, other.status_code) == (500, 400)
    assert sandbox.find_fault(fault.id).hits == 1
    assert sandbox.calls(user=7)[-1].status == 500
    assert [call.status for call in sandbox.calls(user=8)] == [400]


def test_a_fault_may_be_one_customers(sdk: stripe.StripeClient, sandbox: Sandbox) -> None:
    """Calls about another one pass."""
    hit, free = sandbox.create_customer().id, sandbox.create_customer().id
    sandbox.fault(customer=hit, status=502)

    with pytest.raises(stripe.APIError):
        sdk.v1.billing_portal.sessions.create({"customer": hit})

    assert sdk.v1.billing_portal.sessions.create({"customer": free}).url


@pytest.mark.parametrize(
    ("method", "path", "form"),
    [
        ("GET", "/v1/customers/CUSTOMER", {}),
        ("GET", "/v1/subscriptions", {"customer": "CUSTOMER"}),
        ("GET", "/v1/subscriptions/SUBSCRIPTION", {}),
        ("GET", "/v1/invoices", {"subscription": "SUBSCRIPTION"}),
        ("POST", "/v1/billing_portal/sessions", {"customer": "CUSTOMER"}),
    ],
)
def test_a_fault_can_be_one_customers(
    http: httpx.Client, sandbox: Sandbox, method: str, path: str, form: dict[str, str]
) -> None:
    """The customer is named by the call or by an object in it; another one is served."""

    def call(customer: str, subscription: str) -> int:
        names = {"CUSTOMER": customer, "SUBSCRIPTION": subscription}
        sent = {name: names[value] for name, value in form.items()}
        place = path
        for name, value in names.items():
            place = place.replace(name, value)
        how = {"params": sent} if method == "GET" else {"data": sent}
        return http.request(method, place, **how).status_code  # type: ignore[arg-type]

    struck, spared = (
        sandbox.subscribe(sandbox.create_customer().id, "price_pro") for _ in range(2)
    )
    sandbox.fault(customer=struck.customer, status=503)

    assert call(struck.customer, struck.id) == 503
    assert call(spared.customer, spared.id) == 200


def test_hundreds_of_customers_do_not_share_their_faults(
    http: httpx.Client, sandbox: Sandbox
) -> None:
    """Under one key, from several threads, every second customer has an outage of his own."""

    def live(number: int) -> tuple[int, int, int]:
        customer = sandbox.create_customer().id
        place = f"/v1/customers/{customer}"
        fault = None
        if number % 2:
            fault = sandbox.fault(customer=customer, status=500 + number % 50)
        struck = http.get(place).status_code
        hits = sandbox.clear_fault(fault.id).hits if fault else 0
        return struck, hits, http.get(place).status_code

    with ThreadPoolExecutor(4) as threads:
        lives = list(threads.map(live, range(300)))

    expected = [(500 + n % 50, 1, 200) if n % 2 else (200, 0, 200) for n in range(300)]
    assert lives == expected


def test_the_oldest_fault_strikes_first(http: httpx.Client, sandbox: Sandbox) -> None:
    """Whosever it is; when it is used up, the next one does."""
    customer = sandbox.create_customer().id
    sandbox.fault(customer=customer, status=501, times=1)
    sandbox.fault(status=502, times=1)
    sandbox.fault(customer=customer, status=503, times=1)

    statuses = [http.get(f"/v1/customers/{customer}").status_code for _ in range(4)]

    assert statuses == [501, 502, 503, 200]


def test_the_faults_of_one_customer_are_ended_alone(http: httpx.Client, sandbox: Sandbox) -> None:
    """Also those that are used up; another's and everybody's stay."""
    mine, yours = (sandbox.create_customer().id for _ in range(2))
    sandbox.fault(customer=mine, status=501, times=1)
    sandbox.fault(customer=mine, status=502)
    kept = [sandbox.fault(customer=yours, status=503).id, sandbox.fault(kind="dispute").id]
    assert http.get(f"/v1/customers/{mine}").status_code == 501
    assert [fault.status for fault in sandbox.faults(customer=mine)] == [501, 502]

    sandbox.clear_faults(customer=mine)

    assert [fault.id for fault in sandbox.faults()] == kept
    assert http.get(f"/v1/customers/{mine}").status_code == 200
    assert http.get(f"/v1/customers/{yours}").status_code == 503


@pytest.mark.parametrize("query", ["customer=", "customer=cus_nobody", "user=7"])
def test_faults_are_not_ended_by_mistake(http: httpx.Client, sandbox: Sandbox, query: str) -> None:
    """An empty variable, a misspelt id, a query that this call does not know end nothing."""
    fault = sandbox.fault(customer=sandbox.create_customer().id)

    answer = http.delete(f"/_sandbox/faults?{query}")

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, query.partition("=")[0])
    assert [each.id for each in sandbox.faults()] == [fault.id]
    assert http.delete("/_sandbox/faults").json()["data"][0]["id"] == fault.id
    assert sandbox.faults() == []


def test_a_call_looks_at_no_faults_of_others() -> None:
    """Of ten thousand, the customer's own and everybody's; what is used up is looked at no more."""
    faults = Faults()
    for number in range(5000):
        faults.add(a_fault(f"fault_c{number}", customer=f"cus_{number}"))
        faults.add(a_fault(f"fault_u{number}", user=f"user-{number}"))
    for number in range(3):
        faults.add(a_fault(f"fault_all{number}", times=1))
    call = a_call(customers=frozenset({"cus_7"}), users=frozenset({"user-9"}))
    own, everybodys = ["fault_c7", "fault_u9"], [f"fault_all{number}" for number in range(3)]
    assert [fault.id for fault in faults.may_hit(call)] == own + everybodys
    assert [fault.id for fault in faults.may_hit(a_call())] == everybodys

    struck = [faults.strike(a_call(), "customer", creates=True) for _ in range(4)]

    assert [fault.id if fault else None for fault in struck] == [*everybodys, None]
    assert [fault.id for fault in faults.may_hit(call)] == own
    assert faults.may_hit(a_call()) == []


def a_fault(identifier: str, **more: Any) -> Fault:
    """A fault of everybody's that strikes every call for ever, but for what is said."""
    usual = {"kind": None, "user": None, "customer": None, "code": None, "times": None}
    always = {"on": On.ALL, "effect": Effect.STATUS, "status": 503, "should_retry": None}
    return Fault(**{"id": identifier, **usual, **always, **more})


def a_call(**more: Any) -> Call:
    """The creation of a customer."""
    usual = {"id": "req_1", "at": 1.5, "method": "POST", "path": "/v1/customers"}
    return Call(**{**usual, "idempotency_key": None, **more})
