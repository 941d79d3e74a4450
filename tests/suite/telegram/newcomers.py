"""The reference's billing page, in Telegram, with no backend behind it; mostly for somebody new."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixtures.telegram import Telegram, launch
from tests.suite.pictures.situations import SITUATIONS, Situation
from tests.suite.pictures.taking import ORIGIN, answer
from tests.suite.sandbox.browsing import started

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playwright.sync_api import Browser, Page

__all__ = ["NEWCOMER", "SUBSCRIBER", "come", "page", "started"]
NAMED = {one.name: one for one in SITUATIONS}
NEWCOMER, SUBSCRIBER = NAMED["newcomer"], NAMED["subscriber"]


@pytest.fixture
def page(started: Browser) -> Iterator[Page]:
    """A tab on a phone."""
    context = started.new_context(viewport={"width": 390, "height": 844})
    context.set_default_timeout(8_000)
    Telegram(context)
    yield context.new_page()
    context.close()


def come(page: Page, palette: Mapping[str, str], situation: Situation = NEWCOMER) -> None:
    """Open the page in these colours; all that it asks for is answered as `situation` has it."""
    page.goto("about:blank")
    page.route(f"{ORIGIN}/**", lambda route: answer(route, situation))
    page.goto(launch(ORIGIN + situation.path, "user=nobody&hash=0", palette))
    page.locator(situation.settled).wait_for()
