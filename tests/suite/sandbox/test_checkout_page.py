"""The checkout page's order and cards, and the bank that asks, by plain form posts."""

from __future__ import annotations

import httpx
import pytest

from billproof.sandbox.client import Sandbox
from billproof.sandbox.objects.cards import CARDS
from billproof.sandbox.pages.card_help import grouped
from tests.suite.sandbox.conftest import OpenSession

CARD = {
    "email": "ada@shop.test",
    "number": "4242 4242 4242 4242",
    "expiration": "12 / 34",
    "cvc": "123",
    "name": "Ada Lovelace",
}


def test_several_things_are_sold_at_once(
    visitor: httpx.Client, sandbox: Sandbox, open_session: OpenSession
) -> None:
    """Each with its quantity and the price of one; the sum is what is due."""
    seats = {"currency": "eur", "recurring": {"interval": "month"}, "unit_amount": 500}
    lines = [
        {"price": "price_pro", "quantity": 1},
        {"price_data": {**seats, "product_data": {"name": "Seat"}}, "quantity": 3},
    ]
    session = open_session(line_items=lines)

    page = visitor.get(f"/c/pay/{session.id}").text

    assert "Qty 3" in page
    assert "€5.00 each" in page
    assert page.count("€34.00") >= 2
    assert sandbox.subscriptions() == []


def test_the_card_is_the_one_that_was_typed(
    visitor: httpx.Client, sandbox: Sandbox, open_session: OpenSession
) -> None:
    """Its expiry and its name too."""
    typed = {**CARD, "expiration": "11 / 37", "name": "A. Lovelace"}

    visitor.post(f"/c/pay/{open_session().id}", data=typed)

    [customer] = sandbox.customers()
    found = sandbox.stripe("GET", f"/v1/customers/{customer.id}/payment_methods")["data"]
    cards = [(each["card"]["exp_month"], each["card"]["exp_year"]) for each in found]
    assert cards == [(11, 2037)]
    assert found[0]["billing_details"]["name"] == "A. Lovelace"


@pytest.mark.parametrize(
    "path", ["/c/pay/cs_test_a1", "/p/session/bps_1/payment-method", "/invoice/in_1"]
)
def test_a_form_is_no_place_for_files(visitor: httpx.Client, path: str) -> None:
    """Ten megabytes are not read; a form of its size is, and then nobody has such a page."""
    small = visitor.post(path, data=CARD)
    assert small.status_code in {404, 405}

    large = visitor.post(path, data={**CARD, "name": "A" * (10 << 20)})

    assert (large.status_code, "too large" in large.text) == (413, True)


@pytest.mark.parametrize(("enabled", "lines"), [(True, 1), (False, 0)])
def test_tax_shows_where_it_is_counted(
    visitor: httpx.Client,
    open_session: OpenSession,
    enabled: bool,  # noqa: FBT001 - a case of the table
    lines: int,
) -> None:
    """As at Stripe: with automatic tax only; the sandbox counts none."""
    page = visitor.get(f"/c/pay/{open_session(automatic_tax={'enabled': enabled}).id}").text

    assert page.count("<span>Tax</span>") == lines
    assert page.count("€0.00") == lines


def test_every_test_card_is_listed(visitor: httpx.Client, open_session: OpenSession) -> None:
    """With what it does, in groups as they are printed."""
    page = visitor.get(f"/c/pay/{open_session().id}").text

    for card in CARDS:
        assert grouped(card.number) in page
        assert card.says in page
    assert grouped("378282246310005") == "3782 822463 10005"


@pytest.mark.parametrize(
    ("number", "message"),
    [
        ("4000 0000 0000 0069", "Your card has expired."),
        ("4000 0000 0000 0127", "Your card's security code is incorrect."),
        ("4000 0000 0000 0119", "An error occurred while processing your card."),
    ],
)
def test_each_refusal_has_its_words(
    visitor: httpx.Client, open_session: OpenSession, number: str, message: str
) -> None:
    """The bank's reason stands on the page, and the session is still open."""
    session = open_session()

    answer = visitor.post(f"/c/pay/{session.id}", data={**CARD, "number": number})

    assert answer.status_code == 402
    assert message in answer.text.replace("&#39;", "'")
    assert visitor.post(f"/c/pay/{session.id}", data=CARD).status_code == 303


@pytest.mark.parametrize(
    ("number", "outcome", "status", "message"),
    [
        ("4000002760003184", "complete", "complete", ""),
        ("4000002760003184", "fail", "open", "unable to authenticate"),
        ("4000000000003220", "complete", "complete", ""),
        ("4000008260003178", "complete", "open", "insufficient funds"),
        ("4000008400001629", "complete", "open", "was declined"),
    ],
)
def test_a_bank_may_ask_the_buyer(
    visitor: httpx.Client,
    sandbox: Sandbox,
    open_session: OpenSession,
    number: str,
    outcome: str,
    status: str,
    message: str,
) -> None:
    """Nothing is bought before he has agreed; what then fails is said on the form."""
    session = open_session()
    asked = visitor.post(f"/c/pay/{session.id}", data={**CARD, "number": number})
    assert "Authenticate your payment" in visitor.get(asked.headers["location"]).text
    assert sandbox.subscriptions() == []

    answer = visitor.post(asked.headers["location"], data={"outcome": outcome})

    assert sandbox.session(session.id).status == status
    assert message in answer.text
    assert len(sandbox.subscriptions()) == (status == "complete")


def test_a_refusal_keeps_what_was_typed(visitor: httpx.Client, open_session: OpenSession) -> None:
    """All but number and code, as after a decline."""
    asked = visitor.post(f"/c/pay/{open_session().id}", data={**CARD, "number": "4000002760003184"})

    page = visitor.post(asked.headers["location"], data={"outcome": "fail"}).text

    for name in ("email", "expiration", "name"):
        assert f'value="{CARD[name]}"' in page
    assert "4000002760003184" not in page.replace(" ", "").partition("<details")[0]


@pytest.mark.parametrize(("outcome", "shown"), [("fail", "Subscribe"), ("complete", "all done")])
def test_an_answered_question_leads_on(
    visitor: httpx.Client, open_session: OpenSession, outcome: str, shown: str
) -> None:
    """Reloaded, or gone back to: to the form, or to what says that it is done."""
    session = open_session()
    asked = visitor.post(f"/c/pay/{session.id}", data={**CARD, "number": "4000002760003184"})
    question = asked.headers["location"]
    visitor.post(question, data={"outcome": outcome})

    for again in (visitor.get(question), visitor.post(question, data={"outcome": outcome})):
        assert again.headers["location"] == f"/c/pay/{session.id}"
    assert shown in visitor.get(f"/c/pay/{session.id}").text


def test_a_saved_card_may_need_its_owner(visitor: httpx.Client, sandbox: Sandbox) -> None:
    """A setup intent's question is answered on the same page, which afterwards leads back."""
    customer = sandbox.create_customer().id
    card = "pm_card_authenticationRequiredOnSetup"
    params = {"customer": customer, "confirm": True, "payment_method": card}
    params["return_url"] = "https://shop.test/cards"
    intent = sandbox.stripe("POST", "/v1/setup_intents", params)
    question = f"/3ds/{intent['id']}"
    assert visitor.get(question).status_code == 200

    answer = visitor.post(question, data={"outcome": "complete"})

    again = visitor.get(question)
    assert answer.headers["location"].startswith("https://shop.test/cards")
    assert (again.status_code, 'href="https://shop.test/cards' in again.text) == (404, True)
    assert sandbox.stripe("GET", f"/v1/setup_intents/{intent['id']}")["status"] == "succeeded"
