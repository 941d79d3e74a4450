"""Colours, and the structure that screen readers hear."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest

from billproof.trials import check_that, clause
from fixtures.asking import settle_after
from fixtures.axe import CONTRAST, WCAG, ask_axe, check_axe
from fixtures.billed import bill, bill_more_than_fits, billed
from fixtures.claims import see_claim
from fixtures.invoices import Ledger
from fixtures.offline import OFFLINE, confirm_removing
from fixtures.pages import LONG_SECONDS, go, pass_time, see, see_state, tap, until
from fixtures.palettes import DARK, LIGHT, OWN, THEMES
from fixtures.reading import looked_at
from fixtures.registering import leave_sheet, register, send
from fixtures.returning import look_away
from fixtures.structure import holds, lacking
from fixtures.words import BILLING, RETURN, part, state, structure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.sync_api import Page

    from fixtures.api import Api
    from fixtures.invoices import Move
    from fixtures.page_object import PageObject
    from fixtures.stripe import Stripe
    from fixtures.telegram import Telegram
    from fixtures.users import User
    from fixtures.visits import Visit

pytestmark = pytest.mark.usefixtures("whole_backend")

HOUR = 3_600
LIMIT_OF_BASIC = 2
CANCELED: tuple[Move, ...] = ("void", "mark_uncollectible")
GROUND = """() => {
  // A page may paint its ground in an element of its own.
  const behind = at(1, innerHeight - 2);
  const colours = [...behind, document.body, document.documentElement]
    .map((one) => getComputedStyle(one).backgroundColor);
  return colours.find((one) => one !== "rgba(0, 0, 0, 0)") ?? "none";
}"""


def subscribed(api: Api, stripe: Stripe, user: User) -> None:
    """Have the user sign up, with a device and an invoice."""
    stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro", access=True)
    device = {"name": "Living room", "fingerprint": "a1b2c3d4"}
    api.call("POST", "/api/v1/devices", user, json_body=device).expect(201)


@clause("APP-027")
@pytest.mark.parametrize("name", THEMES)
def test_axe_finds_nothing(
    visit: Visit,
    page: Page,
    api: Api,
    stripe: Stripe,
    user: User,
    other: User,
    pages: PageObject,
    name: str,
) -> None:
    """A newcomer's page, a subscriber's, what lies over it, the return page; light and dark.

    By one theme in each trial, which is long enough where a machine is busy.

    With more invoices to be paid than stand there at once, one of them overdue, and with a word on
    what failed.
    """
    page.clock.install()
    subscribed(api, stripe, user)
    bill_more_than_fits(stripe, user)
    ledger = Ledger(api, stripe, user)
    ledger.bill_by(int(time.time()) - HOUR, 4_141)
    ledger.tell()
    themed = visit.on(THEMES[name])
    page = themed(other)
    pages.action(page, "upgrade").first.wait_for()
    check_axe(page, f"a newcomer's page, {name}")
    page = themed(user)
    pages.devices(page).first.wait_for()
    pages.invoices(page).first.wait_for()
    check_axe(page, f"a subscriber's page, {name}")
    check_sheets(page, pages, name)
    go(page, api.environ["PUBLIC_URL"] + RETURN)
    see_claim(page)
    check_axe(page, f"the return page, {name}")
    check_without_a_plan(themed, api, other, pages, name)


@clause("APP-027")
def test_axe_finds_nothing_whatever_the_status(
    visit: Visit, api: Api, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """A plan on trial, owed for, at rest and ended, canceled invoices, and no room for devices."""
    subscription = stripe.subscribe_and_see(user, "basic")
    for number in range(LIMIT_OF_BASIC):
        api.register(user, f"a-device-{number}").expect(201)
    ledger = Ledger(api, stripe, user)
    for how in CANCELED:
        ledger.move(ledger.bill(4_242), how)
    for status in ("trialing", "past_due", "paused", "canceled"):
        stripe.change(subscription, status=status)
        stripe.deliver(user)
        api.subscription_becomes(user, status=status)
        for name, theme in THEMES.items():
            page = visit.on(theme)(user)
            pages.action(page, "manage").first.wait_for()
            pages.invoices(page).first.wait_for()
            pages.devices(page).first.wait_for()
            check_axe(page, f"a page of somebody whose plan is {status}, {name}")


def check_without_a_plan(visit: Visit, api: Api, user: User, pages: PageObject, name: str) -> None:
    """What a newcomer sees after paying, whoever comes too late, and whoever has no Telegram."""
    page = visit(user)
    pages.action(page, "upgrade").first.wait_for()
    go(page, api.environ["PUBLIC_URL"] + RETURN)
    see_state(page, state(RETURN, "the backend does not know yet"))
    check_axe(page, f"the return page that waits, {name}")
    pass_time(page, LONG_SECONDS)
    see_state(page, state(RETURN, "the backend does not know yet"))
    check_axe(page, f"the return page that has waited for long, {name}")
    page = visit.too_late(user)
    see_state(page, state(BILLING, "the init data are too old"))
    check_axe(page, f"a page whose init data are too old, {name}")
    page = visit.without_telegram("dark" if name == "dark" else "light")
    see_state(page, state(BILLING, "it was opened outside Telegram"))
    check_axe(page, f"a page that is nobody's, {name}")
    go(page, api.environ["PUBLIC_URL"] + RETURN)
    see_state(page, state(RETURN, "the backend does not know yet"))
    check_axe(page, f"a return page that is nobody's, {name}")


def check_sheets(
    page: Page, pages: PageObject, name: str, rules: Mapping[str, object] = WCAG
) -> None:
    """The form for a device, what comes after it, and the question before a device goes."""
    pages.open_device_form(page)
    pages.fill_device_form(page, f"Radio, {name}", re.sub(r"\W+", "-", f"radio-{name}"))
    check_axe(page, f"the form for a device, {name}", rules)
    send(page, pages.submit_device_form(page))
    pages.copy_secret(page).first.wait_for()
    check_axe(page, f"a new device's secret, {name}", rules)
    page.reload()
    tap(page, pages.remove(page, "Living room"))
    part("question").on(page).wait_for()
    check_axe(page, f"the question before a device goes, {name}", rules)
    page.context.set_offline(offline=True)
    confirm_removing(page, pages)
    see(page, OFFLINE)
    check_axe(page, f"a word on what failed, {name}", rules)
    page.context.set_offline(offline=False)


@clause("APP-033")
@pytest.mark.parametrize("name", OWN)
def test_telegrams_own_palettes_are_read_as_well(
    visit: Visit, api: Api, stripe: Stripe, user: User, other: User, pages: PageObject, name: str
) -> None:
    """Offers and their buttons, and a card that needs a payment, in each client's colours.

    What lies over the page, and both states of the return page, are among it.
    """
    subscription = stripe.subscribe_and_see(user, "pro")
    stripe.change(subscription, status="past_due")
    bill(stripe, user, 4_242)
    billed(api, stripe, user)
    api.subscription_becomes(user, status="past_due")
    api.register(user, "a1b2c3d4", "Living room").expect(201)
    themed = visit.on(OWN[name])
    page = themed(other)
    pages.action(page, "upgrade").first.wait_for()
    check_axe(page, f"a newcomer's page in the colours of {name}", CONTRAST)
    go(page, api.environ["PUBLIC_URL"] + RETURN)
    see_state(page, state(RETURN, "the backend does not know yet"))
    check_axe(page, f"the return page that waits in the colours of {name}", CONTRAST)
    page = themed(user)
    pages.invoices(page).first.wait_for()
    pages.devices(page).first.wait_for()
    check_axe(page, f"a page with a payment due in the colours of {name}", CONTRAST)
    check_sheets(page, pages, f"in the colours of {name}", CONTRAST)
    go(page, api.environ["PUBLIC_URL"] + RETURN)
    see_claim(page)
    check_axe(page, f"the return page in the colours of {name}", CONTRAST)


@clause("APP-030")
def test_a_change_of_theme_is_seen_at_once(
    visit: Visit, api: Api, user: User, pages: PageObject, telegram: Telegram
) -> None:
    """Night falls while the page is open, and day breaks while a form lies over it.

    So it does on the page after checkout; and night stays for whoever looks away meanwhile.
    """
    page = visit.on(LIGHT)(user)
    pages.action(page, "upgrade").first.wait_for()
    check_that("a light ground", is_of(page, LIGHT), expected=str(LIGHT), got=ground(page))

    telegram.tell(page, "theme_changed", {"theme_params": DARK})

    # A page may let one colour go over into the other.
    until(page, lambda: is_of(page, DARK))
    check_that("a dark ground", is_of(page, DARK), expected=str(DARK), got=ground(page))
    until(page, lambda: not ask_axe(page, CONTRAST)[0])
    check_axe(page, "the page after night has fallen", CONTRAST)
    check_stays(page, DARK)

    pages.open_device_form(page)
    part("device_name").on(page).wait_for()
    telegram.tell(page, "theme_changed", {"theme_params": LIGHT})
    until(page, lambda: not ask_axe(page, CONTRAST)[0])
    check_axe(page, "the form for a device after day has broken", CONTRAST)

    go(page, api.environ["PUBLIC_URL"] + RETURN)
    see_state(page, state(RETURN, "the backend does not know yet"))
    telegram.tell(page, "theme_changed", {"theme_params": DARK})
    until(page, lambda: is_of(page, DARK))
    dark = str(DARK)
    check_that("a dark ground after checkout", is_of(page, DARK), expected=dark, got=ground(page))


def check_stays(page: Page, theme: dict[str, str]) -> None:
    """The ground is still the theme's after a look away; a page may load itself anew for that."""
    loads: list[bool] = []
    page.on("request", lambda one: loads.append(False) if one.is_navigation_request() else None)
    page.on("load", lambda _: loads.append(True))
    settle_after(page, lambda: look_away(page))
    until(page, lambda: any(loads) if loads else is_of(page, theme))
    stays = bool(loads) or is_of(page, theme)
    check_that("a dark ground after a look away", stays, expected=str(theme), got=ground(page))


