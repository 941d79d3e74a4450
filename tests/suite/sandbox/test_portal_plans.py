"""The portal changes plans: what it offers, what it says it costs, what it then costs."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from billproof.sandbox.client import Sandbox
from billproof.sandbox.pages.money import money
from tests.suite.sandbox.portal import PortalCustomer


@pytest.fixture
def ada(sandbox: Sandbox, visitor: httpx.Client) -> PortalCustomer:
    """A customer with a good card."""
    return PortalCustomer.with_card(sandbox, visitor)


def _preview(ada: PortalCustomer, price: str, **details: Any) -> dict[str, Any]:
    item = ada.shown().items.data[0].id
    said = {"items": [{"id": item, "price": price}], **details}
    asked = {"subscription": ada.subscription, "subscription_details": said}
    return ada.sandbox.stripe("POST", "/v1/invoices/create_preview", asked)


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return found[1]


def test_it_offers_what_the_configuration_names(ada: PortalCustomer) -> None:
    """In the subscription's currency, with the present plan marked and closed."""
    dearer, unnamed = ada.price(4900, "Max"), ada.price(700, "Secret")
    ada.offer(dearer, "price_team")

    page = ada.see("/update")

    assert "€49.00 per month" in page
    assert page.count("Current plan") == 1
    assert "¥" not in page
    assert unnamed not in page
    assert page.count('type="radio"') == 2
    assert re.search(r'value="price_pro"[^>]* disabled', page)


def test_the_page_says_what_the_api_says(ada: PortalCustomer) -> None:
    """Line by line, from the same second on; and nothing has changed by looking."""
    dearer = ada.price(4900, "Max")
    ada.offer(dearer)
    ada.sandbox.run_ahead(ada.id, 10 * 86_400)

    page = ada.see("/confirm", price=dearer)

    behavior = {"proration_behavior": "create_prorations"}
    preview = _preview(ada, dearer, proration_date=int(_hidden(page, "at")), **behavior)
    assert preview["amount_due"] > 4900
    for line in preview["lines"]["data"]:
        assert line["description"] in page
        assert f">{money(line['amount'], 'eur')}<" in page
    assert money(preview["amount_due"], "eur") in page
    assert 'Amount due today</span><span class="num">€0.00' in page
    assert [each.price.id for each in ada.shown().items.data] == ["price_pro"]


def test_confirming_changes_the_plan(ada: PortalCustomer) -> None:
    """The API shows it, an event tells it, and the next invoice is the one that was shown."""
    dearer = ada.price(4900, "Max")
    ada.offer(dearer)
    ada.sandbox.run_ahead(ada.id, 10 * 86_400)
    page = ada.see("/confirm", price=dearer)
    at = _hidden(page, "at")
    promised = _preview(ada, dearer, proration_date=int(at))["amount_due"]

    after = ada.after("/confirm", price=dearer, quantity="1", at=at)

    assert "Your plan has been updated." in after
    assert "€49.00" in after
    assert [each.price.id for each in ada.shown().items.data] == [dearer]
    assert ada.told()[-1] == "customer.subscription.updated"
    upcoming = {"subscription": ada.subscription}
    coming = ada.sandbox.stripe("POST", "/v1/invoices/create_preview", upcoming)
    assert coming["amount_due"] == promised


def test_always_invoicing_is_paid_at_once(ada: PortalCustomer) -> None:
    """What the page calls due today is what is charged."""
    dearer = ada.price(4900, "Max")
    ada.offer(dearer, proration_behavior="always_invoice")
    ada.sandbox.run_ahead(ada.id, 10 * 86_400)
    page = ada.see("/confirm", price=dearer)
    due = re.search(r"Amount due today</span><span class=\"num\">(€[\d.,]+)", page)
    assert due is not None

    ada.after("/confirm", price=dearer, quantity="1", at=_hidden(page, "at"))

    invoice = ada.sandbox.stripe("GET", f"/v1/invoices/{ada.shown().latest_invoice}")
    assert (invoice["status"], money(invoice["amount_paid"], "eur")) == ("paid", due[1])
    assert invoice["amount_paid"] > 0
    assert "invoice.paid" in ada.told()


