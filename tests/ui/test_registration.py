"""The form for a new device: what it says, what it keeps, and what it does not say twice."""

from __future__ import annotations

import re
from functools import partial
from operator import eq
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from billproof.trials import becomes, check, clause
from fixtures.asking import (
    SECOND_TAP_MS,
    Acts,
    Held,
    lost_answer,
    settle_after,
)
from fixtures.pages import (
    LATE_ANSWER_SECONDS,
    SOON_SECONDS,
    middle,
    pass_time,
    see_state,
    tap,
    until,
)
from fixtures.registering import leave_sheet, read, register, secret_of, way_to_send
from fixtures.words import BILLING, Part, state

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from billproof.run.plan import RunPlan
    from fixtures.api import Api
    from fixtures.page_object import PageObject
    from fixtures.stripe import Stripe
    from fixtures.users import User
    from fixtures.visits import Visit

pytestmark = pytest.mark.usefixtures("whole_backend")

NAME, FINGERPRINT = "Living room", "a1b2c3d4e5"
FULL = Part("text", text="limit reached")
AGAIN = state(BILLING, "a device that was registered is registered again")
[KNOWN] = AGAIN.shows


@clause("APP-032")
def test_a_double_tap_registers_one_device_whose_secret_is_seen(
    visit: Visit, page: Page, api: Api, user: User, pages: PageObject
) -> None:
    """A second answer to the same form has no secret; it must not hide the first one's.

    Nor where the answer takes its time, and a thumb is impatient meanwhile.
    """
    page.clock.install()
    visit(user)
    pages.open_device_form(page)
    pages.fill_device_form(page, NAME, FINGERPRINT)
    submit, acts = pages.submit_device_form(page).first, Acts(page)
    place, held = middle(submit), Held(page)
    held.hold_acts()

    def tap_twice_and_once_more() -> None:
        submit.click(click_count=2)
        until(page, lambda: bool(held.routes))
        page.clock.fast_forward(SECOND_TAP_MS)
        page.mouse.click(*place)
        pass_time(page, LATE_ANSWER_SECONDS)
        held.let_go()

    secret = settle_after(page, lambda: secret_of(page, tap_twice_and_once_more))

    expect(read(page, secret).first).to_be_visible()
    leave_sheet(page)
    expect(pages.devices(page).filter(has_text=NAME)).to_have_count(1)
    check("requests of a double tap on Register", len(acts.repeated()), 1)
    check("devices", len(api.devices(user).expect(200)["devices"]), 1)


@clause("APP-036")
def test_copy_puts_the_secret_on_the_clipboard(
    visit: Visit,
    page: Page,
    stripe: Stripe,
    user: User,
    pages: PageObject,
    run_plan: RunPlan,
) -> None:
    """It is what the next paste gives, in place of what was copied before.

    Of a second device it is the second one's.
    """
    stripe.subscribe_and_see(user, "pro")
    if run_plan.engine == "chromium":
        # With somebody before it the browser grants this to a tap by itself.
        page.context.grant_permissions(["clipboard-write"])
    notes = page.context.new_page()
    notes.set_content("<textarea></textarea>")
    check("what a paste gives before", pasted(notes, "copied before"), "copied before")

    visit(user)
    for name in (NAME, "Bedroom"):
        page.bring_to_front()
        secret = register(page, pages, name, f"{FINGERPRINT}-{name[0]}")
        is_copied = any(copies(secret, page, button, notes) for button in ways_to_copy(page, pages))
        # Both are secrets, which no report may have.
        check("what a paste gives after Copy is the secret", is_copied, expected=True)
        page.bring_to_front()
        leave_sheet(page)


def ways_to_copy(page: Page, pages: PageObject) -> list[Locator]:
    """Copy; a page may still show the secret before, and copy that as well."""
    buttons = pages.copy_secret(page)
    buttons.first.wait_for()
    return [buttons.last, buttons.first][: buttons.count()]


def copies(secret: str, page: Page, button: Locator, notes: Page) -> bool:
    """Whether a tap on the button has a paste give the secret."""
    page.bring_to_front()
    tap(page, button)
    got: str = becomes(lambda: pasted(notes), partial(eq, secret), within=SOON_SECONDS)
    return got == secret


def pasted(notes: Page, first: str = "") -> str:
    """What a paste gives; `first` is copied before, by the keyboard."""
    notes.bring_to_front()
    field = notes.locator("textarea")
    if first:
        field.fill(first)
        field.press("ControlOrMeta+a")
        field.press("ControlOrMeta+c")
    field.fill("")
    field.press("ControlOrMeta+v")
    return field.input_value()


@clause("APP-037")
def test_a_known_device_has_no_secret_to_show(
    visit: Visit, api: Api, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """A new one has; the same again is said to be known, and there is still one.

    So it is where the answer to that is lost, and it is sent once more.
    """
    stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro", access=True)
    page = visit(user)
    pages.open_device_form(page)
    before = KNOWN.on(page).count()
    secret = register(page, pages, NAME, FINGERPRINT)
    pages.copy_secret(page).first.wait_for()
    is_known = KNOWN.on(page).count() > before
    check("a new device is said to be registered already", is_known, expected=False)
    leave_sheet(page)
    # On the page itself it may stay until the page is loaded anew.
    if read(page, secret).count():
        page.reload()

    fill_form(page, pages)
    tap(page, pages.submit_device_form(page))

    see_state(page, AGAIN)
    shown = read(page, secret).count()
    check("places with the secret of before", shown, 0)
    for word in ("undefined", "null"):
        told = page.get_by_text(re.compile(rf"\b{word}\b")).count()
        check(f"{word} on the page", told, 0)
    check("devices", len(api.devices(user).expect(200)["devices"]), 1)

    leave_sheet(page)
    if KNOWN.on(page).count() > before:
        page.reload()
    fill_form(page, pages)
    send_until_answered(page, pages)
    see_state(page, AGAIN)
    check("devices after a lost answer", len(api.devices(user).expect(200)["devices"]), 1)


def fill_form(page: Page, pages: PageObject) -> None:
    """Bring the form up, with the device in it that there is."""
    pages.open_device_form(page)
    pages.fill_device_form(page, NAME, FINGERPRINT)


def send_until_answered(page: Page, pages: PageObject) -> None:
    """Send the form, whose answer is lost, and once more, unless the page does so by itself."""
    lost, before = lost_answer(page), KNOWN.on(page).count()

    def is_answered() -> bool:
        return KNOWN.on(page).count() > before or pages.copy_secret(page).count() > 0

    settle_after(page, lambda: tap(page, pages.submit_device_form(page)))
    until(page, lambda: is_answered() or can_be_sent(page, pages))
    lost.is_over()
    if is_answered():
        return
    if not can_be_sent(page, pages):
        # A page may have looked at its devices meanwhile, and be done with the form.
        leave_sheet(page)
        fill_form(page, pages)
    tap(page, way_to_send(page, pages))


def can_be_sent(page: Page, pages: PageObject) -> bool:
    """Whether there is a way to send the form, and it is ready."""
    way = way_to_send(page, pages)
    return way.count() > 0 and way.is_enabled()
