"""The browser of the page trials, and the Telegram around it."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Error

from billproof.trials import journal
from fixtures.telegram import Telegram
from fixtures.visits import Visit

if TYPE_CHECKING:
    from collections.abc import Generator

    from playwright.sync_api import BrowserContext, Page

    from billproof.run.plan import RunPlan
    from billproof.targets.protocol import Backend

QUIET = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any], run_plan: RunPlan
) -> dict[str, Any]:
    """The browser that the run found, without calls of its own."""
    # Chromium's sandbox refuses root, who is who we are in most containers.
    flags = [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    named = {"executable_path": run_plan.browser} if run_plan.browser else {}
    return {**browser_type_launch_args, "args": flags, **named}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A phone, somewhere that is not UTC."""
    size = {"width": 390, "height": 844}
    own = {"viewport": size, "locale": "en-GB", "timezone_id": "Asia/Kathmandu"}
    return {**browser_context_args, **own, "reduced_motion": "reduce"}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep what the page looks like when a trial of it fails."""
    page = getattr(item, "funcargs", {}).get("page")
    if call.when == "call" and call.excinfo is not None and page is not None:
        # No picture is worth an error beside the failure that it shows.
        with suppress(Error):
            journal.current().pictures.append(page.screenshot(timeout=2000))
    return (yield)


@pytest.fixture
def visit(page: Page, backend: Backend) -> Visit:
    """Opens the billing page as a user."""
    return Visit(page, backend)


@pytest.fixture(autouse=True)
def telegram(context: BrowserContext) -> Telegram:
    """Telegram's client around the pages."""
    return Telegram(context)
