"""What the portal does when a change of plan has to be paid for: declines, banks, trials."""

from __future__ import annotations

import httpx
import pytest

from billproof.sandbox.client import Sandbox
from tests.suite.sandbox.portal import CARD, UPDATE, PortalCustomer


def test_a_declined_card_changes_nothing(sandbox: Sandbox, visitor: httpx.Client) -> None:
    """It is said on the page; with a good card the same button works."""
    ada = PortalCustomer.with_card(sandbox, visitor, "pm_card_chargeCustomerFail")
    dearer = ada.price(4900, "Max")
    ada.offer(dearer, proration_behavior="always_invoice")
    ada.sandbox.run_ahead(ada.id, 10 * 86_400)
    told = ada.told()

    answer = ada.send("/confirm", price=dearer, quantity="1")

    assert answer.status_code == 402
    assert 'role="alert">Your card was declined.' in ada.text(answer)
    assert ada.shown().items.data[0].price.id == "price_pro"
    assert ada.told() == told
    ada.pay_with("pm_card_visa")
    ada.after("/confirm", price=dearer, quantity="1")
    assert ada.shown().items.data[0].price.id == dearer


def test_a_failing_card_does_no_harm_where_nothing_is_due(
    sandbox: Sandbox, visitor: httpx.Client
) -> None:
    """A change that waits for the renewal asks no bank."""
    ada = PortalCustomer.with_card(sandbox, visitor, "pm_card_chargeCustomerFail")
    dearer = ada.price(4900, "Max")
    ada.offer(dearer)

    ada.after("/confirm", price=dearer, quantity="1")

    assert ada.shown().items.data[0].price.id == dearer


@pytest.mark.parametrize(("outcome", "status"), [("complete", 303), ("fail", 402)])
def test_a_bank_may_ask_first(
    sandbox: Sandbox, visitor: httpx.Client, outcome: str, status: int
) -> None:
    """The plan changes when its customer agrees, and stays when he does not."""
    ada = PortalCustomer.with_card(sandbox, visitor, "pm_card_authenticationRequiredOnSetup")
    dearer = ada.price(4900, "Max")
    ada.offer(dearer, proration_behavior="always_invoice")
    ada.sandbox.run_ahead(ada.id, 10 * 86_400)
    asked = ada.send("/confirm", price=dearer, quantity="1")
    bank = asked.headers["location"]
    assert "Authenticate your payment" in visitor.get(bank).text
    assert ada.shown().items.data[0].price.id == "price_pro"

    answer = visitor.post(bank, data={"outcome": outcome})

    assert answer.status_code == status
    agreed = outcome == "complete"
    assert ada.shown().items.data[0].price.id == (dearer if agreed else "price_pro")
    assert ada.shown().status == "active"
    assert ("unable to authenticate" in answer.text) == (not agreed)


@pytest.mark.parametrize(
    ("behavior", "status"), [("end_trial", "active"), ("continue_trial", "trialing")]
)
def test_a_trial_ends_or_goes_on(
    sandbox: Sandbox, visitor: httpx.Client, behavior: str, status: str
) -> None:
    """As the configuration says; what ends is paid for."""
    ada = PortalCustomer.with_card(sandbox, visitor, trial_period_days=14)
    dearer = ada.price(4900, "Max")
    ada.offer(dearer, trial_update_behavior=behavior)

    page = ada.see("/confirm", price=dearer)
    ada.after("/confirm", price=dearer, quantity="1")

    today = "€49.00" if behavior == "end_trial" else "€0.00"
    assert f'Amount due today</span><span class="num">{today}' in page
    assert ada.shown().status == status
    paid = ada.sandbox.stripe("GET", "/v1/charges", {"customer": ada.id})["data"]
    assert sum(each["amount"] for each in paid) == (4900 if behavior == "end_trial" else 0)


def test_without_a_card_nothing_is_bought(sandbox: Sandbox, visitor: httpx.Client) -> None:
    """The page says so and shows the way to add one; then the same button works."""
    ada = PortalCustomer.with_card(sandbox, visitor, trial_period_days=14)
    method = ada.customer()["invoice_settings"]["default_payment_method"]
    sandbox.stripe("POST", f"/v1/payment_methods/{method}/detach")
    dearer = ada.price(4900, "Max")
    products = [{"product": ada.product_of(dearer), "prices": [dearer]}]
    card = {"payment_method_update": {"enabled": True}}
    ada.open({**card, "subscription_update": {**UPDATE, "products": products}})
    assert ada.at("/payment-method") in ada.see("/confirm", price=dearer)

    answer = ada.send("/confirm", price=dearer)

    assert answer.status_code == 402
    assert "You have no payment method yet." in answer.text
    assert ada.shown().status == "trialing"
    ada.after("/payment-method", **CARD)
    ada.after("/confirm", price=dearer)
    assert (ada.shown().status, ada.shown().items.data[0].price.id) == ("active", dearer)


def test_a_bank_that_agrees_may_still_decline(sandbox: Sandbox, visitor: httpx.Client) -> None:
    """Nothing has changed then, and the page says why."""
    ada = PortalCustomer.with_card(
        sandbox, visitor, "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds"
    )
    dearer = ada.price(4900, "Max")
    ada.offer(dearer, proration_behavior="always_invoice")
    ada.sandbox.run_ahead(ada.id, 10 * 86_400)
    bank = ada.send("/confirm", price=dearer).headers["location"]

    answer = visitor.post(bank, data={"outcome": "complete"})

    assert answer.status_code == 402
    assert "insufficient funds" in answer.text
    assert ada.shown().items.data[0].price.id == "price_pro"
    ada.pay_with("pm_card_visa")
    assert ada.send("/confirm", price=dearer).status_code == 303


def test_what_is_owed_can_be_paid_from_the_portal(sandbox: Sandbox, visitor: httpx.Client) -> None:
    """After a renewal that failed: the way to the invoice is there until it is paid."""
    ada = PortalCustomer.with_card(sandbox, visitor, "pm_card_chargeCustomerFail")
    ada.open()
    sandbox.run_ahead(ada.id, 32 * 86_400)
    page = ada.see()
    assert "Your last payment did not go through." in page
    assert "€19.00 is open." in page
    invoice = ada.shown().latest_invoice
    assert f'href="/invoice/{invoice}">Pay the invoice' in page

    visitor.post(f"/invoice/{invoice}", data=CARD)

    page = ada.see()
    assert "is open." not in page
    assert "Your subscription renews on" in page
