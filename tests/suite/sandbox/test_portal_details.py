"""The portal lets customers change what is known about them, as far as it is allowed."""

from __future__ import annotations

import httpx
import pytest

from billproof.sandbox.client import Sandbox
from tests.suite.sandbox.portal import PortalCustomer

ADDRESS = {
    "line1": "12 Long Lane",
    "line2": "",
    "city": "Leeds",
    "state": "",
    "postal_code": "LS1 4AP",
    "country": "gb",
}


@pytest.fixture
def ada(sandbox: Sandbox, visitor: httpx.Client) -> PortalCustomer:
    """A customer before the portal."""
    return PortalCustomer.with_card(sandbox, visitor)


def _allow(ada: PortalCustomer, *updates: str) -> None:
    ada.open({"customer_update": {"enabled": True, "allowed_updates": list(updates)}})


def test_everything_that_is_allowed_can_be_changed(ada: PortalCustomer) -> None:
    """The API shows it, one event tells it, and so does the overview."""
    _allow(ada, "name", "email", "phone", "address")
    told = len(ada.told())
    new = {"name": "Ada King", "email": "ada@king.test", "phone": "+44 113 496 0000"}

    page = ada.after("/customer", **new, **ADDRESS)

    customer = ada.customer()
    assert {name: customer[name] for name in new} == new
    filled = {name: text or None for name, text in ADDRESS.items()}
    assert customer["address"] == {**filled, "country": "GB"}
    assert ada.told()[told:] == ["customer.updated"]
    assert "Your information has been updated." in page
    assert "12 Long Lane, Leeds, LS1 4AP, GB" in page


def test_only_that(ada: PortalCustomer) -> None:
    """What is not allowed is neither asked for nor taken."""
    _allow(ada, "name")
    page = ada.see("/customer")
    assert ('name="name"' in page, 'name="email"' in page) == (True, False)

    ada.after("/customer", name="Ada King", email="eve@shop.test", line1="Elsewhere")

    customer = ada.customer()
    assert (customer["name"], customer["email"]) == ("Ada King", "ada@shop.test")
    assert customer["address"] is None


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("email", "nobody", "Your email is invalid."),
        ("country", "England", "Enter a country in two letters."),
    ],
)
def test_a_wrong_field_is_marked(ada: PortalCustomer, field: str, value: str, message: str) -> None:
    """With its message, and what was typed is still there; right, it passes."""
    _allow(ada, "email", "address")
    said = {"email": "ada@king.test", **ADDRESS}

    answer = ada.send("/customer", **{**said, field: value})

    assert answer.status_code == 422
    assert message in answer.text
    assert f'id="{field}-error"' in answer.text
    assert 'value="12 Long Lane"' in answer.text
    assert ada.customer()["email"] == "ada@shop.test"
    assert ada.send("/customer", **said).status_code == 303


def test_a_name_can_be_taken_away(ada: PortalCustomer) -> None:
    """Empty is none; nothing sent twice is told twice."""
    _allow(ada, "name")
    ada.after("/customer", name="Ada King")
    ada.after("/customer", name="")
    told = ada.told()
    assert ada.customer()["name"] is None

    ada.after("/customer", name="")

    assert ada.told() == told
