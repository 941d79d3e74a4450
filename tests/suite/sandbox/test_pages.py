"""The pages, by plain form posts: paying, declines, the portal, the invoice."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx
import pytest

from billproof.sandbox.client import Sandbox
from billproof.sandbox.models import CheckoutSession, Shown
from billproof.sandbox.objects.cards import CARDS
from billproof.sandbox.pages.card_help import grouped

Open = Callable[..., CheckoutSession]
CARD = {
    "email": "ada@shop.test",
    "number": "4242 4242 4242 4242",
    "expiration": "12 / 34",
    "cvc": "123",
    "name": "Ada Lovelace",
}


def test_paying_leads_back_to_the_shop(
    visitor: httpx.Client, sandbox: Sandbox, open_session: Open
) -> None:
    """The placeholder is filled, the session complete, the subscription active."""
    session = open_session(client_reference_id="7")

    answer = visitor.post(f"/c/pay/{session.id}", data=CARD)

    assert answer.status_code == 303
    assert answer.headers["location"] == f"https://shop.test/return?session={session.id}"
    paid = sandbox.session(session.id)
    assert paid.status == "complete"
    assert sandbox.subscription(paid.subscription or "").status == "active"
    assert sandbox.customer(paid.customer or "").email == "ada@shop.test"


def test_a_second_tap_pays_once(
    visitor: httpx.Client, sandbox: Sandbox, open_session: Open
) -> None:
    """It leads to the same place."""
    session = open_session()

    answers = [visitor.post(f"/c/pay/{session.id}", data=CARD) for _ in range(2)]

    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert len(sandbox.subscriptions()) == 1


def test_a_decline_is_said_beside_the_field(
    visitor: httpx.Client, sandbox: Sandbox, open_session: Open
) -> None:
    """The number is marked and described; nothing was bought; the number is not repeated."""
    session = open_session()

    answer = visitor.post(f"/c/pay/{session.id}", data={**CARD, "number": "4000000000000002"})

    assert answer.status_code == 402
    assert "Your card was declined." in answer.text
    assert 'aria-describedby="number-error"' in answer.text
    assert "4000000000000002" not in answer.text
    assert 'value="ada@shop.test"' in answer.text
    assert sandbox.subscriptions() == []


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("email", "ada", "Your email is invalid."),
        ("number", "", "Your card number is incomplete."),
        ("number", "4242", "Your card number is incomplete."),
        ("number", "4242424242424241", "Your card number is invalid."),
        ("number", "not a number", "Your card number is invalid."),
        ("number", "4000000000000010", "Your card number is incorrect."),
        ("number", "4000000000009995", "Your card has insufficient funds."),
        ("expiration", "13/34", "expiration date is incomplete."),
        ("expiration", "01/20", "expiration date is in the past."),
        ("cvc", "12", "security code is incomplete."),
        ("name", " ", "Enter the name on the card."),
    ],
)
def test_a_wrong_field_is_marked(  # noqa: PLR0917 - see PLR0913 for tests
    visitor: httpx.Client,
    sandbox: Sandbox,
    open_session: Open,
    field: str,
    value: str,
    message: str,
) -> None:
    """Each field has its own message, and only that field is marked."""
    session = open_session()

    answer = visitor.post(f"/c/pay/{session.id}", data={**CARD, field: value})

    assert answer.status_code in {402, 422}
    assert message in answer.text.replace("&#39;", "'")
    assert answer.text.partition("<form")[2].count('aria-invalid="true"') == 1
    assert f'id="{field}-error"' in answer.text
    assert sandbox.subscriptions() == []


@pytest.mark.parametrize(("price", "shown"), [("price_pro", "€19.00"), ("price_team", "¥4,500")])
def test_amounts_have_their_currencys_decimals(
    visitor: httpx.Client, open_session: Open, price: str, shown: str
) -> None:
    """Yen have none."""
    page = visitor.get(f"/c/pay/{open_session(price).id}")

    assert shown in page.text
    assert "per month" in page.text
    assert ">Subscribe</button>" in page.text


def test_a_trial_says_so(visitor: httpx.Client, open_session: Open) -> None:
    """The button, the days and what is due today."""
    trial = {"trial_period_days": 14}

    page = visitor.get(f"/c/pay/{open_session('price_team', subscription_data=trial).id}")

    assert ">Start trial</button>" in page.text
    assert "14 days free" in page.text
    assert "¥0" in page.text


def test_a_known_address_is_locked(
    visitor: httpx.Client, sandbox: Sandbox, open_session: Open
) -> None:
    """It shows, and what a browser sends instead is ignored."""
    customer = sandbox.create_customer(email="known@shop.test").id
    session = open_session(customer=customer)
    page = visitor.get(f"/c/pay/{session.id}")
    assert re.search(r'value="known@shop.test"[^>]* readonly', page.text)

    visitor.post(f"/c/pay/{session.id}", data=CARD)

    assert sandbox.session(session.id).customer == customer
    assert sandbox.customer(customer).email == "known@shop.test"


def test_closed_sessions_have_pages_of_their_own(
    visitor: httpx.Client, sandbox: Sandbox, open_session: Open
) -> None:
    """Complete, expired and unknown are told apart, with a way on."""
    complete, expired = open_session(), open_session(cancel_url="https://shop.test/plans")
    sandbox.pay(complete.id)
    sandbox.expire_session(expired.id)

    done = visitor.get(f"/c/pay/{complete.id}")
    over = visitor.get(f"/c/pay/{expired.id}")

    assert (done.status_code, over.status_code) == (200, 410)
    assert f"session={complete.id}" in done.text
    assert 'href="https://shop.test/plans"' in over.text
    assert visitor.get("/c/pay/cs_test_nobody").status_code == 404
    assert visitor.post(f"/c/pay/{expired.id}", data=CARD).status_code == 410


def test_pages_escape_what_they_show(visitor: httpx.Client, open_session: Open) -> None:
    """What a buyer types is text."""
    session = open_session()

    page = visitor.post(f"/c/pay/{session.id}", data={**CARD, "name": '"><b>', "cvc": ""})

    assert "<b>" not in page.text.partition("<form")[2]
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_the_portal_cancels_and_takes_it_back(visitor: httpx.Client, sandbox: Sandbox) -> None:
    """At the end of the period; the return link is the merchant's."""
    customer = sandbox.create_customer(email="ada@shop.test").id
    subscription = sandbox.subscribe(customer, "price_pro").id
    params = {"customer": customer, "return_url": "https://shop.test/app"}
    session = Shown.model_validate(sandbox.stripe("POST", "/v1/billing_portal/sessions", params))
    portal = f"/p/session/{session.id}"
    page = visitor.get(portal)
    assert 'href="https://shop.test/app"' in page.text
    assert "€19.00" in page.text

    question = visitor.get(f"{portal}/subscriptions/{subscription}/cancel")
    assert question.status_code == 200
    assert not sandbox.subscription(subscription).cancel_at_period_end
    visitor.post(f"{portal}/subscriptions/{subscription}/cancel")
    assert sandbox.subscription(subscription).cancel_at_period_end
    assert "Don't cancel subscription" in visitor.get(portal).text

    visitor.post(f"{portal}/subscriptions/{subscription}/resume")
    assert not sandbox.subscription(subscription).cancel_at_period_end


