"""The reference's page, which looks for what is new while a tap is under way."""

from __future__ import annotations

from playwright.sync_api import Page, Route, expect

from fixtures.palettes import LIGHT
from tests.suite.telegram.newcomers import come, page, started

__all__ = ["page", "started"]
IS_BACK = "() => dispatchEvent(new Event('online'))"
THAWED = "() => dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"


def test_a_look_at_what_is_new_ends_no_tap(page: Page) -> None:
    """The buttons that it brings wait as the tapped one did; a page that left has begun anew."""
    come(page, LIGHT)
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
