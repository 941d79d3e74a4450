"""The reference's sheets, whose answers come when nobody waits for them any more."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from fixtures.asking import refuse
from fixtures.pages import SOME_FRAMES
from fixtures.palettes import LIGHT
from tests.suite.telegram.newcomers import come, page, started

__all__ = ["page", "started"]
SEEN_AGAIN = "() => document.dispatchEvent(new Event('visibilitychange'))"
NEW = {
    "device": {
        "id": "dev_1",
        "name": "Living room",
        "fingerprint": "a1b2c3d4",
        "created_at": "2026-11-29T12:00:00Z",
    },
    "secret": "shown-this-once",
}


def send(page: Page) -> Route:
    """Fill the form in, send it, and leave it amid its request, which waits to be answered."""
    come(page, LIGHT)
    held: list[Route] = []
    page.route(
        "**/devices",
        lambda route: held.append(route) if route.request.method == "POST" else route.fallback(),
    )
    page.get_by_role("button", name="Register a device").click()
    page.get_by_role("textbox", name="Name").fill("Living room")
    page.get_by_role("textbox", name="Fingerprint").fill("a1b2c3d4")
    with page.expect_request("**/devices"):
        page.get_by_role("button", name="Register", exact=True).click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    [route] = held
    return route


def test_a_secret_is_shown_to_whoever_has_closed_the_form(page: Page) -> None:
    """It is shown this once."""
    send(page).fulfill(status=201, json=NEW)

    expect(page.get_by_role("dialog")).to_contain_text("shown-this-once")


@pytest.mark.parametrize("status", [503, None])
def test_a_failure_is_told_to_whoever_has_closed_the_form(page: Page, status: int | None) -> None:
    """With what was typed, in the form that can be sent again."""
    route = send(page)
    if status is None:
        route.abort()
    else:
        route.fulfill(status=status, json={"type": "about:blank", "title": "No", "status": status})

    expect(page.get_by_role("dialog").get_by_role("alert")).not_to_be_empty()
    expect(page.get_by_role("textbox", name="Name")).to_have_value("Living room")


def test_that_a_session_expired_outlives_its_sheet(page: Page) -> None:
    """Only Telegram helps any more: the sheet goes, the word stays, and nothing is asked again."""
    refuse(send(page), name="unauthenticated", status=401)

    expect(page.get_by_text("Your session has expired")).to_be_in_viewport()
    expect(page.get_by_role("dialog")).to_have_count(0)
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))

    page.keyboard.press("Escape")
    page.evaluate(SEEN_AGAIN)
    page.evaluate(SOME_FRAMES)

    assert asked == []
    expect(page.get_by_text("Your session has expired")).to_be_in_viewport()


def test_who_is_online_again_reads_no_more_that_he_is_not(page: Page) -> None:
    """In a form that stays open, too."""
    route = send(page)
    page.context.set_offline(offline=True)
    route.abort("internetdisconnected")
    told = page.get_by_role("dialog").get_by_text("You are offline")
    expect(told).to_be_visible()

    page.context.set_offline(offline=False)

    expect(told).to_have_count(0)
    expect(page.get_by_role("textbox", name="Name")).to_have_value("Living room")


def test_a_name_may_have_a_hundred_characters_of_any_kind(page: Page) -> None:
    """The API counts characters; a browser's own bound counts some of them twice."""
    come(page, LIGHT)
    page.get_by_role("button", name="Register a device").click()
    page.get_by_role("textbox", name="Name").focus()
    page.keyboard.insert_text("\N{FOX FACE}" * 100)

    expect(page.get_by_role("textbox", name="Name")).to_have_value("\N{FOX FACE}" * 100)