def test_what_is_kept_lowers_the_renewal(ada: PortalCustomer) -> None:
    """Less is asked for than was paid: the rest is the next invoice's, as the API says after it."""
    cheaper = ada.price(900, "Basic")
    ada.offer(cheaper, proration_behavior="always_invoice")

    page = ada.see("/confirm", price=cheaper)
    ada.after("/confirm", price=cheaper, quantity="1", at=_hidden(page, "at"))

    assert 'Amount due today</span><span class="num">€0.00' in page
    renewal = re.search(r"Renewal</span><span class=\"num\">(€[\d.,]+)", page)
    upcoming = {"subscription": ada.subscription}
    coming = ada.sandbox.stripe("POST", "/v1/invoices/create_preview", upcoming)
    assert coming["total"] == 900
    assert renewal is not None
    assert renewal[1] == money(coming["amount_due"], "eur") == "€0.00"


def test_another_interval_begins_a_period(ada: PortalCustomer) -> None:
    """A year is paid for now; the rest of the month is given back."""
    yearly = ada.price(19_000, "Year", "year")
    ada.offer(yearly)

    page = ada.see("/confirm", price=yearly)
    ada.after("/confirm", price=yearly, quantity="1", at=_hidden(page, "at"))

    assert "€190.00 per year" in page
    shown = ada.shown()
    assert shown.current_period_end - shown.items.data[0].current_period_start > 364 * 86_400


def test_without_proration_the_next_period_costs_more(ada: PortalCustomer) -> None:
    """Nothing else is billed."""
    dearer = ada.price(4900, "Max")
    ada.offer(dearer, proration_behavior="none")
    ada.sandbox.run_ahead(ada.id, 10 * 86_400)

    page = ada.see("/confirm", price=dearer)
    ada.after("/confirm", price=dearer, quantity="1")

    assert "Unused time" not in page
    upcoming = {"subscription": ada.subscription}
    coming = ada.sandbox.stripe("POST", "/v1/invoices/create_preview", upcoming)
    assert coming["amount_due"] == 4900


def test_a_second_tap_changes_nothing_more(ada: PortalCustomer) -> None:
    """Nor does going back and confirming once more."""
    dearer = ada.price(4900, "Max")
    ada.offer(dearer, proration_behavior="always_invoice")
    ada.sandbox.run_ahead(ada.id, 10 * 86_400)
    ada.after("/confirm", price=dearer, quantity="1")
    told = ada.told()

    again = ada.after("/confirm", price=dearer, quantity="1")

    assert "Your plan has been updated." in again
    assert ada.told() == told


def test_quantities_can_be_chosen_where_they_are_offered(ada: PortalCustomer) -> None:
    """Within their bounds; elsewhere what is sent of it is ignored."""
    seats, flat = ada.price(500, "Seat"), ada.price(900, "Flat")
    products = [
        {
            "product": ada.product_of(seats),
            "prices": [seats],
            "adjustable_quantity": {"enabled": True, "minimum": 2, "maximum": 5},
        },
        {"product": ada.product_of(flat), "prices": [flat]},
    ]
    ada.offer(default_allowed_updates=["price", "quantity"], products=products)
    assert "Quantity" in ada.see("/update")

    assert "Choose a quantity from 2 to 5." in ada.see("/confirm", price=seats, quantity="6")
    assert "Choose a quantity from 2 to 5." in ada.see("/confirm", price=seats, quantity="x")
    ada.after("/confirm", price=seats, quantity="3")
    item = ada.shown().items.data[0]
    assert (item.price.id, item.quantity) == (seats, 3)
    ada.after("/confirm", price=flat, quantity="4")
    assert ada.shown().items.data[0].quantity == 3


@pytest.mark.parametrize("sent", [{}, {"price": "price_nobody"}, {"price": "price_team"}])
def test_what_is_not_offered_cannot_be_had(ada: PortalCustomer, sent: dict[str, str]) -> None:
    """Whatever is sent by hand; what is offered can."""
    dearer = ada.price(4900, "Max")
    ada.offer(dearer)

    answer = ada.send("/confirm", **sent)

    assert answer.status_code == 422
    assert "Choose a plan." in answer.text
    assert ada.shown().items.data[0].price.id == "price_pro"
    assert ada.send("/confirm", price=dearer).status_code == 303


