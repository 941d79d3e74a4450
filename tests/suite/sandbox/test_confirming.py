"""Confirming payments and setups with a card that a client has just typed."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from billproof.sandbox.objects.errors import StripeError
from tests.suite.sandbox.local import Local


@pytest.fixture
def local() -> Local:
    """An account on a clock of its own."""
    return Local()


def awaiting(local: Local, customer: str, **params: Any) -> tuple[dict[str, Any], str]:
    """A subscription whose first payment waits for its client, and the payment's id."""
    made = local.subscribe(
        customer,
        payment_behavior="default_incomplete",
        expand=["latest_invoice.payments"],
        **params,
    )
    payment = made["latest_invoice"]["payments"]["data"][0]["payment"]
    return made, payment["payment_intent"]


def typed(local: Local, token: str = "tok_visa") -> str:
    """A card that is nobody's yet, as Stripe.js makes it."""
    return str(local.post("payment_methods", type="card", card={"token": token})["id"])


def test_a_card_of_nobody_pays_and_becomes_the_customers(local: Local) -> None:
    """Once it has paid for something that comes again; another customer's card is refused."""
    customer, card = local.customer(card=None), typed(local)
    _, payment = awaiting(local, customer)
    theirs = local.get("payment_methods", customer=local.customer())["data"][0]["id"]
    with pytest.raises(StripeError, match="does not have a payment method"):
        local.post(f"payment_intents/{payment}/confirm", payment_method=theirs)

    paid = local.post(f"payment_intents/{payment}/confirm", payment_method=card)

    assert paid["status"] == "succeeded"
    assert local.get(f"payment_methods/{card}")["customer"] == customer


def test_a_card_that_pays_once_stays_nobodys(local: Local) -> None:
    """Without `setup_future_usage` nothing is kept; with it the card is."""
    customer = local.customer(card=None)
    usual = {"amount": 700, "currency": "eur", "customer": customer, "confirm": True}

    local.post("payment_intents", **usual, payment_method="pm_card_visa")
    assert local.get("payment_methods", customer=customer)["data"] == []

    kept = {"payment_method": "pm_card_mastercard", "setup_future_usage": "off_session"}
    local.post("payment_intents", **usual, **kept)
    assert len(local.get("payment_methods", customer=customer)["data"]) == 1


def test_payments_and_setups_name_their_types_as_before_endive(local: Local) -> None:
    """Backends of all older versions send `payment_method_types`."""
    types = {"payment_method_types": ["card"]}

    payment = local.post("payment_intents", amount=700, currency="eur", **types)
    setup = local.post("setup_intents", customer=local.customer(), **types)

    assert [payment["payment_method_types"], setup["payment_method_types"]] == [["card"], ["card"]]


def test_nobodys_payment_takes_a_ready_made_card(local: Local) -> None:
    """A payment needs no customer."""
    paid = local.post(
        "payment_intents", amount=700, currency="eur", payment_method="pm_card_visa", confirm=True
    )

    assert (paid["status"], paid["customer"]) == ("succeeded", None)


def test_a_declined_payment_is_told_by_event_and_by_error(
    sdk: stripe.StripeClient,
) -> None:
    """The error has charge, payment and card; the card is not kept, and another one pays."""
    customer = sdk.v1.customers.create({}).id
    made = sdk.v1.payment_intents.create(
        {
            "amount": 700,
            "currency": "eur",
            "customer": customer,
            "setup_future_usage": "off_session",
        }
    )

    with pytest.raises(stripe.CardError) as caught:
        sdk.v1.payment_intents.confirm(
            made.id, {"payment_method": "pm_card_chargeDeclinedInsufficientFunds"}
        )

    told = caught.value.error
    assert told is not None
    assert (told.code, told.decline_code) == ("card_declined", "insufficient_funds")
    assert told.payment_intent is not None
    assert (told.payment_intent.id, told.payment_intent.status) == (
        made.id,
        "requires_payment_method",
    )
    assert told.payment_method is not None
    assert sdk.v1.charges.retrieve(str(told.charge)).status == "failed"
    types = [each.type for each in sdk.v1.events.list({}).data][:2]
    assert types == ["payment_intent.payment_failed", "charge.failed"]
    last = sdk.v1.payment_intents.retrieve(made.id).last_payment_error
    assert last is not None
    assert last.charge == told.charge
    assert sdk.v1.customers.payment_methods.list(customer).data == []
    again = sdk.v1.payment_intents.confirm(made.id, {"payment_method": "pm_card_visa"})
    assert again.status == "succeeded"


def test_a_declined_first_payment_leaves_the_subscription_incomplete(local: Local) -> None:
    """Its invoice says by event that it was not paid, and stays open."""
    made, payment = awaiting(local, local.customer(card=None))
    told = local.told()

    with pytest.raises(StripeError):
        local.post(f"payment_intents/{payment}/confirm", payment_method="pm_card_chargeDeclined")

    assert local.types(told) == [
        "charge.failed",
        "payment_intent.payment_failed",
        "invoice.updated",
        "invoice.payment_failed",
    ]
    assert local.get(f"subscriptions/{made['id']}")["status"] == "incomplete"


def test_a_declined_setup_has_its_intent_in_the_error(local: Local) -> None:
    """And waits for another card."""
    made = local.post("setup_intents", customer=local.customer(card=None))["id"]

    with pytest.raises(StripeError) as caught:
        local.post(f"setup_intents/{made}/confirm", payment_method="pm_card_chargeDeclined")

    told = caught.value.extra["setup_intent"]
    assert (told["id"], told["status"]) == (made, "requires_payment_method")
    assert told["last_setup_error"]["decline_code"] == "generic_decline"


def test_nobody_is_asked_when_nobody_is_there(local: Local) -> None:
    """Off session a card that asks is refused; on session its owner is asked."""
    customer = local.customer(card=None)
    usual = {"amount": 700, "currency": "eur", "customer": customer, "confirm": True}
    asks = {"payment_method": "pm_card_authenticationRequired"}
    assert local.post("payment_intents", **usual, **asks)["status"] == "requires_action"

    with pytest.raises(StripeError) as caught:
        local.post("payment_intents", **usual, **asks, off_session=True)

    assert caught.value.row.code == "authentication_required"
    assert caught.value.extra["payment_intent"]["status"] == "requires_payment_method"


def test_an_invoice_whose_payment_asks_says_so(local: Local) -> None:
    """With the code that tells to authenticate, and the payment in the error."""
    customer = local.customer(card="pm_card_authenticationRequiredOnSetup")
    local.post("invoiceitems", customer=customer, amount=250, currency="eur")
    draft = local.post("invoices", customer=customer, pending_invoice_items_behavior="include")

    with pytest.raises(StripeError) as caught:
        local.post(f"invoices/{draft['id']}/pay")

    assert caught.value.row.code == "invoice_payment_intent_requires_action"
    assert caught.value.extra["payment_intent"]["status"] == "requires_action"
