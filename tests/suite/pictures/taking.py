"""Taking a picture of one of the reference's pages, with the files that this checkout has."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fixtures.palettes import THEMES
from fixtures.telegram import Telegram, launch
from reference_impl.pages import HEADERS, MEDIA_TYPES
from tests.suite.house.tree import ROOT
from tests.suite.pictures.blocks import style
from tests.suite.pictures.situations import BILLING, RETURN, SITUATIONS, Situation
from tests.suite.sandbox import browsing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Route

COMMITTED = ROOT / "tests" / "suite" / "pictures" / "committed"
PAGES = ROOT / "reference_impl" / "pages"
FILES = {BILLING: PAGES / "billing.html", RETURN: PAGES / "return.html"}
STYLE = PAGES / "assets" / "style.css"
ORIGIN = "http://127.0.0.1:9"
"""Where nothing listens: what a page asks for is answered here."""
UNHINTED = "--font-render-hinting=none"
"""How letters are fitted to pixels is a setting of each machine's."""
API, ASSETS = "/api/v1", "/app/assets/"
ALL = {
    f"{situation.name}-{theme}": (situation, theme) for situation in SITUATIONS for theme in THEMES
}
"""Every picture, by its name."""


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser that draws the same on every machine."""
    with browsing.browser(UNHINTED) as started:
        yield started


def take(started: Browser, name: str, path: Path, sheet: str | None = None) -> None:
    """Write the picture of this name to `path`; `sheet` stands for the page's own style sheet."""
    situation, theme = ALL[name]
    with _opened(started, situation, theme, sheet) as page:
        if situation.tapped:
            page.get_by_role("button", name=situation.tapped).click()
            page.get_by_role("dialog").wait_for()
        page.add_style_tag(content=style())
        page.evaluate("document.fonts.ready.then(() => document.fonts.size)")
        page.screenshot(path=path, full_page=True, animations="disabled")


@contextmanager
def _opened(
    started: Browser, situation: Situation, theme: str, sheet: str | None
) -> Iterator[Page]:
    """The page on a phone, in Telegram, once it shows all that it is told."""
    context = started.new_context(
        viewport={"width": 390, "height": 844},
        device_scale_factor=2,
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="UTC",
        bypass_csp=True,  # for the font alone
    )
    context.set_default_timeout(8_000)
    Telegram(context)
    page = context.new_page()
    page.route(f"{ORIGIN}/**", lambda route: answer(route, situation, sheet))
    page.goto(launch(ORIGIN + situation.path, "user=nobody&hash=0", THEMES[theme]))
    page.locator(situation.settled).wait_for()
    yield page
    context.close()


def answer(route: Route, situation: Situation, sheet: str | None = None) -> None:
    """What the reference would answer: its pages and their files, and what it tells them."""
    path = urlsplit(route.request.url).path
    if path.startswith(API):
        told = situation.answers()[path.removeprefix(API)]
        route.fulfill(body=told, content_type="application/json")
        return
    file = FILES.get(path) or PAGES / "assets" / path.removeprefix(ASSETS)
    body = sheet if sheet is not None and file == STYLE else file.read_text(encoding="utf-8")
    kind = MEDIA_TYPES.get(file.suffix, "text/html")
    route.fulfill(body=body, headers={**HEADERS, "Content-Type": f"{kind}; charset=utf-8"})
