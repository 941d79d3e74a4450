"""What the official SDK does by itself works: pages, error classes, retries, signatures."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import stripe

from billproof.sandbox.client import Sandbox
from tests.suite.sandbox.conftest import Receiver

SECRET = "whsec_fidelity"


@pytest.fixture
def customers(sdk: stripe.StripeClient) -> list[str]:
    """Seven customers' ids, newest first."""
    return [sdk.v1.customers.create({"name": f"{number}"}).id for number in range(7)][::-1]


def test_auto_pagination_goes_both_ways(sdk: stripe.StripeClient, customers: list[str]) -> None:
    """Down from the newest, and up from a cursor, each object once."""
    down = sdk.v1.customers.list({"limit": 2}).auto_paging_iter()
    up = sdk.v1.customers.list({"limit": 2, "ending_before": customers[-1]}).auto_paging_iter()

    assert [each.id for each in down] == customers
    assert [each.id for each in up] == customers[-2::-1]


def test_search_results_page_by_themselves(sdk: stripe.StripeClient) -> None:
    """Three pages of what is found, and nothing else."""
    noted = [sdk.v1.customers.create({"metadata": {"find": "me"}}).id for _ in range(5)]
    sdk.v1.customers.create({})

    query = {"query": "metadata['find']:'me'", "limit": 2}
    found = sdk.v1.customers.search(query).auto_paging_iter()  # type: ignore[arg-type]  # a dict by hand

    assert sorted(each.id for each in found) == sorted(noted)


def unknown_parameter(sdk: stripe.StripeClient) -> None:
    """A call with a parameter that does not exist."""
    sdk.v1.customers.create({"colour": "red"})  # type: ignore[arg-type]  # the point


def unknown_id(sdk: stripe.StripeClient) -> None:
    """A call about nothing."""
    sdk.v1.customers.retrieve("cus_nobody")


def bad_card(sdk: stripe.StripeClient) -> None:
    """A card that is declined."""
    customer = sdk.v1.customers.create({})
    sdk.v1.payment_methods.attach("pm_card_chargeDeclined", {"customer": customer.id})


def reused_key(sdk: stripe.StripeClient) -> None:
    """An idempotency key for something else."""
    sdk.v1.customers.create({"name": "A"}, {"idempotency_key": "k"})
    sdk.v1.customers.create({"name": "B"}, {"idempotency_key": "k"})


def no_key(sdk: stripe.StripeClient) -> None:
    """A key that is none."""
    sdk.v1.customers.list({}, {"api_key": "nonsense"})


@pytest.mark.parametrize(
    ("call", "kind", "status", "code"),
    [
        (unknown_parameter, stripe.InvalidRequestError, 400, "parameter_unknown"),
        (unknown_id, stripe.InvalidRequestError, 404, "resource_missing"),
        (bad_card, stripe.CardError, 402, "card_declined"),
        (reused_key, stripe.IdempotencyError, 400, None),
        (no_key, stripe.AuthenticationError, 401, None),
    ],
)
def test_a_refusal_is_of_its_class(
    sdk: stripe.StripeClient,
    call: Callable[[stripe.StripeClient], None],
    kind: type[stripe.StripeError],
    status: int,
    code: str | None,
) -> None:
    """With status, code, message and request id where the SDK looks for them."""
    with pytest.raises(stripe.StripeError) as caught:
        call(sdk)

    assert type(caught.value) is kind
    assert (caught.value.http_status, caught.value.code) == (status, code)
    assert caught.value.user_message
    assert caught.value.request_id


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, stripe.InvalidRequestError),
        (401, stripe.AuthenticationError),
        (403, stripe.PermissionError),
        (404, stripe.InvalidRequestError),
        (429, stripe.RateLimitError),
        (500, stripe.APIError),
        (503, stripe.APIError),
    ],
)
def test_a_fault_is_of_its_class(
    sdk: stripe.StripeClient, sandbox: Sandbox, status: int, kind: type[stripe.StripeError]
) -> None:
    """Whatever status a test asks for is an error the SDK knows."""
    sandbox.fault(status=status, times=1)

    with pytest.raises(stripe.StripeError) as caught:
        sdk.v1.customers.list()

    assert type(caught.value) is kind
    assert sdk.v1.customers.list().data == []


def test_a_dead_connection_is_of_its_class(sdk: stripe.StripeClient, sandbox: Sandbox) -> None:
    """A reset is no answer."""
    sandbox.fault(effect="reset", times=1)

    with pytest.raises(stripe.APIConnectionError):
        sdk.v1.customers.list()

    assert sdk.v1.customers.list().data == []


@pytest.mark.parametrize("effect", ["lost", "reset"])
def test_the_sdks_own_retry_has_one_effect(server: str, sandbox: Sandbox, effect: str) -> None:
    """It repeats under the same idempotency key, and gets the answer that was lost."""
    patient = stripe.StripeClient(
        sandbox.secret_key, base_addresses={"api": server}, max_network_retries=2
    )
    fault = sandbox.fault("writes", effect=effect, times=1)  # type: ignore[arg-type]  # parametrized

    made = patient.v1.customers.create({"name": "Once"})

    assert sandbox.find_fault(fault.id).hits == 1
    assert [each.id for each in sandbox.customers()] == [made.id]
    first, second = sandbox.calls()
    assert first.idempotency_key == second.idempotency_key


def test_a_conflict_is_retried_and_a_stored_500_is_not_undone(
    server: str, sandbox: Sandbox
) -> None:
    """409 was never begun, so that the repeat succeeds; a 500 is replayed under its key."""
    patient = stripe.StripeClient(
        sandbox.secret_key, base_addresses={"api": server}, max_network_retries=1
    )
    sandbox.fault("writes", status=409, code="lock_timeout", times=1)
    assert patient.v1.customers.create({}).id

    sandbox.fault("writes", status=500, times=1)

    with pytest.raises(stripe.APIError):
        patient.v1.customers.create({})
    assert [call.replayed for call in sandbox.calls()][-2:] == [False, True]


def test_every_delivered_event_is_constructed(
    sdk: stripe.StripeClient, sandbox: Sandbox, receiver: Receiver
) -> None:
    """Each delivery verifies and is an event; no other secret fits."""
    sandbox.set_webhook(receiver.url, SECRET)
    customer = sandbox.create_customer().id
    made = sandbox.subscribe(customer, "price_pro")
    sdk.v1.subscriptions.update(made.id, {"cancel_at_period_end": True})
    sdk.v1.subscriptions.cancel(made.id)
    told = sandbox.events()

    got = [receiver.next() for _ in told]

    events = [stripe.Webhook.construct_event(one.body, one.signature, SECRET) for one in got]
    assert {each.id for each in events} == {each.id for each in told}
    assert {each.type for each in events} == {each.type for each in told}
    for one in got:
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(one.body, one.signature, "whsec_other")
