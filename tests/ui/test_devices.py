"""Devices on the billing page: from the form to the limit, and back."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from billproof.trials import check, check_that, clause
from fixtures.api import DEVICES
from fixtures.asking import Held, cut, is_act, settle_after
from fixtures.pages import LINGERS_SECONDS, SOME_FRAMES, middle, see_state, tap, until
from fixtures.reading import climbing, looked_at, text_of, texts_of
from fixtures.registering import LEAVES, leave_sheet, read, register, secret_of
from fixtures.returning import look_away
from fixtures.told import forms_of
from fixtures.words import BILLING, dialogs, state

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

    from fixtures.api import Api
    from fixtures.page_object import PageObject
    from fixtures.stripe import Stripe
    from fixtures.users import User
    from fixtures.visits import Visit

pytestmark = pytest.mark.usefixtures("whole_backend")

COVERED = """(one) => {
  for (let place = one; place; place = around(place)) {
    const { filter, opacity, webkitTextSecurity } = getComputedStyle(place);
    const isDotted = (webkitTextSecurity ?? "none") !== "none";
    if (isDotted || filter.includes("blur") || Number(opacity) === 0) return true;
  }
  return false;
}"""
VALUES = """() => all("input, textarea").map((field) => field.value).join("\\n")"""
KEPT = """async () => {
  const asked = (request) => new Promise((done) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => done(null);
  });
  const contents = [];
  for (const { name } of await indexedDB.databases()) {
    const base = await asked(indexedDB.open(name));
    for (const store of base?.objectStoreNames ?? []) {
      contents.push(await asked(base.transaction(store).objectStore(store).getAll()));
    }
    base?.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      contents.push(request.url, await (await cache.match(request)).text());
    }
  }
  const fields = all("input, textarea").map((field) => field.value);
  return Object.entries({
    "the address": location.href, cookies: document.cookie, "the page's markup": markup(),
    "window.name": window.name, localStorage, sessionStorage, fields,
    "history.state": history.state, "databases and caches": contents,
  }).map(([place, kept]) => [place, JSON.stringify(kept)]);
}"""


NEW = {
    "Living room": "A1.b2_c3:d4-E5",
    # As long as openapi.yaml lets them be, and in letters that it lets be in them.
    "Küche & Bad, 2. Stock № 7 " * 3 + "📻 unter der Treppe": ("A1.b2_c3:d4-E5" * 10)[:128],
}
"""Names of new devices, and their fingerprints."""


@clause("APP-009")
def test_a_secret_is_shown_once_and_kept_nowhere(
    visit: Visit, api: Api, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """Each device its own, letter by letter, on the page until the page is loaded anew.

    Neither Copy keeps it, nor what closes the sheet, nor a page that is loaded anew while it is
    shown; whoever looks away for a moment, or closes the form before the answer, sees it all the
    same. Before the first one it is said that there are none, and no more once there is one. The
    list that comes after it may get lost; what was typed into a form that was left is of no device.
    """
    stripe.subscribe_and_see(user, "pro")
    page = visit(user)
    see_state(page, state(BILLING, "there are no devices"))
    leave_a_form(page, pages)
    secrets: list[str] = []
    for name, fingerprint in NEW.items():
        pages.open_device_form(page)
        tap_fields(page)
        pages.fill_device_form(page, name, fingerprint)
        if secrets:
            page.route(f"**{DEVICES}", lose_list)
        submit = pages.submit_device_form(page)
        secret = secret_of(page, partial(send_and_leave if secrets else tap, page, submit))
        check_is_read(page, secret)
        settle_after(page, lambda: look_away(page))
        check_is_read(page, secret)
        check("the secret is a field's value", secret in looked_at(page, VALUES), expected=False)
        # Where Copy is not allowed to, it may select the secret instead.
        tap(page, pages.copy_secret(page))
        secrets.append(secret)
        if len(secrets) < len(NEW):
            leave_by_its_button(page)
            expect(pages.devices(page)).to_have_count(len(secrets))
            see_state(page, state(BILLING, "a device is registered"))

    page.unroute_all()
    page.reload()

    expect(pages.devices(page).filter(has_text="Living room")).to_be_visible()
    see_state(page, state(BILLING, "a device is registered"))
    kept = looked_at(page, KEPT)
    for secret in secrets:
        check_kept_nowhere("the secret is still there after a reload", secret, kept)
    devices = api.call("GET", DEVICES, user).expect(200)["devices"]
    told = {device["name"]: device["fingerprint"] for device in devices}
    check("names and fingerprints", told, NEW)


def leave_a_form(page: Page, pages: PageObject) -> None:
    """Fill the form in and leave it, where it lies above the page."""
    pages.open_device_form(page)
    pages.fill_device_form(page, "Nobody's", "nobodys-device")
    leave_sheet(page)
    sheet = dialogs(page).filter(visible=True)
    until(page, lambda: sheet.count() == 0)


def send_and_leave(page: Page, button: Locator) -> None:
    """Send the form, and close it, where it lies above the page, before there is an answer."""
    held = Held(page)
    held.hold_acts()
    tap(page, button)
    until(page, lambda: bool(held.routes))
    page.keyboard.press("Escape")
    page.evaluate(SOME_FRAMES)
    held.let_go()


def tap_fields(page: Page) -> None:
    """Tap into each field, as a thumb does before anything is typed."""
    for field in page.get_by_role("textbox").filter(visible=True).all():
        page.mouse.click(*middle(field))


def lose_list(route: Route) -> None:
    """Leave the list without an answer, and nothing else."""
    if is_act(route.request):
        route.fallback()
    else:
        cut(route)


def check_is_read(page: Page, secret: str) -> None:
    """The secret stands there in its own letters, and not in dots or behind a mist."""
    place = read(page, secret).first
    expect(place).to_be_visible()
    # A long one may be let break in the middle by a sign that nobody sees.
    is_whole = secret in re.sub(r"[\s\u00ad\u200b]", "", text_of(place))
    check("the secret is to be read as it is, in its own letters", is_whole, expected=True)
    until(page, lambda: not looked_at(place, COVERED))
    check("the secret is covered by something", looked_at(place, COVERED), expected=False)


def leave_by_its_button(page: Page) -> None:
    """Close what shows the secret by a button of its own, where there is one."""
    button = dialogs(page).get_by_role("button", name=LEAVES).filter(visible=True)
    if button.count():
        tap(page, button)
    leave_sheet(page)


def check_kept_nowhere(what: str, secret: str, kept: list[tuple[str, str]]) -> None:
    """None of these places has it, as it is or in Base64."""
    forms = forms_of(secret)
    places = [place for place, text in kept if any(form in (text or "") for form in forms)]
    check_that(what, not places, expected="nowhere", got=", ".join(places))


@clause("APP-043")
def test_devices_are_listed_oldest_first(
    visit: Visit, api: Api, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """In no order of their names or fingerprints, and the same after a further one.

    Two of them have the same name, and are two all the same; a long name is there to its end, and
    one that a program might have given as it is.
    """
    stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro", access=True)
    before = ["Kitchen, $& and $$", [*NEW][-1], "bed_room-2", "Kitchen, $& and $$"]
    prints = ("7f8a2c41", "9f8a2c41", "1f8a2c41", "4f8a2c41")
    for name, fingerprint in zip(before, prints, strict=True):
        api.register(user, fingerprint, name).expect(201)

    page = visit(user)
    register(page, pages, "Attic", "2f8a2c41")
    leave_sheet(page)

    names = [*before, "Attic"]
    expect(pages.devices(page)).to_have_count(len(names))
    rows = texts_of(pages.devices(page))
    shown = [next((name for name in names if name.lower() in row.lower()), row) for row in rows]
    check("names of the devices that are shown", shown, names)
    until(page, lambda: not climbing(pages.devices(page)), LINGERS_SECONDS)
    check("devices that stand above the one before", climbing(pages.devices(page)), [])
