"""Deep links into the portal: each shows one thing, does it, and goes where it was told."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from billproof.sandbox.client import Sandbox
from billproof.sandbox.wire import SandboxRefused
from tests.suite.sandbox.portal import CARD, CHALLENGED, MASTERCARD, UPDATE, PortalCustomer

REDIRECT = {"type": "redirect", "redirect": {"return_url": "https://shop.test/done"}}
CONFIRMED = {
    "type": "hosted_confirmation",
    "hosted_confirmation": {"custom_message": "See you <soon>"},
}


@pytest.fixture
def ada(sandbox: Sandbox, visitor: httpx.Client) -> PortalCustomer:
    """A customer before a deep link."""
    return PortalCustomer.with_card(sandbox, visitor)


def _link(ada: PortalCustomer, kind: str, price: str = "", **extra: Any) -> None:
    """A deep link, in an account whose portal can do everything."""
    products = [
        {"product": ada.product_of(each), "prices": [each]} for each in ("price_pro", price) if each
    ]
    features = {
        "customer_update": {"enabled": True, "allowed_updates": ["name"]},
        "payment_method_update": {"enabled": True},
        "subscription_cancel": {"enabled": True},
        "subscription_pause": {"enabled": True},
        "subscription_update": {**UPDATE, "products": products},
    }
    about: dict[str, Any] = {"subscription": ada.subscription}
    if kind == "subscription_update_confirm":
        item = ada.shown().items.data[0].id
        about["items"] = [{"id": item, "price": price, "quantity": 1}]
    flow = {"type": kind, **({kind: about} if kind.startswith("subscription") else {}), **extra}
    ada.open(features, flow_data=flow)


KINDS = {
    "customer_update": ("/customer", {"name": "Ada"}),
    "payment_method_update": ("/payment-method", MASTERCARD),
    "subscription_cancel": ("/cancel", {}),
    "subscription_pause": ("/pause", {}),
    "subscription_update": ("/confirm", {"price": "", "quantity": "1"}),
    "subscription_update_confirm": ("/confirm", {"quantity": "1"}),
}
FIRST = {"subscription_update": "/update"}


@pytest.mark.parametrize("kind", KINDS)
def test_each_opens_its_page_and_goes_on_as_told(ada: PortalCustomer, kind: str) -> None:
    """Redirected once, and whenever it is opened or sent again."""
    dearer = ada.price(4900, "Max")
    _link(ada, kind, dearer, after_completion=REDIRECT)
    path, form = KINDS[kind]
    sent = {name: value or dearer for name, value in form.items()}

    opened = ada.http.get(ada.at(""))
    assert opened.headers["location"] == ada.at(FIRST.get(kind, path))
    assert ada.http.get(opened.headers["location"]).status_code == 200
    done = ada.send(path, **sent)

    assert (done.status_code, done.headers["location"]) == (303, "https://shop.test/done")
    told = ada.told()
    for again in (ada.send(path, **sent), ada.http.get(ada.at(path)), ada.http.get(ada.at(""))):
        assert again.headers["location"] == "https://shop.test/done"
    assert ada.told() == told


def test_a_confirmation_may_be_hosted(ada: PortalCustomer) -> None:
    """With the merchant's own words, as text, and the way back to him."""
    _link(ada, "subscription_cancel", after_completion=CONFIRMED)

    page = ada.send("/cancel")
    shown = ada.http.get(page.headers["location"])

    assert "See you &lt;soon&gt;" in shown.text
    assert 'href="https://shop.test/app"' in shown.text
    assert "Manage your subscription" not in shown.text
    assert ada.shown().cancel_at_period_end
    assert ada.see() == ada.text(shown)


def test_without_words_it_says_what_was_done(ada: PortalCustomer) -> None:
    """A hosted confirmation needs no message."""
    _link(ada, "subscription_cancel", after_completion={"type": "hosted_confirmation"})

    assert "Your subscription will be canceled." in ada.after("/cancel")


