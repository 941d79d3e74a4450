"""The double of Telegram carries whatever an app is built with, and tells it the same."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from billproof.initdata import InitData
from billproof.targets.protocol import Backend
from fixtures.palettes import DARK, LIGHT
from fixtures.telegram import Telegram
from fixtures.visits import Visit
from fixtures.words import BILLING
from reference_impl.pages import HEADERS
from tests.suite.sandbox.browsing import started
from tests.suite.telegram.sdks import APPS, Sdk, sdks

__all__ = ["started"]
ORIGIN = "http://127.0.0.1:9"
"""Where nothing listens: the test itself answers for it."""
TOKEN = "7342037359:AAHI25ES9xCOMPokpYoz-p8XVrZUdygo2J4"
PORTAL = "https://billing.stripe.com/p/session/test_of_nobody"
USER = r'{"id":424242,"first_name":"Zo\u00eb +&=%25?","photo_url":"https:\/\/t.me\/zoe"}'


def serve(page: Page, sdk: Sdk) -> None:
    """Have the app be there, under the policy that the reference's pages have."""
    files = {
        BILLING: APPS / "index.html",
        "/shown.js": APPS / "shown.js",
        "/app.js": APPS / sdk.app,
        "/sdk.js": sdk.script,
    }

    def answer(route: Route) -> None:
        path = files[urlsplit(route.request.url).path]
        kind = "text/html" if path.suffix == ".html" else "text/javascript"
        body = path.read_text(encoding="utf-8")
        route.fulfill(headers={**HEADERS, "Content-Type": f"{kind}; charset=utf-8"}, body=body)

    page.route(f"{ORIGIN}/**", answer)


def shown(page: Page, name: str) -> str:
    """What the app shows under this name."""
    return page.locator(f"#{name}").inner_text()


@pytest.fixture
def page(started: Browser) -> Iterator[Page]:
    """A window of its own; what a script or the policy says against the app is a fault."""
    context = started.new_context()
    context.set_default_timeout(8_000)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
    yield page
    context.close()
    assert wrong == []


@pytest.fixture(autouse=True)
def telegram(page: Page) -> Telegram:
    """Telegram's client around the window."""
    return Telegram(page.context)


@pytest.fixture(params=sdks(), ids=str)
def sdk(request: pytest.FixtureRequest) -> Sdk:
    """What the app is built with."""
    found: Sdk = request.param
    assert found.script.is_file(), f"npm brought no {found.script}"
    return found


@pytest.fixture
def visit(page: Page) -> Visit:
    """The way into the app that the trials take."""
    return Visit(page, Backend(ORIGIN, {"TELEGRAM_BOT_TOKEN": TOKEN}), LIGHT)


@pytest.fixture
def raw(visit: Visit) -> str:
    """Init data as Telegram signs them, with what needs to be escaped in them."""
    return visit.sign(InitData(user_json=USER))


@pytest.fixture
def app(page: Page, visit: Visit, sdk: Sdk, raw: str) -> Page:
    """The app, opened by Telegram, once it is ready."""
    serve(page, sdk)
    visit.with_init_data(raw)
    # The last thing that each of these apps does.
    expect(page.locator("#state")).to_have_text("ready")
    return page


def test_init_data_arrive_as_they_were_signed(app: Page, raw: str) -> None:
    """Byte for byte, or their signature would be another's."""
    assert shown(app, "init-data") == raw


def test_a_reload_keeps_them(app: Page, raw: str) -> None:
    """An app may go to another of its pages, whose address has no fragment."""
    app.goto(ORIGIN + BILLING)

    assert shown(app, "init-data") == raw


def test_what_is_opened_outside_is_recorded(app: Page, telegram: Telegram) -> None:
    """On the tap, and not before it."""
    assert telegram.opened == []

    app.get_by_role("button", name="Open").click()

    assert telegram.opened == [PORTAL]


def test_a_change_of_theme_is_heard(app: Page, telegram: Telegram) -> None:
    """First the colours of the launch, then those that Telegram tells."""
    assert shown(app, "ground") == LIGHT["bg_color"]

    telegram.tell(app, "theme_changed", {"theme_params": DARK})

    expect(app.locator("#ground")).to_have_text(DARK["bg_color"])


def test_the_back_button_is_shown_and_heard(app: Page, telegram: Telegram) -> None:
    """Its tap comes from the client, not from the page."""
    assert telegram.hears(app, "web_app_setup_back_button", {"is_visible": True})
    assert shown(app, "back") == ""

    telegram.tell(app, "back_button_pressed", {})

    expect(app.locator("#back")).to_have_text("pressed")


def test_nobody_else_is_asked(app: Page, telegram: Telegram) -> None:
    """What comes from npm calls nowhere."""
    assert shown(app, "init-data")
    assert telegram.asked == []
