"""What an update does whose payment does not go through at once: `payment_behavior`."""

from __future__ import annotations

from typing import Any

import pytest

from billproof.sandbox.objects.errors import StripeError
from tests.suite.sandbox.local import DAY, Local

FAILS = "pm_card_chargeCustomerFail"


@pytest.fixture
def local() -> Local:
    """An account on a clock of its own."""
    return Local()


def failing(local: Local) -> dict[str, Any]:
    """An active subscription, half a month old, whose next payment fails."""
    customer = local.customer()
    made = local.subscribe(customer)
    card = local.post(f"payment_methods/{FAILS}/attach", customer=customer)["id"]
    local.post(f"subscriptions/{made['id']}", default_payment_method=card)
    local.wait(15 * DAY)
    return made


def dearer(local: Local, made: dict[str, Any], behavior: str, **params: Any) -> dict[str, Any]:
    """The same subscription with a dearer price, as far as the update went."""
    item = {"id": made["items"]["data"][0]["id"], "price": "price_max"}
    said = {"items": [item], "payment_behavior": behavior}
    return local.post(f"subscriptions/{made['id']}", **{**said, **params})


def price_of(found: dict[str, Any]) -> str:
    """The price of its item."""
    return str(found["items"]["data"][0]["price"]["id"])


def test_an_update_that_must_be_paid_is_refused_whole(local: Local) -> None:
    """Nothing has changed and nothing is owed."""
    made = failing(local)
    told = local.told()

    with pytest.raises(StripeError) as caught:
        dearer(local, made, "error_if_incomplete", proration_behavior="always_invoice")

    assert caught.value.status == 402
    assert price_of(local.get(f"subscriptions/{made['id']}")) == "price_pro"
    assert local.types(told) == []


@pytest.mark.parametrize("params", [{}, {"proration_behavior": "none"}, {"items": []}])
def test_what_is_paid_later_is_not_refused_for_its_card(
    local: Local, params: dict[str, Any]
) -> None:
    """`error_if_incomplete` is about what is due with the change."""
    made = failing(local)

    changed = dearer(local, made, "error_if_incomplete", metadata={"a": "b"}, **params)

    assert (changed["status"], changed["metadata"]) == ("active", {"a": "b"})
    assert price_of(changed) == ("price_pro" if "items" in params else "price_max")


def test_an_update_without_a_card_is_refused_when_it_must_be_paid(local: Local) -> None:
    """As at creation."""
    made = local.subscribe(local.customer(card=None), trial_period_days=7)

    with pytest.raises(StripeError, match="no attached payment source"):
        dearer(local, made, "error_if_incomplete", trial_end="now")


def test_an_update_waits_for_its_client(local: Local) -> None:
    """It is past due, its payment untried, until the client confirms with a card."""
    made = failing(local)

    changed = dearer(
        local,
        made,
        "default_incomplete",
        proration_behavior="always_invoice",
        expand=["latest_invoice.payments"],
    )

    assert (changed["status"], price_of(changed)) == ("past_due", "price_max")
    assert changed["latest_invoice"]["attempt_count"] == 0
    payment = changed["latest_invoice"]["payments"]["data"][0]["payment"]["payment_intent"]
    assert local.get(f"payment_intents/{payment}")["status"] == "requires_confirmation"
    local.post(f"payment_intents/{payment}/confirm", payment_method="pm_card_visa")
    assert local.get(f"subscriptions/{made['id']}")["status"] == "active"
