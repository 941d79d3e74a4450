"""The reference's page, which looks for what is new, and when it does not any more."""

from __future__ import annotations

from functools import partial

from playwright.sync_api import Page, Route, expect

from fixtures.asking import refuse
from fixtures.pages import SOME_FRAMES
from fixtures.palettes import LIGHT
from tests.suite.telegram.newcomers import SUBSCRIBER, come, page, started

__all__ = ["page", "started"]
IS_BACK = "() => dispatchEvent(new Event('online'))"
SEEN_AGAIN = "() => document.dispatchEvent(new Event('visibilitychange'))"
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


def test_more_of_an_older_list_is_not_put_behind_a_newer_one(page: Page) -> None:
    """The newer one may end elsewhere, and what lies between would be missing."""
    come(page, LIGHT, SUBSCRIBER)
    rows = page.locator("#invoice-list > li")
    before, shown = rows.count(), rows.first.element_handle()
    held: list[Route] = []
    page.route("**/invoices?*cursor=*", lambda route: held.append(route))  # noqa: PLW0108 - it is named
    with page.expect_request("**/invoices?*cursor=*"):
        page.get_by_role("button", name="Show more").click()

    page.evaluate(IS_BACK)
    page.wait_for_function("(old) => !old.isConnected", arg=shown)
    [older] = held
    older.fallback()
    more = page.get_by_role("button", name="Show more")
    expect(more).to_be_enabled()
    expect(rows).to_have_count(before)

    page.unroute("**/invoices?*cursor=*")
    more.click()
    expect(rows).to_have_count(2 * before)


def test_who_has_been_told_that_his_session_expired_asks_no_more(page: Page) -> None:
    """However he comes back to the page: all that it could ask for would be refused."""
    come(page, LIGHT)
    page.route("**/api/**", partial(refuse, name="unauthenticated", status=401))
    with page.expect_request("**/subscription"):
        page.evaluate(SEEN_AGAIN)
    expect(page.get_by_text("Your session has expired").filter(visible=True)).to_have_count(1)
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))

    for event in (SEEN_AGAIN, IS_BACK, THAWED):
        page.evaluate(event)
        page.evaluate(SOME_FRAMES)

    assert asked == []