def test_the_portal_shows_nobody_elses(visitor: httpx.Client, sandbox: Sandbox) -> None:
    """A subscription of another customer is not found there."""
    mine, other = sandbox.create_customer().id, sandbox.create_customer().id
    foreign = sandbox.subscribe(other, "price_pro").id
    session = sandbox.stripe("POST", "/v1/billing_portal/sessions", {"customer": mine})["id"]
    assert visitor.get(f"/p/session/{session}").status_code == 200

    answer = visitor.post(f"/p/session/{session}/subscriptions/{foreign}/cancel")

    assert answer.status_code == 404
    assert not sandbox.subscription(foreign).cancel_at_period_end


def test_an_invoices_links_are_alive(visitor: httpx.Client, sandbox: Sandbox) -> None:
    """The page shows number and amount; the PDF is one."""
    customer = sandbox.create_customer().id
    subscription = sandbox.subscribe(customer, "price_pro")
    invoice = sandbox.stripe("GET", f"/v1/invoices/{subscription.latest_invoice}")

    page = visitor.get(invoice["hosted_invoice_url"])
    document = visitor.get(invoice["invoice_pdf"])

    assert invoice["number"] in page.text
    assert "€19.00" in page.text
    assert document.headers["content-type"] == "application/pdf"
    assert document.content.startswith(b"%PDF-1.")
    assert invoice["number"] in document.headers["content-disposition"]


def test_several_things_are_sold_at_once(
    visitor: httpx.Client, sandbox: Sandbox, open_session: Open
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


@pytest.mark.parametrize(("enabled", "lines"), [(True, 1), (False, 0)])
def test_tax_shows_where_it_is_counted(
    visitor: httpx.Client,
    open_session: Open,
    enabled: bool,  # noqa: FBT001 - a case of the table
    lines: int,
) -> None:
    """As at Stripe: with automatic tax only; the sandbox counts none."""
    page = visitor.get(f"/c/pay/{open_session(automatic_tax={'enabled': enabled}).id}").text

    assert page.count("<span>Tax</span>") == lines
    assert page.count("€0.00") == lines


def test_every_test_card_is_listed(visitor: httpx.Client, open_session: Open) -> None:
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
    visitor: httpx.Client, open_session: Open, number: str, message: str
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
def test_a_bank_may_ask_the_buyer(  # noqa: PLR0917 - see PLR0913 for tests
    visitor: httpx.Client,
    sandbox: Sandbox,
    open_session: Open,
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


def test_a_saved_card_may_need_its_owner(visitor: httpx.Client, sandbox: Sandbox) -> None:
    """A setup intent's question is answered on the same page."""
    customer = sandbox.create_customer().id
    card = "pm_card_authenticationRequiredOnSetup"
    params = {"customer": customer, "confirm": True, "payment_method": card}
    intent = sandbox.stripe("POST", "/v1/setup_intents", params)
    question = f"/3ds/{intent['id']}"
    assert visitor.get(question).status_code == 200

    answer = visitor.post(question, data={"outcome": "complete"})

    assert answer.status_code == 200
    assert sandbox.stripe("GET", f"/v1/setup_intents/{intent['id']}")["status"] == "succeeded"
