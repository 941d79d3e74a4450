"""Who may come into the portal, and what is closed to whom."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from billproof.sandbox.client import Sandbox
from tests.suite.sandbox.portal import CARD, UPDATE, PortalCustomer

HISTORY = {"invoice_history": {"enabled": True}}
FORMS: dict[str, dict[str, Any]] = {
    "/payment-method": CARD,
    "/customer": {"name": "Eve"},
    "/confirm": {"price": "price_pro", "quantity": "1"},
    "/cancel": {},
    "/resume": {},
    "/pause": {},
    "/unpause": {},
}
LABELS = {
    "Update plan",
    "Cancel subscription",
    "Pause subscription",
    "Add payment method",
    "Update information",
}


@pytest.fixture
def ada(sandbox: Sandbox, visitor: httpx.Client) -> PortalCustomer:
    """A customer who could do anything, if he was allowed to."""
    return PortalCustomer.with_card(sandbox, visitor)


def _everything(ada: PortalCustomer) -> dict[str, Any]:
    prices = ["price_pro", ada.price(4900, "Max")]
    products = [{"product": ada.product_of(each), "prices": [each]} for each in prices]
    return {
        "customer_update": {"enabled": True, "allowed_updates": ["name"]},
        "invoice_history": {"enabled": True},
        "payment_method_update": {"enabled": True},
        "subscription_cancel": {"enabled": True},
        "subscription_pause": {"enabled": True},
        "subscription_update": {**UPDATE, "products": products},
    }


@pytest.mark.parametrize("path", FORMS)
def test_what_is_disabled_cannot_be_done(ada: PortalCustomer, path: str) -> None:
    """A form sent by hand is answered in plain words; enabled, the same form is taken."""
    ada.open(HISTORY)
    told = ada.told()

    answer = ada.send(path, **FORMS[path])

    assert answer.status_code == 403
    assert "here." in answer.text
    assert 'href="/p/session/' in answer.text
    assert ada.told() == told
    ada.open(_everything(ada))
    assert ada.send(path, **FORMS[path]).status_code == 303


@pytest.mark.parametrize(
    "path", ["/payment-method", "/customer", "/update", "/confirm", "/cancel", "/pause"]
)
def test_what_is_disabled_is_not_shown(ada: PortalCustomer, path: str) -> None:
    """Neither its page nor its button; the whole portal has all of them."""
    ada.open(HISTORY)

    page, overview = ada.http.get(ada.at(path)), ada.see()

    assert page.status_code == 403
    assert not [label for label in LABELS if label in overview]
    ada.open(_everything(ada))
    assert not [label for label in LABELS if label not in ada.see()]


def test_the_invoice_history_can_be_hidden(ada: PortalCustomer) -> None:
    """It shows where it is enabled."""
    ada.open({"subscription_cancel": {"enabled": True}})
    assert "Invoice history" not in ada.see()

    ada.open(HISTORY)

    page = ada.see()
    assert "Invoice history" in page
    assert f"/invoice/{ada.shown().latest_invoice}" in page


def test_the_default_portal_has_what_stripe_enables(ada: PortalCustomer) -> None:
    """Everything but pausing and the customer's details."""
    ada.open()

    page = ada.see()

    shown = {label for label in LABELS if label in page}
    assert shown == {"Cancel subscription", "Add payment method"}
    assert "Invoice history" in page


def test_what_a_merchant_says_of_himself_is_shown(ada: PortalCustomer) -> None:
    """His headline, his terms, his privacy policy."""
    profile = {
        "headline": "Shop & Co. works with Stripe",
        "privacy_policy_url": "https://shop.test/privacy",
        "terms_of_service_url": "https://shop.test/terms",
    }
    made = {"features": HISTORY, "business_profile": profile}
    wanted = ada.sandbox.stripe("POST", "/v1/billing_portal/configurations", made)["id"]
    ada.open(configuration=wanted)

    page = ada.see()

    for text in profile.values():
        assert text in page


def test_foreign_subscriptions_are_not_there(
    ada: PortalCustomer, sandbox: Sandbox, visitor: httpx.Client
) -> None:
    """For each form; her own session does what it is asked."""
    eve = PortalCustomer.with_card(sandbox, visitor)
    eve.open(_everything(eve))
    told = ada.told()

    for path in ("/confirm", "/cancel", "/resume", "/pause", "/unpause"):
        url = f"/p/session/{eve.session}/subscriptions/{ada.subscription}{path}"
        answer = visitor.post(url, data=FORMS[path])
        assert answer.status_code == 404
        assert "no such subscription" in answer.text

    assert ada.told() == told
    assert eve.send("/cancel").status_code == 303


@pytest.mark.parametrize("path", ["", "/payment-method", "/cancel"])
def test_a_deleted_customer_has_no_portal(ada: PortalCustomer, path: str) -> None:
    """The page says so, and nothing can be sent to it."""
    ada.open()
    assert ada.http.get(ada.at(path)).status_code == 200
    ada.sandbox.delete_customer(ada.id)

    page = ada.http.get(ada.at(path))

    assert page.status_code == 410
    assert "expired" in page.text
    assert 'href="https://shop.test/app"' in page.text
    if path:
        assert ada.send(path, **CARD).status_code == 410


def test_an_unknown_session_is_a_page_too(ada: PortalCustomer) -> None:
    """In plain words, for each of its addresses."""
    ada.open()
    known, ada.session = ada.session, "bps_nobody"

    for path in ("", "/payment-method", "/cancel"):
        answer = ada.http.get(ada.at(path))
        assert answer.status_code == 404
        assert "There is no such portal session." in answer.text

    ada.session = known
    assert "Manage your subscription" in ada.see()


def test_pages_escape_what_they_show(ada: PortalCustomer) -> None:
    """Names and products are text."""
    ada.open({"customer_update": {"enabled": True, "allowed_updates": ["name"]}})
    ada.after("/customer", name="<b>Ada</b>")

    answer = ada.http.get(ada.at(""))

    assert "&lt;b&gt;Ada" in answer.text
    assert "<b>Ada" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
