"""One customer, one currency: what sets it, and what it keeps out."""

from __future__ import annotations

from typing import Any

import pytest

from billproof.sandbox.objects.errors import StripeError
from tests.suite.sandbox.local import Local

REFUSED = "You cannot combine currencies on a single customer.* with currency eur"


@pytest.fixture
def local() -> Local:
    """An account on a clock of its own."""
    return Local()


def _item(local: Local, customer: str, currency: str, **extra: Any) -> dict[str, Any]:
    made = local.post("invoiceitems", customer=customer, amount=300, currency=currency, **extra)
    return dict(made)


def test_an_invoice_item_gives_its_currency_to_the_customer(local: Local) -> None:
    """Later items and invoices need not name one; the change is told."""
    customer = local.customer()
    assert local.get(f"customers/{customer}")["currency"] is None

    _item(local, customer, "gbp")

    assert local.get(f"customers/{customer}")["currency"] == "gbp"
    told = local.get("events", type="customer.updated")["data"][0]["data"]
    assert told["previous_attributes"] == {"currency": None}
    assert local.post("invoiceitems", customer=customer, amount=200)["currency"] == "gbp"
    assert local.post("invoices", customer=customer)["currency"] == "gbp"


@pytest.mark.parametrize("held", ["subscription", "draft", "item"])
def test_another_currency_is_refused_while_the_first_is_in_use(local: Local, held: str) -> None:
    """For subscriptions and invoice items; those in the same one are welcome."""
    customer = local.customer()
    if held == "subscription":
        local.subscribe(customer)
    elif held == "draft":
        local.post("invoices", customer=customer, currency="eur")
    else:
        _item(local, customer, "eur")
    told = local.told()

    with pytest.raises(StripeError, match=REFUSED):
        local.subscribe(customer, price="price_yen")
    with pytest.raises(StripeError, match=REFUSED):
        _item(local, customer, "jpy")

    assert local.types(told) == []
    assert _item(local, customer, "eur")["currency"] == "eur"
    assert local.subscribe(customer)["currency"] == "eur"


def test_a_checkout_and_a_preview_refuse_it_too(local: Local) -> None:
    """Of a customer who has a subscription in another currency."""
    customer = local.customer()
    local.subscribe(customer)
    session = {"customer": customer, "mode": "subscription", "success_url": "https://shop.test/"}
    details = {"items": [{"price": "price_yen"}]}

    with pytest.raises(StripeError, match=REFUSED):
        local.post(
            "checkout/sessions", **session, line_items=[{"price": "price_yen", "quantity": 1}]
        )
    with pytest.raises(StripeError, match=REFUSED):
        local.post("invoices/create_preview", customer=customer, subscription_details=details)

    good = local.post(
        "checkout/sessions", **session, line_items=[{"price": "price_max", "quantity": 1}]
    )
    assert good["currency"] == "eur"


def test_the_currency_can_change_once_nothing_is_left_in_it(local: Local) -> None:
    """The first subscription is over and paid."""
    customer = local.customer()
    made = local.subscribe(customer)

    local.call("DELETE", f"subscriptions/{made['id']}")

    assert local.subscribe(customer, price="price_yen")["currency"] == "jpy"
