"""The start page in a browser: live, searched while typing, and honest when it is not."""

from __future__ import annotations

import httpx
from playwright.sync_api import Browser, Locator, Page, expect

from billproof.sandbox.client import Sandbox
from tests.suite.sandbox.browsing import Visitor, faults
from tests.suite.sandbox.conftest import running
from tests.suite.sandbox.test_start_page import opened


def row(page: Page, table: str, text: str) -> Locator:
    """What unfolds a row of the start page."""
    return page.get_by_role("region", name=table).locator("summary", has_text=text)


def test_the_start_page_is_live(
    guest: Visitor, server: str, sandbox: Sandbox, visitor: httpx.Client, key: str
) -> None:
    """What happens appears by itself, and what the reader has unfolded stays so."""
    page = guest.page
    sandbox.create_customer(email="first@shop.test")
    page.goto(server + opened(visitor, key))
    customers = page.get_by_role("region", name="Customers")
    row(page, "Customers", "first@shop.test").click()
    expect(customers.get_by_text('"email": "first@shop.test"')).to_be_visible()

    sandbox.create_customer(email="second@shop.test")

    expect(row(page, "Customers", "second@shop.test")).to_be_visible()
    expect(customers.get_by_text('"email": "first@shop.test"')).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("Live")


def test_search_narrows_while_typing(
    guest: Visitor, server: str, sandbox: Sandbox, visitor: httpx.Client, key: str
) -> None:
    """The address follows, so that it can be passed on."""
    page = guest.page
    for name in ("violet", "hugo"):
        sandbox.create_customer(email=f"{name}@shop.test")
    page.goto(server + opened(visitor, key))
    expect(row(page, "Customers", "hugo@shop.test")).to_be_visible()

    page.get_by_role("searchbox", name="Search").fill("Violet")

    expect(row(page, "Customers", "hugo@shop.test")).to_have_count(0)
    expect(row(page, "Customers", "violet@shop.test")).to_be_visible()
    assert page.url.endswith("?q=Violet")


def test_without_scripts_it_is_a_page_to_reload(
    started: Browser, server: str, sandbox: Sandbox, visitor: httpx.Client, key: str
) -> None:
    """All tables are there, rows unfold, and search works."""
    guest = Visitor.into(started, scripts=False)
    page = guest.page
    sandbox.create_customer(email="violet@shop.test")
    page.goto(server + opened(visitor, key))

    page.get_by_role("searchbox", name="Search").fill("violet")
    page.keyboard.press("Enter")

    page.wait_for_url("**?q=violet")
    expect(page.get_by_role("status")).to_have_text("Reload to update")
    row(page, "Customers", "violet@shop.test").click()
    customers = page.get_by_role("region", name="Customers")
    expect(customers.get_by_text('"email": "violet@shop.test"')).to_be_visible()
    guest.context.close()


def test_a_stopped_sandbox_is_told(started: Browser) -> None:
    """The page says so and keeps what it shows."""
    guest = Visitor.into(started)
    with running() as url:
        guest.page.goto(f"{url}/_sandbox/")
        expect(guest.page.get_by_role("status")).to_have_text("Live")

    expect(guest.page.get_by_role("status")).to_have_text("The sandbox does not answer")
    expect(guest.page.get_by_text("Nobody has called yet")).to_be_visible()
    assert faults(guest.page) == []
    guest.context.close()


def test_an_account_with_another_address_is_told(
    guest: Visitor, server: str, sandbox: Sandbox, visitor: httpx.Client, key: str
) -> None:
    """After a restart the old address is nobody's: the page does not claim to be live."""
    sandbox.create_customer(email="first@shop.test")
    guest.page.goto(server + opened(visitor, key))
    expect(guest.page.get_by_role("status")).to_have_text("Live")

    guest.page.route("**/_sandbox/accounts/**", lambda route: route.fulfill(status=404))

    expect(guest.page.get_by_role("status")).to_have_text("No longer there: see all accounts")
    expect(row(guest.page, "Customers", "first@shop.test")).to_be_visible()
