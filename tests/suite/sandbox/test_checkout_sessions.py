"""Checkout sessions: what makes one, what it refuses."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
import stripe

from billproof.sandbox.client import Sandbox, SandboxRefused
from billproof.sandbox.models import CheckoutSession

Open = Callable[..., CheckoutSession]


def test_a_session_echoes_what_made_it(sandbox: Sandbox, open_session: Open) -> None:
    """Ids, notes and addresses come back; the placeholder stays until payment."""
    customer = sandbox.create_customer().id

    session = open_session(
        customer=customer,
        client_reference_id="7",
        metadata={"telegram_user_id": "7"},
        cancel_url="https://shop.test/back",
    )

    assert session.id.startswith("cs_test_")
    assert session.status == "open"
    place, _, key = str(session.url).partition("#")
    assert place == f"{sandbox.url}/c/pay/{session.id}"
    assert len(key) > 255
    assert (session.customer, session.client_reference_id) == (customer, "7")
    assert session.success_url.endswith("session={CHECKOUT_SESSION_ID}")
    assert session.cancel_url == "https://shop.test/back"
    assert session.expires_at - time.time() == pytest.approx(86_400, abs=5)
    assert sandbox.sessions(user=7) == [session]


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"mode": "payment"}, "mode"),
        ({"mode": "gift"}, "mode"),
        ({"line_items": []}, "line_items"),
        ({"line_items": [{"price": "price_nobody", "quantity": 1}]}, "line_items[0][price]"),
        ({"line_items": [{"quantity": 1}]}, "line_items[0][price]"),
        ({"customer": "cus_nobody"}, "customer"),
        ({"customer_email": "nobody"}, "customer_email"),
        ({"customer_creation": "always"}, "customer_creation"),
        ({"success_url": "nowhere"}, "success_url"),
        ({"cancel_url": "javascript:alert(1)"}, "cancel_url"),
        ({"client_reference_id": "x" * 201}, "client_reference_id"),
        ({"subscription_data": {"trial_period_days": 0}}, "subscription_data[trial_period_days]"),
        ({"subscription_data": {"trial_end": 1}}, "subscription_data[trial_end]"),
        ({"expires_at": int(time.time()) + 600}, "expires_at"),
        ({"expires_at": int(time.time()) + 90_000}, "expires_at"),
    ],
)
def test_a_session_that_cannot_be_is_refused(
    sandbox: Sandbox, open_session: Open, params: dict[str, object], param: str
) -> None:
    """The refusal names the parameter, and nothing is left behind."""
    with pytest.raises(SandboxRefused) as caught:
        open_session(**params)

    assert (caught.value.status, caught.value.param) == (400, param)
    assert sandbox.sessions() == []


@pytest.mark.parametrize("seconds", [1_805, 86_395])
def test_expiry_lies_between_half_an_hour_and_a_day(open_session: Open, seconds: int) -> None:
    """Both bounds are accepted."""
    instant = int(time.time()) + seconds

    assert open_session(expires_at=instant).expires_at == instant


def test_parameters_of_older_api_versions_are_taken(sandbox: Sandbox, open_session: Open) -> None:
    """Backends in other languages pin other versions than the installed SDK's."""
    session = open_session(payment_method_types=["card"], ui_mode="hosted")

    shown = sandbox.stripe("GET", f"/v1/checkout/sessions/{session.id}")
    assert (shown["payment_method_types"], shown["ui_mode"]) == (["card"], "hosted")
    with pytest.raises(SandboxRefused):
        open_session(ui_mode="invisible")


def test_sessions_are_listed_by_customer_and_status(
    sdk: stripe.StripeClient, sandbox: Sandbox, open_session: Open
) -> None:
    """Filters join."""
    customer = sandbox.create_customer().id
    mine, closed = open_session(customer=customer), open_session(customer=customer)
    open_session()
    sandbox.expire_session(closed.id)

    found = sdk.v1.checkout.sessions.list({"customer": customer, "status": "open"})

    assert [each.id for each in found.data] == [mine.id]
    assert len(sdk.v1.checkout.sessions.list({"customer": customer}).data) == 2


def test_line_items_are_there_when_asked_for(sdk: stripe.StripeClient, open_session: Open) -> None:
    """By expansion and by their own call."""
    session = open_session()

    plain = sdk.v1.checkout.sessions.retrieve(session.id)
    full = sdk.v1.checkout.sessions.retrieve(session.id, {"expand": ["line_items"]})
    listed = sdk.v1.checkout.sessions.line_items.list(session.id)

    assert "line_items" not in plain.to_dict()
    assert full.line_items is not None
    assert full.line_items.data[0].price is not None
    assert full.line_items.data[0].price.id == "price_pro"
    assert listed.data[0].amount_total == 1900


def test_two_ways_to_name_a_buyer_are_one_too_many(sandbox: Sandbox, open_session: Open) -> None:
    """Customer and address exclude each other."""
    customer = sandbox.create_customer().id

    with pytest.raises(SandboxRefused, match="only specify one of these"):
        open_session(customer=customer, customer_email="a@b.test")
