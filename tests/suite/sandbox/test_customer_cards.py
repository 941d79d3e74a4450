"""Customers and their cards: made together, kept apart from other people's, used up."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from billproof.sandbox.objects.errors import StripeError
from tests.suite.sandbox.local import Local
from tests.suite.sandbox.test_confirming import typed

DEFAULT = "invoice_settings[default_payment_method]"


@pytest.fixture
def local() -> Local:
    """An account on a clock of its own."""
    return Local()


@pytest.mark.parametrize("ready", [True, False], ids=["ready-made", "typed"])
def test_a_customer_is_made_with_a_card(local: Local, ready: bool) -> None:  # noqa: FBT001 - a case
    """It is attached, the default where that is said, and pays."""
    card = "pm_card_visa" if ready else typed(local)
    told = local.told()

    made = local.post(
        "customers", payment_method=card, invoice_settings={"default_payment_method": card}
    )

    [kept] = local.get(f"customers/{made['id']}/payment_methods")["data"]
    assert made["invoice_settings"]["default_payment_method"] == kept["id"]
    assert local.types(told) == ["customer.created", "payment_method.attached"]
    assert local.subscribe(made["id"])["status"] == "active"


def test_a_customer_with_a_card_that_is_refused_is_not_made(local: Local) -> None:
    """Nor with another one's card, nor with a default that is not attached."""
    theirs = local.get("payment_methods", customer=local.customer())["data"][0]["id"]
    known = len(local.get("customers")["data"])

    for wrong in (
        {"payment_method": "pm_card_chargeDeclined"},
        {"payment_method": theirs},
        {"invoice_settings": {"default_payment_method": theirs}},
    ):
        with pytest.raises(StripeError):
            local.post("customers", **wrong)

    assert len(local.get("customers")["data"]) == known


def test_a_default_card_is_the_customers_own(local: Local) -> None:
    """Another one's is refused, and so is one that is not there; an empty one unsets it."""
    customer = local.customer()
    theirs = local.get("payment_methods", customer=local.customer())["data"][0]["id"]
    for wrong in (theirs, "pm_nobody"):
        with pytest.raises(StripeError) as caught:
            local.post(f"customers/{customer}", invoice_settings={"default_payment_method": wrong})
        assert caught.value.param == DEFAULT
    kept = local.get(f"customers/{customer}")["invoice_settings"]["default_payment_method"]
    assert kept is not None

    changed = local.post(f"customers/{customer}", invoice_settings={"default_payment_method": ""})

    assert changed["invoice_settings"]["default_payment_method"] is None


def test_a_detached_card_is_used_up(local: Local) -> None:
    """It cannot be attached or charged again."""
    customer = local.customer()
    card = local.get("payment_methods", customer=customer)["data"][0]["id"]
    local.post(f"payment_methods/{card}/detach")

    with pytest.raises(StripeError, match="may not be used again"):
        local.post(f"payment_methods/{card}/attach", customer=customer)
    with pytest.raises(StripeError, match="may not be used again"):
        local.post("payment_intents", amount=700, currency="eur", payment_method=card, confirm=True)


@pytest.mark.parametrize(
    ("expires", "code"),
    [
        ({"exp_month": 13, "exp_year": 2034}, "invalid_expiry_month"),
        ({"exp_month": 1, "exp_year": 2020}, "invalid_expiry_year"),
    ],
)
def test_a_card_is_not_over(local: Local, expires: dict[str, int], code: str) -> None:
    """A month that there is, of a year to come."""
    card = {"number": "4242424242424242", "cvc": "123"}
    good = {"exp_month": 12, "exp_year": 2034}
    made = local.post("payment_methods", type="card", card={**card, **good})["id"]

    with pytest.raises(StripeError) as caught:
        local.post("payment_methods", type="card", card={**card, **expires})
    with pytest.raises(StripeError):
        local.post(f"payment_methods/{made}", card=expires)

    assert (caught.value.status, caught.value.row.code) == (402, code)


def test_addresses_have_all_their_members(sdk: stripe.StripeClient) -> None:
    """What was not given is null: of customers, of shipping, of cards."""
    customer = sdk.v1.customers.create(
        {
            "address": {"city": "Bern"},
            "shipping": {"name": "Ada", "address": {"country": "CH"}},
            "invoice_settings": {"footer": "Thanks"},
        }
    )
    card = sdk.v1.payment_methods.create(
        {
            "type": "card",
            "card": {"token": "tok_visa"},
            "billing_details": {"phone": "+41", "address": {"city": "Bern"}},
        }
    )

    assert customer.address is not None
    assert (customer.address.city, customer.address.line2) == ("Bern", None)
    assert customer.shipping is not None
    assert customer.shipping.address is not None
    assert (customer.shipping.phone, customer.shipping.address.city) == (None, None)
    assert customer.invoice_settings is not None
    assert customer.invoice_settings.footer == "Thanks"
    billed = card.billing_details
    assert billed.address is not None
    assert (billed.phone, billed.address.city, billed.address.state) == ("+41", "Bern", None)


def test_cards_are_listed_by_their_type(local: Local) -> None:
    """There are none of another."""
    customer = local.customer()

    found: dict[str, Any] = {
        kind: local.get("payment_methods", customer=customer, type=kind)["data"]
        for kind in ("card", "sepa_debit")
    }

    assert (len(found["card"]), found["sepa_debit"]) == (1, [])
    assert local.get(f"customers/{customer}/payment_methods", type="link")["data"] == []


def test_a_payment_is_changed_before_it_is_paid(local: Local) -> None:
    """Its amount and its card; an invoice's amount is the invoice's."""
    made = local.post("payment_intents", amount=700, currency="eur")["id"]
    with pytest.raises(StripeError, match="missing a payment method"):
        local.post(f"payment_intents/{made}/confirm")

    changed = local.post(f"payment_intents/{made}", amount=900, payment_method="pm_card_visa")

    assert (changed["amount"], changed["status"]) == (900, "requires_confirmation")
    assert local.post(f"payment_intents/{made}/confirm")["amount_received"] == 900
    with pytest.raises(StripeError):
        local.post(f"payment_intents/{made}", amount=700)


def test_only_what_was_paid_is_given_back(local: Local) -> None:
    """Neither a payment without a charge nor an amount of nothing."""
    open_one = local.post("payment_intents", amount=700, currency="eur")["id"]
    with pytest.raises(StripeError, match="does not have a successful charge"):
        local.post("refunds", payment_intent=open_one)
    paid = {"payment_method": "pm_card_visa", "confirm": True}
    done = local.post("payment_intents", amount=700, currency="eur", **paid)["id"]

    with pytest.raises(StripeError, match="Invalid positive integer"):
        local.post("refunds", payment_intent=done, amount=0)

    assert local.post("refunds", payment_intent=done)["amount"] == 700