def test_by_default_it_leads_to_the_whole_portal(ada: PortalCustomer) -> None:
    """Which is closed until then."""
    _link(ada, "payment_method_update")
    assert ada.http.get(ada.at("")).status_code == 303

    page = ada.after("/payment-method", **CARD)

    assert "Your payment method has been updated." in page
    assert "Manage your subscription" in ada.see()
    assert ada.send("/cancel").status_code == 303


@pytest.mark.parametrize("path", ["/cancel", "/update", "/confirm", "/customer", "/pause"])
def test_nothing_else_is_possible_before(ada: PortalCustomer, path: str) -> None:
    """Neither shown nor done by a form sent by hand, though the configuration allows it."""
    dearer = ada.price(4900, "Max")
    _link(ada, "payment_method_update", dearer, after_completion=REDIRECT)
    told = ada.told()

    answer = (
        ada.send(path, price=dearer, name="x") if path != "/update" else ada.http.get(ada.at(path))
    )

    assert answer.status_code == 403
    assert "one thing only" in answer.text
    assert ada.told() == told
    assert ada.send("/payment-method", **CARD).status_code == 303


def test_a_link_is_for_one_subscription(ada: PortalCustomer) -> None:
    """Another one of the same customer is not its business."""
    other = {"customer": ada.id, "items": [{"price": "price_pro"}]}
    second = ada.sandbox.stripe("POST", "/v1/subscriptions", other)["id"]
    _link(ada, "subscription_cancel")

    answer = ada.http.post(f"/p/session/{ada.session}/subscriptions/{second}/cancel")

    assert answer.status_code == 403
    assert not ada.sandbox.subscription(second).cancel_at_period_end
    assert ada.send("/cancel").status_code == 303


def test_a_confirm_link_changes_to_what_it_names(ada: PortalCustomer) -> None:
    """Whatever a form says instead; and there is nothing to choose."""
    dearer, other = ada.price(4900, "Max"), ada.price(900, "Mini")
    _link(ada, "subscription_update_confirm", dearer)
    page = ada.see("/confirm")
    assert ("€49.00" in page, "Go back" in page) == (True, False)
    assert ada.http.get(ada.at("/update")).status_code == 403

    ada.after("/confirm", price=other, quantity="1")

    assert ada.shown().items.data[0].price.id == dearer
    assert "Your plan has been updated." in ada.after("/confirm", price=dearer, quantity="1")


def test_a_bank_comes_between(ada: PortalCustomer) -> None:
    """A deep link is done when the bank's customer has agreed."""
    _link(ada, "payment_method_update", after_completion=REDIRECT)
    asked = ada.send("/payment-method", **CHALLENGED).headers["location"]

    failed = ada.http.get(ada.http.post(asked, data={"outcome": "fail"}).headers["location"])
    assert failed.status_code == 402
    asked = ada.send("/payment-method", **CHALLENGED).headers["location"]
    agreed = ada.http.get(ada.http.post(asked, data={"outcome": "complete"}).headers["location"])

    assert agreed.headers["location"] == "https://shop.test/done"


def test_a_link_needs_its_feature(ada: PortalCustomer) -> None:
    """The call is refused; and when the feature goes later, the page says so."""
    with pytest.raises(SandboxRefused, match="is disabled"):
        ada.open(
            {"invoice_history": {"enabled": True}}, flow_data={"type": "payment_method_update"}
        )
    _link(ada, "payment_method_update")
    assert ada.http.get(ada.at("/payment-method")).status_code == 200
    shown = ada.sandbox.stripe("GET", "/v1/billing_portal/configurations")["data"][0]["id"]
    off = {"features": {"payment_method_update": {"enabled": False}}}
    ada.sandbox.stripe("POST", f"/v1/billing_portal/configurations/{shown}", off)

    answer = ada.send("/payment-method", **CARD)

    assert answer.status_code == 403
    assert "Payment methods cannot be changed here." in answer.text


def test_a_link_needs_a_subscription_that_runs(ada: PortalCustomer) -> None:
    """One that is over cannot be canceled again."""
    ada.sandbox.cancel_subscription(ada.subscription)

    with pytest.raises(SandboxRefused, match="has ended"):
        _link(ada, "subscription_cancel")