def test_what_is_about_to_end_is_not_changed(ada: PortalCustomer) -> None:
    """The button is gone, and a form sent by hand is refused; kept, it can be."""
    dearer = ada.price(4900, "Max")
    ada.offer(dearer)
    assert "Update plan" in ada.see()
    ada.sandbox.update_subscription(ada.subscription, cancel_at_period_end=True)
    assert "Update plan" not in ada.see()

    answer = ada.send("/confirm", price=dearer, quantity="1")

    assert answer.status_code == 409
    assert ada.shown().items.data[0].price.id == "price_pro"
    ada.sandbox.update_subscription(ada.subscription, cancel_at_period_end=False)
    assert ada.send("/confirm", price=dearer, quantity="1").status_code == 303


def test_a_configuration_may_change_while_it_is_looked_at(ada: PortalCustomer) -> None:
    """The next page is by the new one."""
    dearer, other = ada.price(4900, "Max"), ada.price(900, "Mini")
    ada.offer(dearer)
    made = ada.sandbox.stripe("GET", "/v1/billing_portal/configurations")["data"][0]["id"]
    products = [{"product": ada.product_of(other), "prices": [other]}]
    update = {"features": {"subscription_update": {"enabled": True, "products": products}}}
    ada.sandbox.stripe("POST", f"/v1/billing_portal/configurations/{made}", update)

    page = ada.see("/update")

    assert ("€9.00" in page, "€49.00" in page) == (True, False)
    assert ada.send("/confirm", price=dearer).status_code == 422
    assert ada.send("/confirm", price=other).status_code == 303


@pytest.mark.parametrize(("minutes", "as_shown"), [(30, True), (120, False)])
def test_what_was_shown_is_charged_for_an_hour(
    ada: PortalCustomer,
    minutes: int,
    as_shown: bool,  # noqa: FBT001 - a case of the table
) -> None:
    """To the second; who waits longer pays as of then."""
    dearer = ada.price(490_000, "Max")
    ada.offer(dearer, proration_behavior="always_invoice")
    ada.sandbox.run_ahead(ada.id, 10 * 86_400)
    page = ada.see("/confirm", price=dearer)
    due = re.search(r"Amount due today</span><span class=\"num\">(€[\d.,]+)", page)
    ada.sandbox.run_ahead(ada.id, 10 * 86_400 + minutes * 60)

    ada.after("/confirm", price=dearer, at=_hidden(page, "at"))

    assert due is not None
    invoice = ada.sandbox.stripe("GET", f"/v1/invoices/{ada.shown().latest_invoice}")
    assert (money(invoice["amount_paid"], "eur") == due[1]) == as_shown


def test_a_change_may_begin_a_new_period(ada: PortalCustomer) -> None:
    """Where the configuration says so."""
    dearer, dearest = ada.price(4900, "Max"), ada.price(9900, "Most")
    ada.sandbox.run_ahead(ada.id, 10 * 86_400)
    began = ada.shown().items.data[0].current_period_start
    ada.offer(dearer, dearest)
    ada.after("/confirm", price=dearer)
    assert ada.shown().items.data[0].current_period_start == began
    ada.offer(dearer, dearest, billing_cycle_anchor="now")

    ada.after("/confirm", price=dearest)

    assert ada.shown().items.data[0].current_period_start > began + 9 * 86_400
    latest = ada.sandbox.stripe("GET", f"/v1/invoices/{ada.shown().latest_invoice}")
    assert latest["status"] == "paid"


def test_what_has_several_items_is_not_changed(ada: PortalCustomer) -> None:
    """As at Stripe; it can still be canceled."""
    dearer, seat = ada.price(4900, "Max"), ada.price(500, "Seat")
    ada.offer(dearer)
    assert "Update plan" in ada.see()
    ada.sandbox.update_subscription(ada.subscription, items=[{"price": seat}])

    assert "Update plan" not in ada.see()
    assert ada.send("/confirm", price=dearer).status_code == 409
    assert len(ada.shown().items.data) == 2


def test_what_a_customer_has_to_his_credit_counts(ada: PortalCustomer) -> None:
    """On the page as in the API: the next invoice is that much less."""
    dearer = ada.price(4900, "Max")
    ada.offer(dearer, proration_behavior="none")
    ada.sandbox.stripe("POST", f"/v1/customers/{ada.id}", {"balance": -1000})

    page = ada.see("/confirm", price=dearer)
    preview = _preview(ada, dearer, proration_behavior="none")

    assert (preview["total"], preview["amount_due"]) == (4900, 3900)
    assert "Applied balance" in page
    assert "€39.00" in page
