"""The reference's billing page for somebody new, in Telegram, with no backend behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixtures.telegram import Telegram, launch
from tests.suite.pictures.situations import BILLING, SITUATIONS
from tests.suite.pictures.taking import ORIGIN, answer
from tests.suite.sandbox.browsing import started

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playwright.sync_api import Browser, Page

__all__ = ["come", "page", "started"]
[NEWCOMER] = [one for one in SITUATIONS if one.name == "newcomer"]


@pytest.fixture
def page(started: Browser) -> Iterator[Page]:
    """A tab on a phone; all that it asks for is answered."""
    context = started.new_context(viewport={"width": 390, "height": 844})
    context.set_default_timeout(8_000)
    Telegram(context)
    page = context.new_page()
    page.route(f"{ORIGIN}/**", lambda route: answer(route, NEWCOMER))
    yield page
    context.close()


def come(page: Page, palette: Mapping[str, str]) -> None:
    """Open the page in these colours."""
    page.goto("about:blank")
    page.goto(launch(ORIGIN + BILLING, "user=nobody&hash=0", palette))
    page.locator(NEWCOMER.settled).wait_for()
