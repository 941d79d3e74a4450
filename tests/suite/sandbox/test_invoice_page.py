"""The hosted invoice: what it shows, and paying it, by plain form posts."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from billproof.sandbox.client import Sandbox

CARD = {"number": "4242 4242 4242 4242", "expiration": "12 / 34", "cvc": "123", "name": "Ada"}
DECLINED = {**CARD, "number": "4000 0000 0000 0002"}
CHALLENGED = {**CARD, "number": "4000 0027 6000 3184"}


@pytest.fixture
def invoice(sandbox: Sandbox) -> dict[str, Any]:
    """An open invoice over two lines, one of them a credit."""
    customer = sandbox.create_customer(email="ada@shop.test", name="Ada Lovelace").id
    for amount, description in ((2500, "Setting it up"), (-601, "Unused time on Pro")):
        params = {"customer": customer, "amount": amount, "currency": "eur"}
        sandbox.stripe("POST", "/v1/invoiceitems", {**params, "description": description})
    wanted = {
        "customer": customer,
        "currency": "eur",
        "pending_invoice_items_behavior": "include",
    }
    draft = sandbox.stripe("POST", "/v1/invoices", wanted)
    return sandbox.stripe("POST", f"/v1/invoices/{draft['id']}/finalize")


def _now(sandbox: Sandbox, invoice: dict[str, Any]) -> dict[str, Any]:
    return sandbox.stripe("GET", f"/v1/invoices/{invoice['id']}")


def _page(visitor: httpx.Client, invoice: dict[str, Any]) -> str:
    return visitor.get(f"/invoice/{invoice['id']}").text


def test_it_shows_lines_and_sums(visitor: httpx.Client, invoice: dict[str, Any]) -> None:
    """Credits are less than nothing; what is due stands on the button."""
    page = _page(visitor, invoice)

    for text in (invoice["number"], "Setting it up", "€25.00", "-€6.01", "Ada Lovelace"):
        assert text in page
    assert ">Pay €18.99</button>" in page
    assert f'href="/invoice/{invoice["id"]}/pdf"' in page


def test_paying_it_is_seen_by_all(
    visitor: httpx.Client, sandbox: Sandbox, invoice: dict[str, Any]
) -> None:
    """The page, the API and the event agree, and the form is gone."""
    answer = visitor.post(f"/invoice/{invoice['id']}", data=CARD)

    assert answer.status_code == 303
    page = visitor.get(answer.headers["location"]).text
    assert "Paid on" in page
    assert "Card number" not in page
    assert _now(sandbox, invoice)["status"] == "paid"
    assert [each.type for each in sandbox.events()].count("invoice.paid") == 1


def test_a_decline_is_said_beside_the_field(
    visitor: httpx.Client, sandbox: Sandbox, invoice: dict[str, Any]
) -> None:
    """It stays open, the failure is an event, and another card pays it."""
    answer = visitor.post(f"/invoice/{invoice['id']}", data=DECLINED)

    assert answer.status_code == 402
    assert "Your card was declined." in answer.text
    assert 'aria-describedby="number-error"' in answer.text
    assert _now(sandbox, invoice)["status"] == "open"
    assert "invoice.payment_failed" in [each.type for each in sandbox.events()]
    visitor.post(f"/invoice/{invoice['id']}", data=CARD)
    assert _now(sandbox, invoice)["status"] == "paid"


def test_a_wrong_field_is_marked(
    visitor: httpx.Client, sandbox: Sandbox, invoice: dict[str, Any]
) -> None:
    """Nothing is charged."""
    answer = visitor.post(f"/invoice/{invoice['id']}", data={**CARD, "cvc": "1"})

    assert answer.status_code == 422
    assert 'id="cvc-error"' in answer.text
    assert _now(sandbox, invoice)["attempt_count"] == 0


def test_one_given_up_can_still_be_paid(
    visitor: httpx.Client, sandbox: Sandbox, invoice: dict[str, Any]
) -> None:
    """Uncollectible is not the end."""
    sandbox.stripe("POST", f"/v1/invoices/{invoice['id']}/mark_uncollectible")
    assert "Uncollectible" in _page(visitor, invoice)

    visitor.post(f"/invoice/{invoice['id']}", data=CARD)

    assert _now(sandbox, invoice)["status"] == "paid"


def test_one_taken_back_cannot(
    visitor: httpx.Client, sandbox: Sandbox, invoice: dict[str, Any]
) -> None:
    """Void is: there is no form, and sending one changes nothing."""
    sandbox.stripe("POST", f"/v1/invoices/{invoice['id']}/void")
    assert "Card number" not in _page(visitor, invoice)

    answer = visitor.post(f"/invoice/{invoice['id']}", data=CARD)

    assert answer.status_code == 303
    assert _now(sandbox, invoice)["status"] == "void"


def test_a_draft_has_no_page(visitor: httpx.Client, sandbox: Sandbox) -> None:
    """Nor has what does not exist; once it is final it has one."""
    customer = sandbox.create_customer().id
    draft = sandbox.stripe("POST", "/v1/invoices", {"customer": customer})

    hidden = [visitor.get(f"/invoice/{each}").status_code for each in (draft["id"], "in_nobody")]
    sandbox.stripe("POST", f"/v1/invoices/{draft['id']}/finalize")

    assert hidden == [404, 404]
    assert visitor.get(f"/invoice/{draft['id']}").status_code == 200


@pytest.mark.parametrize(("outcome", "status"), [("complete", "paid"), ("fail", "open")])
def test_a_bank_may_ask_first(
    visitor: httpx.Client, sandbox: Sandbox, invoice: dict[str, Any], outcome: str, status: str
) -> None:
    """Its question has a page; only agreement pays."""
    asked = visitor.post(f"/invoice/{invoice['id']}", data=CHALLENGED)
    question = visitor.get(asked.headers["location"])
    assert "Authenticate your payment" in question.text
    assert "€18.99" in question.text
    assert _now(sandbox, invoice)["status"] == "open"
    assert asked.headers["location"] in _page(visitor, invoice)

    visitor.post(asked.headers["location"], data={"outcome": outcome})

    assert _now(sandbox, invoice)["status"] == status
    again = visitor.get(asked.headers["location"])
    assert again.headers["location"] == f"/invoice/{invoice['id']}"
