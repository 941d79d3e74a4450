"""The reference's buttons, where what was tapped for does not come."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from fixtures.asking import refuse
from fixtures.lapsing import LAPSES
from fixtures.palettes import LIGHT
from tests.suite.pictures.situations import Situation
from tests.suite.pictures.taking import answer
from tests.suite.telegram.newcomers import NEWCOMER, SUBSCRIBER, come, page, started

__all__ = ["page", "started"]
BLOCKED = "() => { delete window.TelegramWebviewProxy; window.open = () => null; }"
"""A plain browser, which lets nothing open beside the page."""
PORTAL = {"url": "https://billing.stripe.com/p/session/of-nobody"}


@pytest.mark.parametrize(
    ("situation", "name"), [(NEWCOMER, "Upgrade to Pro"), (SUBSCRIBER, "Show more")]
)
def test_nothing_can_be_tapped_once_a_session_has_expired(
    page: Page, situation: Situation, name: str
) -> None:
    """All of it would be refused, and pages.yaml hides Upgrade and Manage then."""
    come(page, LIGHT, situation)
    page.route("**/api/**", partial(refuse, name="unauthenticated", status=401))

    page.get_by_role("button", name=name).click()

    expect(page.get_by_role("alert").filter(has_text="Your session has expired")).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)
    expect(page.get_by_role("heading", name="Upgrade")).to_have_count(0)


def test_what_could_not_be_opened_can_be_tried_again(page: Page) -> None:
    """A button that had gone with its first tap would leave nothing but another portal."""
    come(page, LIGHT, SUBSCRIBER)
    page.route("**/portal", lambda route: route.fulfill(status=201, json=PORTAL))
    page.evaluate(LAPSES)
    page.evaluate(BLOCKED)
    page.get_by_role("button", name="Manage").click()
    second = page.get_by_role("button", name="Open", exact=True)

    second.click()

    expect(page.locator("#page")).to_have_attribute("aria-busy", "false")
    expect(second).to_be_enabled()


def test_who_asks_for_more_with_a_keyboard_goes_on_there(page: Page) -> None:
    """Also where what came has no link to go on to."""
    come(page, LIGHT, SUBSCRIBER)
    bare = [
        one.model_copy(update={"id": "in_more", "hosted_invoice_url": None, "invoice_pdf": None})
        for one in SUBSCRIBER.invoices[:1]
    ]
    last = replace(SUBSCRIBER, invoices=tuple(bare))
    page.route("**/invoices?*cursor=*", lambda route: answer(route, last))

    page.get_by_role("button", name="Show more").press("Enter")

    row = page.get_by_role("list", name="Invoices").get_by_role("listitem").nth(5)
    expect(row).to_be_focused()
