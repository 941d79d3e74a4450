"""The portal lets a customer choose which of his cards pays, and take away the others."""

from __future__ import annotations

import httpx
import pytest

from billproof.sandbox.client import Sandbox
from tests.suite.sandbox.portal import MASTERCARD, PortalCustomer


@pytest.fixture
def ada(sandbox: Sandbox, visitor: httpx.Client) -> PortalCustomer:
    """A customer with two cards, the newer of which pays, before the portal."""
    found = PortalCustomer.with_card(sandbox, visitor)
    found.open()
    found.after("/payment-method", **MASTERCARD)
    return found


def _cards(ada: PortalCustomer) -> dict[str, str]:
    """The ids of his cards by their last digits."""
    found = ada.sandbox.stripe("GET", f"/v1/customers/{ada.id}/payment_methods")["data"]
    return {each["card"]["last4"]: each["id"] for each in found}


def _default(ada: PortalCustomer) -> str:
    return str(ada.customer()["invoice_settings"]["default_payment_method"])


def test_another_card_becomes_the_default(ada: PortalCustomer) -> None:
    """The page, the API, and the event agree; a second tap tells nothing more."""
    visa, told = _cards(ada)["4242"], len(ada.told())

    page = ada.after("/payment-method/default", method=visa)
    ada.after("/payment-method/default", method=visa)

    assert "Your default payment method has been changed." in page
    assert _default(ada) == visa
    assert ada.told()[told:] == ["customer.updated"]
    assert page.index("Visa •••• 4242</span> <span") < page.index("Mastercard •••• 4444")


def test_a_card_is_deleted_once_that_is_confirmed(ada: PortalCustomer) -> None:
    """Asking does nothing yet; a second tap does no harm."""
    cards, told = _cards(ada), len(ada.told())
    asked = ada.see("/payment-method/delete", method=cards["4242"])
    assert "Delete payment method?" in asked
    assert _cards(ada) == cards

    page = ada.after("/payment-method/delete", method=cards["4242"])
    ada.after("/payment-method/delete", method=cards["4242"])

    assert "Your payment method has been deleted." in page
    assert list(_cards(ada)) == ["4444"]
    assert ada.told()[told:] == ["payment_method.detached"]


def test_what_pays_is_not_deleted(ada: PortalCustomer) -> None:
    """Neither the default nor a running subscription's own; its owner is told what to do."""
    cards = _cards(ada)
    own = {"default_payment_method": cards["4242"]}
    ada.sandbox.stripe("POST", f"/v1/subscriptions/{ada.subscription}", own)

    answers = [ada.send("/payment-method/delete", method=each) for each in cards.values()]

    assert [each.status_code for each in answers] == [409, 409]
    assert all("Make another one your default first." in ada.text(each) for each in answers)
    assert _cards(ada) == cards
    assert "/payment-method/delete" not in ada.see()


@pytest.mark.parametrize("path", ["/payment-method/default", "/payment-method/delete"])
def test_only_a_customers_own_cards_are_touched(
    ada: PortalCustomer, sandbox: Sandbox, visitor: httpx.Client, path: str
) -> None:
    """Nor is anything where the portal does not let cards be changed, or is for one thing only."""
    eve = PortalCustomer.with_card(sandbox, visitor)
    eve.open()
    mine, hers = _cards(ada), _cards(eve)

    eve.send(path, method=mine["4242"])
    ada.open({"invoice_history": {"enabled": True}})
    closed = ada.send(path, method=mine["4242"])
    ada.open(flow_data={"type": "payment_method_update"})
    other = ada.send(path, method=mine["4242"])

    assert (closed.status_code, other.status_code) == (403, 403)
    assert (_cards(ada), _cards(eve)) == (mine, hers)
    assert _default(ada) == mine["4444"]
