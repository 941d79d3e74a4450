"""The portal takes another card: what becomes of it, what a bank asks, what a refusal leaves."""

from __future__ import annotations

import re

import httpx
import pytest

from billproof.sandbox.client import Sandbox
from tests.suite.sandbox.portal import (
    CARD,
    CHALLENGED,
    DECLINED,
    MASTERCARD,
    PortalCustomer,
)

CARD_ONLY = {"payment_method_update": {"enabled": True}}


@pytest.fixture
def ada(sandbox: Sandbox, visitor: httpx.Client) -> PortalCustomer:
    """A customer with a good card, before the portal."""
    found = PortalCustomer.with_card(sandbox, visitor)
    found.open()
    return found


def _default(ada: PortalCustomer) -> str:
    return str(ada.customer()["invoice_settings"]["default_payment_method"])


def _cards(ada: PortalCustomer) -> list[str]:
    found = ada.sandbox.stripe("GET", f"/v1/customers/{ada.id}/payment_methods")["data"]
    return [each["card"]["last4"] for each in found]


def test_a_new_card_is_the_one_that_pays(ada: PortalCustomer) -> None:
    """It is attached, the customer's default, and its events are Stripe's."""
    told = len(ada.told())

    page = ada.after("/payment-method", **MASTERCARD)

    assert "Your payment method has been updated." in page
    method = ada.sandbox.stripe("GET", f"/v1/payment_methods/{_default(ada)}")
    assert (method["card"]["last4"], method["customer"]) == ("4444", ada.id)
    assert (method["card"]["exp_month"], method["card"]["exp_year"]) == (11, 2037)
    assert ada.told()[told:] == [
        "setup_intent.created",
        "payment_method.attached",
        "setup_intent.succeeded",
        "customer.updated",
    ]
    assert re.search(r"Mastercard •••• 4444</span> <span class=\"badge\">Default", page)


def test_a_subscriptions_own_card_is_changed_too(ada: PortalCustomer) -> None:
    """Where it has one; one that has none goes on with the customer's."""
    old = _default(ada)
    own = {"customer": ada.id, "items": [{"price": "price_pro"}], "default_payment_method": old}
    other = ada.sandbox.stripe("POST", "/v1/subscriptions", own)["id"]

    ada.after("/payment-method", **MASTERCARD)

    changed = ada.sandbox.stripe("GET", f"/v1/subscriptions/{other}")
    assert changed["default_payment_method"] == _default(ada) != old
    plain = ada.sandbox.stripe("GET", f"/v1/subscriptions/{ada.subscription}")
    assert plain["default_payment_method"] is None
    assert ada.told()[-1] == "customer.subscription.updated"


def test_the_next_invoice_is_paid_by_it(ada: PortalCustomer) -> None:
    """That is what it is for."""
    ada.after("/payment-method", **MASTERCARD)

    ada.sandbox.run_ahead(ada.id, 32 * 86_400)

    charge = ada.sandbox.stripe("GET", "/v1/charges", {"customer": ada.id})["data"][0]
    assert charge["payment_method_details"]["card"]["last4"] == "4444"


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (DECLINED["number"], "Your card was declined."),
        ("4000 0000 0000 9995", "Your card has insufficient funds."),
        ("4000 0000 0000 0069", "Your card has expired."),
        ("4242 4242 4242 4259", "Your card number is incorrect."),
    ],
)
def test_a_refused_card_leaves_the_old_one(ada: PortalCustomer, number: str, message: str) -> None:
    """The reason stands beside the number; the same form with a good card works."""
    old = _default(ada)

    answer = ada.send("/payment-method", **{**CARD, "number": number, "form": "f1"})

    assert answer.status_code == 402
    assert message in ada.text(answer)
    assert 'aria-describedby="number-error"' in answer.text
    assert (_default(ada), _cards(ada)) == (old, ["4242"])
    assert ada.send("/payment-method", **MASTERCARD, form="f1").status_code == 303
    assert _cards(ada) == ["4444", "4242"]


