"""The reference's page, which looks for what is new while a tap is under way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from fixtures.palettes import LIGHT
from fixtures.telegram import Telegram, launch
from tests.suite.pictures.situations import BILLING, SITUATIONS
from tests.suite.pictures.taking import ORIGIN, answer
from tests.suite.sandbox.browsing import started

__all__ = ["started"]
[NEWCOMER] = [one for one in SITUATIONS if one.name == "newcomer"]
IS_BACK = "() => dispatchEvent(new Event('online'))"
THAWED = "() => dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"


@pytest.fixture
def page(started: Browser) -> Iterator[Page]:
    """The billing page of somebody new."""
    context = started.new_context()
    context.set_default_timeout(8_000)
    Telegram(context)
    page = context.new_page()
    page.route(f"{ORIGIN}/**", lambda route: answer(route, NEWCOMER))
    page.goto(launch(ORIGIN + BILLING, "user=nobody&hash=0", LIGHT))
    page.locator(NEWCOMER.settled).wait_for()
    yield page
    context.close()


def test_a_look_at_what_is_new_ends_no_tap(page: Page) -> None:
    """The buttons that it brings wait as the tapped one did; a page that left has begun anew."""
    held: list[Route] = []
    page.route("**/checkout", lambda route: held.append(route))  # noqa: PLW0108 - it is named
    upgrade = page.get_by_role("button", name="Upgrade to Pro")
    with page.expect_request("**/checkout"):
        upgrade.click()
    tapped = upgrade.element_handle()

    with page.expect_response("**/invoices*"):
        page.evaluate(IS_BACK)
    page.wait_for_function("(old) => !old.isConnected", arg=tapped)
    expect(upgrade).to_be_disabled()
    assert len(held) == 1

    page.evaluate(THAWED)
    expect(upgrade).to_be_enabled()
