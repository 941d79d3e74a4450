"""The browser of the page trials, and the Telegram around it."""

from __future__ import annotations

import difflib
import os
import re
import time
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import TimeoutError as TooLate
from playwright.sync_api import expect

from billproof.errors import CannotTest
from billproof.run.plan import RunPlan
from fixtures.evidence import Evidence
from fixtures.lacking import lack
from fixtures.page_object import PageObject, load_page_object
from fixtures.pages import SOON_SECONDS
from fixtures.palettes import THEMES
from fixtures.telegram import Telegram
from fixtures.visits import Visit
from fixtures.words import find_by

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from playwright.sync_api import Browser, BrowserContext, Page, Playwright

    from billproof.targets.protocol import Backend
    from fixtures.api import Api

PARTS = ("checkout", "webhooks", "portal", "invoices", "devices")
NOON = 12
NARROW = {"width": 320, "height": 640}
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
    named: dict[str, Any] = {"executable_path": run_plan.browser} if run_plan.browser else {}
    if run_plan.engine == "firefox":
        # The system's own speaks WebDriver BiDi, and not what Playwright's speaks.
        flags, named["channel"] = [], "moz-firefox"
    else:
        # Chromium's sandbox refuses root, who is who we are in most containers.
        flags = [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    seen = {"headless": not run_plan.view.headed, "slow_mo": run_plan.view.slow_motion_ms}
    # There they go with the run, also with one that is broken off.
    named["traces_dir"] = run_plan.scratch / "traces"
    return {**browser_type_launch_args, "args": flags, **seen, **named}


@pytest.fixture(scope="session")
def browser_context_args(
    browser_context_args: dict[str, Any], playwright: Playwright, run_plan: RunPlan
) -> dict[str, Any]:
    """A phone, somewhere that is not UTC, unless the run says otherwise."""
    view = run_plan.view
    own = {"locale": view.locale, "timezone_id": view.time_zone, "reduced_motion": "reduce"}
    # What a worker answers no trial could hold up or lose; in some clients there is none.
    own["service_workers"] = "block"
    skipped = {"default_browser_type"} | ({"is_mobile"} if run_plan.engine == "firefox" else set())
    return {**browser_context_args, **device(playwright, view.device, skipped), **own}


def device(playwright: Playwright, name: str | None, skipped: set[str]) -> dict[str, Any]:
    """What the browser claims to be, but for what it cannot claim."""
    if name is None:
        return {"viewport": {"width": 390, "height": 844}}
    if name not in playwright.devices:
        near = ", ".join(difflib.get_close_matches(name, playwright.devices)) or "Pixel 7"
        raise CannotTest("no-such-device", f"Playwright knows no {name!r}.", f"Try: {near}.")
    return {key: value for key, value in playwright.devices[name].items() if key not in skipped}


@pytest.fixture
def visit(page: Page, backend: Backend, run_plan: RunPlan) -> Visit:
    """Opens the billing page as a user."""
    return Visit(page, backend, THEMES[run_plan.view.theme])


@pytest.fixture
def visit_from(
    browser: Browser,
    browser_context_args: dict[str, Any],
    backend: Backend,
    evidence: Evidence | None,
) -> Generator[Callable[..., Visit]]:
    """Opens the page in a browser of another time zone, region or size, by Playwright's names."""
    opened: list[BrowserContext] = []

    def elsewhere(**where: Any) -> Visit:
        opened.append(browser.new_context(**browser_context_args | where))
        Telegram(opened[-1])
        if evidence:
            evidence.turn_to(opened[-1])
        return Visit(opened[-1].new_page(), backend)

    yield elsewhere
    for context in opened:
        context.close()


@pytest.fixture
def visit_far_away(visit_from: Callable[..., Visit]) -> Visit:
    """Opens the page where it is another day than in UTC: behind it in the morning, or ahead."""
    there = "Etc/GMT+12" if time.gmtime().tm_hour < NOON else "Etc/GMT-14"
    # Its own months are no English ones.
    return visit_from(timezone_id=there, locale="uk-UA")


@pytest.fixture
def visit_narrow(visit_from: Callable[..., Visit], run_plan: RunPlan) -> Visit:
    """Opens the page on the narrowest phone, which is as wide as a page says that it is."""
    # Firefox's own driver has no phones, but windows that are as narrow.
    phone = {} if run_plan.engine == "firefox" else {"is_mobile": True}
    return visit_from(viewport=NARROW, **phone)


@pytest.fixture(scope="session", autouse=True)
def pages(run_plan: RunPlan) -> PageObject:
    """Where things are on these pages."""
    pages = load_page_object(run_plan.pages, run_plan.cwd)
    # Without words of their own they are as the contract has them.
    find_by(None if type(pages) is PageObject else pages.find)
    return pages


@pytest.fixture(autouse=True)
def telegram(context: BrowserContext) -> Telegram:
    """Telegram's client around the pages."""
    context.set_default_timeout(SOON_SECONDS * 1000)
    # By themselves assertions wait for half as long, whatever the context says.
    expect.set_options(timeout=SOON_SECONDS * 1000)
    return Telegram(context)


@pytest.fixture
def whole_backend(api: Api) -> None:
    """The pages show and lead to all of it; without a part they cannot be judged as a whole."""
    missing = [name for name in PARTS if not api.declares(name)]
    if missing:
        reason = f"The pages cannot be judged without {', '.join(missing)}."
        raise CannotTest("no-whole-backend", reason, "Declare them, and have them.")


@pytest.fixture
def chromium(run_plan: RunPlan) -> None:
    """What Playwright can do in Chromium alone: follow a page that comes back frozen, hold a POST.

    Firefox's own driver tells of neither: the page stays the one before, the body is missing.
    """
    if run_plan.engine != "chromium":
        reason = f"Playwright cannot drive {run_plan.engine} as far as that."
        raise CannotTest("no-chromium", reason, "Judge this clause in Chromium.")


@pytest.fixture(autouse=True)
def evidence(
    context: BrowserContext, backend: Backend, run_plan: RunPlan
) -> Generator[Evidence | None]:
    """Trace, pictures, console and network of what fails; nobody would look at a proof's."""
    if run_plan.fail_fast:
        yield None
        return
    evidence = Evidence(context, backend.environ)
    yield evidence
    evidence.forget()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """What a page lacks, for as long as an answer may take, is a finding about the page."""
    fixtures: dict[str, Any] = getattr(item, "funcargs", {})
    try:
        return (yield)
    except Exception as problem:
        evidence: Evidence | None = fixtures.get("evidence")
        if evidence:
            name = re.sub(r"\W+", "-", item.name).strip("-")
            evidence.keep(RunPlan.current().out, name)
        if isinstance(problem, (TooLate, AssertionError)):
            elsewhere = evidence.elsewhere if evidence else None
            raise lack(problem, elsewhere or fixtures.get("page")) from None
        raise
