"""The lines of an invoice: in which order they stand, and how many are shown at once."""

from __future__ import annotations

from typing import Any

import pytest

from billproof.sandbox.objects.invoice import Invoice
from billproof.sandbox.pages.invoice_sheet import Sheet
from billproof.sandbox.pages.money import money
from tests.suite.sandbox.local import DAY, START, Local

MONTH = 31 * DAY
"""From 15 January to 15 February."""


def _last(stripe: Local, customer: str) -> dict[str, Any]:
    found: dict[str, Any] = stripe.get("invoices", customer=customer, limit=1)["data"][0]
    return found


def _amounts(invoice: dict[str, Any]) -> list[int]:
    return [line["amount"] for line in invoice["lines"]["data"]]


def _two_changes(stripe: Local, customer: str) -> str:
    made = stripe.subscribe(customer)
    item = made["items"]["data"][0]["id"]
    for day, quantity in ((10, 2), (20, 3)):
        stripe.wait(START + day * DAY - int(stripe.at))
        stripe.post(f"subscription_items/{item}", quantity=quantity)
    return str(made["id"])


def test_what_waited_stands_first_and_the_newest_of_it_before_the_older(stripe: Local) -> None:
    """Each change gives back before it asks; the new period comes after all of them."""
    customer = stripe.customer()
    subscription = _two_changes(stripe, customer)
    expected = [-1348, 2023, -1287, 2574, 5700]

    preview = stripe.post("invoices/create_preview", subscription=subscription)
    stripe.wait(START + MONTH - int(stripe.at))

    assert _amounts(preview) == expected
    renewal = _last(stripe, customer)
    assert _amounts(renewal) == expected
    listed = stripe.get(f"invoices/{renewal['id']}/lines")["data"]
    assert [line["amount"] for line in listed] == expected


def test_what_is_added_to_a_draft_stands_last(stripe: Local) -> None:
    """What waited is taken up newest first; after that, the oldest addition stands first."""
    customer = stripe.customer()
    for amount in (100, 200, 300):
        stripe.post("invoiceitems", customer=customer, amount=amount, currency="eur")
    behavior = {"pending_invoice_items_behavior": "include"}
    draft = stripe.post("invoices", customer=customer, currency="eur", **behavior)["id"]

    for amount in (400, 500):
        stripe.post("invoiceitems", customer=customer, invoice=draft, amount=amount, currency="eur")

    assert _amounts(stripe.get(f"invoices/{draft}")) == [300, 200, 100, 400, 500]


def test_what_a_deleted_draft_gave_back_keeps_its_place(stripe: Local) -> None:
    """It waits again as long as it did before, not as the newest."""
    customer = stripe.customer()
    stripe.post("invoiceitems", customer=customer, amount=100, currency="eur")
    behavior = {"currency": "eur", "pending_invoice_items_behavior": "include"}
    draft = stripe.post("invoices", customer=customer, **behavior)["id"]
    stripe.post("invoiceitems", customer=customer, amount=200, currency="eur")

    stripe.call("DELETE", f"invoices/{draft}")

    assert _amounts(stripe.post("invoices", customer=customer, **behavior)) == [200, 100]


def test_the_newer_item_of_a_subscription_stands_before_the_older(stripe: Local) -> None:
    """Those of one call keep the order in which it named them."""
    customer = stripe.customer()
    items = [{"price": "price_pro"}, {"price": "price_max"}]
    made = stripe.post("subscriptions", customer=customer, items=items)
    first = _amounts(_last(stripe, customer))
    recurring = {"interval": "month"}
    product = stripe.post("products", name="Extra")["id"]
    data = {"currency": "eur", "product": product, "unit_amount": 700, "recurring": recurring}
    stripe.wait(DAY)
    unpaid = {"price_data": data, "proration_behavior": "none"}
    stripe.post("subscription_items", subscription=made["id"], **unpaid)

    stripe.wait(MONTH - DAY)

    assert first == [1900, 4900]
    assert _amounts(_last(stripe, customer)) == [700, 1900, 4900]


def _billed(stripe: Local, customer: str, many: int) -> dict[str, Any]:
    """A draft with lines over 1, 2, 3 and so on, in this order."""
    draft: str = stripe.post("invoices", customer=customer, currency="eur")["id"]
    for amount in range(1, many + 1):
        stripe.post("invoiceitems", customer=customer, invoice=draft, amount=amount, currency="eur")
    return stripe.get(f"invoices/{draft}")


@pytest.mark.parametrize(("many", "more"), [(10, False), (11, True)])
def test_an_invoice_shows_its_first_ten_lines(stripe: Local, *, many: int, more: bool) -> None:
    """That there are more is said, and where; the sums are of all."""
    invoice = _billed(stripe, stripe.customer(), many)

    assert _amounts(invoice) == list(range(1, 11))
    url = f"/v1/invoices/{invoice['id']}/lines"
    assert (invoice["lines"]["has_more"], invoice["lines"]["url"]) == (more, url)
    assert invoice["total"] == sum(range(1, many + 1))


def test_all_lines_are_found_page_by_page(stripe: Local) -> None:
    """A page of ten leads to the next one; an expanded list shows ten of each invoice too."""
    customer = stripe.customer()
    path = f"invoices/{_billed(stripe, customer, 23)['id']}/lines"

    pages = [stripe.get(path)]
    while pages[-1]["has_more"]:
        pages.append(stripe.get(path, starting_after=pages[-1]["data"][-1]["id"]))

    sizes = [len(page["data"]) for page in pages]
    assert sizes == [10, 10, 3]
    assert [line["amount"] for page in pages for line in page["data"]] == list(range(1, 24))
    assert len(stripe.get(path, limit=100)["data"]) == len(range(1, 24))
    lists = stripe.get("invoices", customer=customer, expand=["data.lines.data.parent"])
    assert [len(each["lines"]["data"]) for each in lists["data"]] == [10]


def test_an_event_shows_ten_lines_and_a_page_all(stripe: Local) -> None:
    """An event's invoice is as the call answers it; what people read is never cut."""
    customer = stripe.customer()
    draft = _billed(stripe, customer, 12)["id"]

    stripe.post(f"invoices/{draft}/finalize", auto_advance=False)

    told = stripe.get("events", type="invoice.finalized")["data"][0]["data"]["object"]
    assert (len(told["lines"]["data"]), told["lines"]["has_more"]) == (10, True)
    rows = Sheet.of(stripe.account.get(Invoice, draft)).rows
    assert [row.amount for row in rows] == [money(each, "eur") for each in range(1, 13)]


def test_a_preview_shows_all_its_lines(stripe: Local) -> None:
    """It is not kept, so that no call could ask for the rest."""
    customer = stripe.customer()
    subscription = stripe.subscribe(customer)["id"]
    for amount in range(1, 12):
        stripe.post("invoiceitems", customer=customer, amount=amount, currency="eur")

    seen = stripe.post("invoices/create_preview", subscription=subscription)

    assert _amounts(seen) == [*range(11, 0, -1), 1900]
    assert seen["lines"]["has_more"] is False


def test_the_first_items_currency_becomes_the_customers(stripe: Local) -> None:
    """Which the next invoice then has, unless it says another; an event tells it."""
    customer = stripe.customer()
    told = stripe.told()

    stripe.post("invoiceitems", customer=customer, amount=700, currency="eur")

    assert stripe.types(told) == ["customer.updated", "invoiceitem.created"]
    assert stripe.get(f"customers/{customer}")["currency"] == "eur"
    assert stripe.post("invoices", customer=customer)["currency"] == "eur"
