"""The pages, by plain form posts: paying, declines, the portal, the invoice."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx
import pytest

from billproof.sandbox.client import Sandbox
from billproof.sandbox.models import CheckoutSession, Shown

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
        ("email", "", "Required"),
        ("email", "ada", "Your email is incomplete."),
        ("email", "ada@", "Your email is incomplete."),
        ("email", "ada lovelace@shop.test", "Your email is invalid."),
        ("number", "", "Required"),
        ("number", "4242", "Your card number is incomplete."),
        ("number", "4242424242424241", "Your card number is invalid."),
        ("number", "not a number", "Your card number is invalid."),
        ("number", "4000000000000010", "Your card number is incorrect."),
        ("number", "4000000000009995", "Your card has insufficient funds."),
        ("expiration", "13/34", "expiration date is incomplete."),
        ("expiration", "", "Required"),
        ("expiration", "01/20", "expiration year is in the past."),
        ("expiration", "12/99", "expiration year is invalid."),
        ("cvc", "", "Required"),
        ("cvc", "12", "security code is incomplete."),
        ("name", " ", "Required"),
    ],
)
def test_a_wrong_field_is_marked(
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
