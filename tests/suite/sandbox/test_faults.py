"""Failures on purpose: whom they hit, what they do, what they leave."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import stripe

from billproof.sandbox.client import Sandbox
from billproof.sandbox.tenants.calls import Call
from billproof.sandbox.tenants.fault_list import Faults
from billproof.sandbox.tenants.faults import Effect, Fault, On
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


def test_a_fault_may_be_one_customers(sdk: stripe.StripeClient, sandbox: Sandbox) -> None:
    """Calls about another one pass."""
    hit, free = sandbox.create_customer().id, sandbox.create_customer().id
    sandbox.fault(customer=hit, status=502)

    with pytest.raises(stripe.APIError):
        sdk.v1.billing_portal.sessions.create({"customer": hit})

    assert sdk.v1.billing_portal.sessions.create({"customer": free}).url


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
