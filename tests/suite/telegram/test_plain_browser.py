"""The reference's page where Telegram's script runs, and no Telegram is around it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from fixtures.palettes import LIGHT
from fixtures.telegram import ELSEWHERE, SCRIPT, launch
from tests.suite.pictures.situations import BILLING, LINK, SITUATIONS
from tests.suite.pictures.taking import ORIGIN, answer
from tests.suite.sandbox.browsing import started
from tests.suite.telegram.sdks import sdks

__all__ = ["started"]
[SUBSCRIBER] = [one for one in SITUATIONS if one.name == "subscriber"]
PORTAL = "https://billing.stripe.com/p/session/test_of_nobody"
SCRIPTS = {one.name: one.script for one in sdks() if one.app == "official.js"}


@pytest.fixture
def asked() -> list[str]:
    """What was asked for beyond this machine."""
    return []


@pytest.fixture(params=SCRIPTS, ids=str)
def script(request: pytest.FixtureRequest) -> Path:
    """Telegram's, and the suite's double of it."""
    return SCRIPTS[str(request.param)]


@pytest.fixture
def context(started: Browser, script: Path, asked: list[str]) -> Iterator[BrowserContext]:
    """A browser that has been given a Mini App's address, as `billproof serve` prints it."""
    context = started.new_context()
    context.set_default_timeout(8_000)

    def stay(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(content_type="text/html", body="<title>Stripe</title>")

    context.route(f"{ORIGIN}/**", lambda route: answer(route, SUBSCRIBER))
    context.route("**/billing/portal", lambda route: route.fulfill(json={"url": PORTAL}))
    context.route(ELSEWHERE, stay)
    kind = "text/javascript"
    context.route(SCRIPT, lambda route: route.fulfill(path=script, content_type=kind))
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """The billing page of a subscriber."""
    page = context.new_page()
    page.goto(launch(ORIGIN + BILLING, "user=nobody&hash=0", LIGHT))
    page.locator(SUBSCRIBER.settled).wait_for()
    page.wait_for_load_state()
    assert page.evaluate("Telegram.WebApp.initData")
    return page


@pytest.mark.parametrize(
    ("role", "name", "url"), [("button", "Manage", PORTAL), ("link", "Pay invoice", LINK)]
)
def test_what_leads_outside_opens_a_tab(
    page: Page, asked: list[str], role: str, name: str, url: str
) -> None:
    """The script takes what it is to open, and has nobody to tell it to."""
    with page.context.expect_page():
        page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type] # two roles

    assert asked == [url]