def test_a_refusal_is_an_event(ada: PortalCustomer) -> None:
    """As at Stripe: the intent says why, and waits for another card."""
    ada.send("/payment-method", **DECLINED)

    assert ada.told()[-2:] == ["setup_intent.created", "setup_intent.setup_failed"]
    intent = ada.sandbox.stripe("GET", "/v1/setup_intents", {"customer": ada.id})["data"][0]
    assert intent["status"] == "requires_payment_method"
    assert intent["last_setup_error"]["code"] == "card_declined"


@pytest.mark.parametrize(("field", "value"), [("cvc", "1"), ("expiration", "1"), ("name", "")])
def test_a_wrong_field_is_marked(ada: PortalCustomer, field: str, value: str) -> None:
    """Nobody's bank is asked; right, it passes."""
    answer = ada.send("/payment-method", **{**CARD, field: value})

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert "setup_intent.created" not in ada.told()
    assert ada.send("/payment-method", **CARD).status_code == 303


def test_a_bank_may_ask(ada: PortalCustomer) -> None:
    """Only its customer's consent makes the card his."""
    asked = ada.send("/payment-method", **CHALLENGED).headers["location"]
    assert "Authenticate your payment" in ada.http.get(asked).text
    assert _cards(ada) == ["4242"]

    answer = ada.http.post(asked, data={"outcome": "complete"})
    back = ada.http.get(answer.headers["location"])

    assert "done=card" in back.headers["location"]
    assert _cards(ada) == ["3155", "4242"]
    assert (
        ada.sandbox.stripe("GET", f"/v1/payment_methods/{_default(ada)}")["card"]["last4"] == "3155"
    )


def test_a_bank_that_is_told_no_leaves_the_old_card(ada: PortalCustomer) -> None:
    """The form is there again, and says why."""
    asked = ada.send("/payment-method", **CHALLENGED).headers["location"]

    answer = ada.http.post(asked, data={"outcome": "fail"})
    back = ada.http.get(answer.headers["location"])

    assert back.status_code == 402
    assert "unable to authenticate" in back.text
    assert _cards(ada) == ["4242"]
    assert "setup_intent.setup_failed" in ada.told()


def test_the_lever_answers_a_bank_as_the_page_does(ada: PortalCustomer) -> None:
    """For suites without a browser."""
    intent = ada.send("/payment-method", **CHALLENGED).headers["location"].removeprefix("/3ds/")

    ada.sandbox.authenticate(intent)

    assert (
        ada.sandbox.stripe("GET", f"/v1/payment_methods/{_default(ada)}")["card"]["last4"] == "3155"
    )


def test_a_second_tap_adds_one_card(ada: PortalCustomer) -> None:
    """The same form, sent twice; a new form adds another."""
    form = re.search(r'name="form" value="([^"]+)"', ada.see("/payment-method"))
    assert form is not None

    for _ in range(2):
        assert ada.send("/payment-method", **MASTERCARD, form=form[1]).status_code == 303

    assert _cards(ada) == ["4444", "4242"]
    ada.send("/payment-method", **MASTERCARD, form="another")
    assert _cards(ada) == ["4444", "4444", "4242"]


def test_going_back_from_the_bank_with_another_card_takes_that(ada: PortalCustomer) -> None:
    """The question about the first one is void."""
    asked = ada.send("/payment-method", **CHALLENGED, form="f1").headers["location"]
    again = ada.send("/payment-method", **CHALLENGED, form="f1").headers["location"]
    assert again == asked
    assert ada.told().count("setup_intent.requires_action") == 1

    assert ada.send("/payment-method", **MASTERCARD, form="f1").status_code == 303

    assert _cards(ada) == ["4444", "4242"]
    assert ada.http.get(asked).status_code == 404


def test_foreign_intents_are_nothing_to_a_session(
    ada: PortalCustomer, sandbox: Sandbox, visitor: httpx.Client
) -> None:
    """Somebody else's success is no news here."""
    eve = PortalCustomer.with_card(sandbox, visitor)
    eve.open()
    eve.send("/payment-method", **CARD)
    intent = sandbox.stripe("GET", "/v1/setup_intents", {"customer": eve.id})["data"][0]["id"]

    answer = visitor.get(ada.at("/payment-method"), params={"setup_intent": intent})
    own = visitor.get(eve.at("/payment-method"), params={"setup_intent": intent})

    assert (answer.status_code, own.status_code) == (200, 303)
    assert "Your payment method" not in answer.text
