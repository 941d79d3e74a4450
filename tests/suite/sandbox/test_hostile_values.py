"""Numbers and instants beyond all reason: refused by name, and nothing is left half done."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from billproof.sandbox.client import Sandbox, SandboxRefused

LARGEST = 99_999_999
LATEST = 1 << 32
DAY = 86_400
NEVER = 10**17


@pytest.fixture
def sandbox(watched: str) -> Iterator[Sandbox]:
    """An account on the watched sandbox."""
    with Sandbox(watched, f"sk_test_{uuid.uuid4().hex}") as client:
        client.set_webhook("http://127.0.0.1:9/", "whsec_values", mode="manual")
        yield client


@pytest.fixture
def price(sandbox: Sandbox) -> str:
    """A daily price of the largest amount that Stripe knows."""
    data = {"name": "Gold"}
    recurring = {"interval": "day"}
    return sandbox.create_price(
        unit_amount=LARGEST, currency="eur", product_data=data, recurring=recurring
    ).id


@pytest.mark.parametrize(
    ("path", "good", "bad", "code"),
    [
        ("prices", {"unit_amount": LARGEST}, {"unit_amount": LARGEST + 1}, None),
        ("prices", {"unit_amount": 0}, {"unit_amount": -1}, None),
        ("prices", {"unit_amount": 1}, {"unit_amount": "1e5"}, "parameter_invalid_integer"),
        ("prices", {"unit_amount": 1}, {"unit_amount": 10**30}, "parameter_invalid_integer"),
        ("prices", {"unit_amount_decimal": "0.5"}, {"unit_amount_decimal": "nan"}, None),
        ("prices", {"unit_amount_decimal": "1.5"}, {"unit_amount_decimal": "1e400"}, None),
        ("payment_intents", {"amount": LARGEST}, {"amount": LARGEST + 1}, "amount_too_large"),
        ("payment_intents", {"amount": 1}, {"amount": -1}, "parameter_invalid_integer"),
        ("invoiceitems", {"amount": LARGEST}, {"amount": LARGEST + 1}, "amount_too_large"),
        ("invoiceitems", {"amount": -LARGEST}, {"amount": -LARGEST - 1}, "amount_too_large"),
    ],
)
def test_an_amount_has_eight_digits(
    sandbox: Sandbox, path: str, good: dict[str, Any], bad: dict[str, Any], code: str | None
) -> None:
    """The largest is taken, one more is not, and what is no number at all is not."""
    usual: dict[str, Any] = {"currency": "eur"}
    if path == "prices":
        usual["product_data"] = {"name": "Gold"}
    if path == "invoiceitems":
        usual["customer"] = sandbox.create_customer().id
    assert sandbox.stripe("POST", f"/v1/{path}", {**usual, **good})["id"]

    with pytest.raises(SandboxRefused) as caught:
        sandbox.stripe("POST", f"/v1/{path}", {**usual, **bad})

    assert (caught.value.status, caught.value.error_code) == (400, code)
    assert caught.value.param in bad


@pytest.mark.parametrize("many", [2, 10**9, NEVER])
def test_a_quantity_makes_no_larger_amount(sandbox: Sandbox, price: str, many: int) -> None:
    """Neither of a subscription, nor of a session, nor later; the subscription stays as it was."""
    customer = sandbox.create_customer().id
    made = sandbox.subscribe(customer, price)
    lines = [{"price": price, "quantity": many}]
    item = {"id": made.items.data[0].id, "price": price, "quantity": many}
    before = sandbox.subscription(made.id)
    gold = {"unit_amount": LARGEST, "currency": "eur", "product_data": {"name": "A bar"}}
    once = sandbox.create_price(**gold).id

    refused = []
    for path, params in (
        ("subscriptions", {"customer": customer, "items": lines}),
        ("checkout/sessions", {"success_url": "https://shop.test", "line_items": lines}),
        (f"subscriptions/{made.id}", {"items": [item]}),
        ("invoiceitems", {"customer": customer, "pricing": {"price": once}, "quantity": many}),
    ):
        mode = {"mode": "subscription"} if path == "checkout/sessions" else {}
        with pytest.raises(SandboxRefused) as caught:
            sandbox.stripe("POST", f"/v1/{path}", {**mode, **params})
        refused.append((caught.value.status, caught.value.error_code))

    assert refused == [(400, "amount_too_large")] * 4
    assert sandbox.subscription(made.id) == before


@pytest.mark.parametrize("instant", [LATEST + 1, 253_402_300_800, NEVER])
@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("test_helpers/test_clocks", "frozen_time"),
        ("test_helpers/test_clocks/CLOCK/advance", "frozen_time"),
        ("subscriptions", "trial_end"),
        ("subscriptions", "cancel_at"),
        ("subscriptions", "billing_cycle_anchor"),
        ("subscriptions", "backdate_start_date"),
        ("subscriptions/SUBSCRIPTION", "cancel_at"),
        ("subscriptions/SUBSCRIPTION", "proration_date"),
        ("invoices", "due_date"),
        ("invoices/create_preview", "subscription_details[trial_end]"),
        ("invoiceitems", "period[end]"),
    ],
)
def test_an_instant_is_within_our_lives(
    sandbox: Sandbox, price: str, path: str, name: str, instant: int
) -> None:
    """What lies after 2106 is refused with 400, and its parameter."""
    customer = sandbox.create_customer().id
    made = sandbox.subscribe(customer, price)
    clock = sandbox.stripe("POST", "/v1/test_helpers/test_clocks", {"frozen_time": LATEST})["id"]
    usual: dict[str, dict[str, Any]] = {
        "subscriptions": {"customer": customer, "items": [{"price": price}]},
        "invoices": {"customer": customer},
        "invoices/create_preview": {"customer": customer},
        "invoiceitems": {"customer": customer, "amount": 5, "period": {"start": 1}},
    }
    place = path.replace("CLOCK", clock).replace("SUBSCRIPTION", made.id)

    with pytest.raises(SandboxRefused, match="Invalid timestamp") as caught:
        sandbox.stripe("POST", f"/v1/{place}", {**usual.get(path, {}), name: instant})

    assert (caught.value.status, caught.value.param) == (400, name)


@pytest.mark.parametrize("member", ["current_period_end", "cancel_at", "trial_end"])
def test_the_truth_is_within_our_lives(sandbox: Sandbox, price: str, member: str) -> None:
    """The lever takes the latest instant, and none after it."""
    made = sandbox.subscribe(sandbox.create_customer().id, price)
    assert sandbox.amend(made.id, **{member: LATEST}).id == made.id

    with pytest.raises(SandboxRefused) as caught:
        sandbox.amend(made.id, **{member: LATEST + 1})

    assert (caught.value.status, caught.value.param) == (400, member)


@pytest.mark.parametrize("days", [-1, 366, NEVER])
def test_an_invoice_falls_due_within_a_year(sandbox: Sandbox, days: int) -> None:
    """As a subscription's does."""
    sent = {"customer": sandbox.create_customer().id, "collection_method": "send_invoice"}
    for good in (0, 365):
        assert sandbox.stripe("POST", "/v1/invoices", {**sent, "days_until_due": good})["id"]

    with pytest.raises(SandboxRefused) as caught:
        sandbox.stripe("POST", "/v1/invoices", {**sent, "days_until_due": days})

    assert (caught.value.status, caught.value.param) == (400, "days_until_due")


def test_ten_years_of_days_hold_up_nobody(sandbox: Sandbox, price: str) -> None:
    """Thousands of renewals are lived through while others are answered in between."""
    customer = sandbox.create_customer().id
    subscription = sandbox.subscribe(customer, price)
    ahead = threading.Thread(target=sandbox.run_ahead, args=[customer, 10 * 365 * DAY])
    answered = 0

    with Sandbox(sandbox.url, "sk_test_patient") as other:
        other.health()
        ahead.start()
        while ahead.is_alive():
            other.customers()
            answered += 1
        ahead.join()

    assert answered > 20
    lived = sandbox.subscription(subscription.id).items.data[0].current_period_end
    assert lived - subscription.current_period_end == 10 * 365 * DAY
