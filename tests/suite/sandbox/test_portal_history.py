"""The portal's invoice history: the newest invoices first, more on demand."""

from __future__ import annotations

import re

import httpx
import pytest

from billproof.sandbox.client import Sandbox
from billproof.sandbox.pages.portal.history import FEW, MORE
from tests.suite.sandbox.portal import PortalCustomer


@pytest.fixture
def ada(sandbox: Sandbox, visitor: httpx.Client) -> PortalCustomer:
    """A customer before the portal."""
    return PortalCustomer.with_card(sandbox, visitor)


def _bill(ada: PortalCustomer, count: int) -> None:
    for number in range(count):
        item = {"customer": ada.id, "currency": "eur", "amount": 100 + number}
        ada.sandbox.stripe("POST", "/v1/invoiceitems", item)
        wanted = {"customer": ada.id, "pending_invoice_items_behavior": "include"}
        draft = ada.sandbox.stripe("POST", "/v1/invoices", wanted)["id"]
        ada.sandbox.stripe("POST", f"/v1/invoices/{draft}/finalize")


def _listed(page: str) -> list[str]:
    return re.findall(r'href="/invoice/(\w+)"', page.partition("Invoice history")[2])


def test_many_invoices_are_shown_a_few_at_a_time(ada: PortalCustomer) -> None:
    """The newest ones; the link leads to where the reader goes on, and at the end it is gone."""
    _bill(ada, FEW)
    wanted = {"customer": ada.id, "limit": 100}
    held = [each["id"] for each in ada.sandbox.stripe("GET", "/v1/invoices", wanted)["data"]]
    ada.open()

    first = ada.see()
    more = re.search(r'href="([^"]*)">View more<', first)
    assert more is not None
    second = ada.text(ada.http.get(more[1]))

    assert _listed(first) == held[:FEW]
    assert _listed(second) == held
    assert more[1].endswith(f"?invoices={FEW + MORE}#invoice-{FEW + 1}")
    assert f'id="invoice-{FEW + 1}"' in second
    assert "View more" not in second


@pytest.mark.parametrize("wanted", ["", "-1", "x", "0", "9" * 40])
def test_what_makes_no_sense_shows_the_first_few(ada: PortalCustomer, wanted: str) -> None:
    """And where there are no more, no way to more."""
    ada.open()

    page = ada.see(f"?invoices={wanted}")

    assert _listed(page) == [ada.shown().latest_invoice]
    assert "View more" not in page
