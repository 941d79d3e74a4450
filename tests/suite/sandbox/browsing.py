"""A browser for tests of pages, and what every visit is watched for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from billproof.verify.browser import ADVICE, find_browser

QUIET = ("--disable-gpu", "--disable-background-networking", "--no-first-run")
DESKTOP, PHONE, NARROW = (1180, 800), (390, 844), (320, 640)

AXE = Axe()
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


@contextmanager
def browser(*more: str) -> Iterator[Browser]:
    """The browser that billproof finds, with `more` flags; a test that needs one fails without."""
    found = find_browser(os.environ)
    if found is None:
        pytest.fail(f"These tests need a browser. {ADVICE}")
    # Chromium's sandbox refuses root, who is who we are in most containers.
    flags = [*QUIET, *more, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found.executable, args=flags)
        yield started
        started.close()


@dataclass
class Visitor:
    """One browser window; what it asked for elsewhere than on loopback did not leave."""

    context: BrowserContext
    page: Page
    abroad: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    """Errors on its console."""

    @classmethod
    def into(cls, started: Browser, *, scripts: bool = True) -> Visitor:
        """A new window, without anything from before."""
        context = started.new_context(
            viewport={"width": DESKTOP[0], "height": DESKTOP[1]},
            locale="en-GB",
            timezone_id="Asia/Kathmandu",
            reduced_motion="reduce",
            java_script_enabled=scripts,
        )
        context.set_default_timeout(8000)
        visitor = cls(context, context.new_page())
        context.route("**/*", visitor.let_pass)
        visitor.page.on("pageerror", lambda error: visitor.said.append(str(error)))
        visitor.page.on(
            "console",
            lambda line: visitor.said.append(line.text) if line.type == "error" else None,
        )
        return visitor

    def let_pass(self, route: Route) -> None:
        """Only what stays on this machine."""
        if urlsplit(route.request.url).hostname == "127.0.0.1":
            route.continue_()
        else:
            self.abroad.append(route.request.url)
            route.abort()

    def resize(self, size: tuple[int, int]) -> None:
        """Another size of the window."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})


@pytest.fixture(scope="module")
def started() -> Iterator[Browser]:
    """One browser for all tests of a file."""
    with browser() as found:
        yield found


@pytest.fixture
def guest(started: Browser) -> Iterator[Visitor]:
    """A window; nothing may leave this machine, and nothing may go wrong in it."""
    visitor = Visitor.into(started)
    yield visitor
    visitor.context.close()
    assert visitor.abroad == []
    assert [line for line in visitor.said if "status of 4" not in line] == []


def faults(page: Page) -> list[Any]:
    """What axe has against a page: the rule, and the elements."""
    found = AXE.run(page, options=RULES).response["violations"]
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]