def ground(page: Page) -> str:
    """The colour behind everything."""
    return str(looked_at(page, GROUND))


def is_of(page: Page, theme: dict[str, str]) -> bool:
    """Whether the ground is one of the theme's colours."""
    colours = [
        "rgb({}, {}, {})".format(*(int(colour[at : at + 2], 16) for at in (1, 3, 5)))
        for name, colour in theme.items()
        if name.endswith("bg_color")
    ]
    return ground(page) in colours


@clause("APP-031")
def test_the_structure_is_that_of_the_contract(
    visit: Visit, api: Api, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """Headings, regions and lists, as a screen reader walks through them.

    They are still those once there is a further device.
    """
    subscribed(api, stripe, user)
    page = visit(user)
    pages.devices(page).first.wait_for()
    check_structure(page, "the structure")

    settle_after(page, lambda: register(page, pages, "Hall", "e5f6a7b8"))
    leave_sheet(page)
    # A page that shows the secret alone is another.
    if pages.invoices(page).count():
        check_structure(page, "the structure after a registration")


def check_structure(page: Page, what: str) -> None:
    """It is, or becomes, that of pages.yaml."""
    body = page.locator("body")
    until(page, lambda: holds(structure(), body.aria_snapshot()))
    there = body.aria_snapshot()
    lacks = "; ".join(lacking(structure(), there)) or "all of it, in another order or another place"
    got = f"not there: {lacks}; what is there:\n{there}"
    check_that(what, holds(structure(), there), expected=structure(), got=got)
