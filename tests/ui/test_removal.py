"""Removing a device on the billing page: asked first, and really gone afterwards."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from operator import eq
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Error, expect

from billproof.trials import becomes, check, clause
from fixtures.asking import REFUSALS, Held, refuse, settle_after
from fixtures.offline import OFFLINE, confirm_removing
from fixtures.pages import SOME_FRAMES, SOON_SECONDS, see, see_state, tap, until
from fixtures.reading import is_seen, looked_at
from fixtures.refusing import check_told, lines_of, only_acts
from fixtures.registering import leave_sheet, register
from fixtures.words import BILLING, part, state

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from fixtures.api import Api
    from fixtures.page_object import PageObject
    from fixtures.stripe import Stripe
    from fixtures.telegram import Telegram
    from fixtures.users import User
    from fixtures.visits import Visit

pytestmark = pytest.mark.usefixtures("whole_backend")

LONG_NAME = "The loudspeaker beside the left window of the attic"
IN_THE_CORNER = "() => at(2, 2).some((one) => one.closest('a, button, input, [role=button]'))"


@clause("APP-010")
def test_a_device_is_removed_only_by_whoever_is_sure(
    visit: Visit, api: Api, stripe: Stripe, user: User, pages: PageObject, telegram: Telegram
) -> None:
    """Asked and declined it stays, asked and confirmed it goes, and the ones beside it stay.

    Escape is no yes, nor a tap beside the question, nor Telegram's back, where that is shown; and
    another device of the same name is another.
    """
    stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro", access=True)
    before = {"hall-0001": "Hall", "kitchen-1": "Kitchen radio", "kitchen-2": "Kitchen radio"}
    for fingerprint, name in before.items():
        api.register(user, fingerprint, name).expect(201)
    page = visit(user)
    row = pages.devices(page).filter(has_text="Hall")

    remove = pages.remove(page, "Hall").first
    remove.wait_for()
    until(page, lambda: is_seen(remove))
    check("what removes a device is seen without a pointer over it", is_seen(remove), expected=True)
    tap(page, remove)
    question = part("question").on(page)
    question.wait_for()
    check("devices while the question stands", prints_of(api, user), sorted(before))
    for decline in (tap_beside, partial(go_back, telegram), press_escape):
        if not question.is_visible():
            tap(page, pages.remove(page, "Hall"))
            question.wait_for()
        settle_after(page, partial(decline, page))
    page = visit(user)
    expect(row).to_be_visible()
    tap(page, pages.remove(page, "Hall"))
    pages.answer_removing(page, sure=False)
    expect(row).to_be_visible()
    check("devices that are kept", prints_of(api, user), sorted(before))

    # The oldest is the first, so that this is the second of that name.
    tap(page, pages.remove(page, "Kitchen radio").nth(1))
    settle_after(page, lambda: pages.answer_removing(page, sure=True))
    expect(pages.devices(page)).to_have_count(2)
    expect(row).to_be_visible()
    check_left(api, user, ["hall-0001", "kitchen-1"])

    # One that is new goes by the same question, though the page is not loaded anew meanwhile.
    register(page, pages, LONG_NAME, "attic-0001")
    leave_sheet(page)
    tap(page, pages.remove(page, LONG_NAME))
    settle_after(page, lambda: pages.answer_removing(page, sure=True))
    expect(pages.devices(page)).to_have_count(2)
    check_left(api, user, ["hall-0001", "kitchen-1"])


def tap_beside(page: Page) -> None:
    """In the corner, if nothing is there that is meant to be tapped."""
    if not looked_at(page, IN_THE_CORNER):
        page.mouse.click(2, 2)


def go_back(telegram: Telegram, page: Page) -> None:
    """By Telegram's back button, if the page has it shown."""
    page.evaluate(SOME_FRAMES)
    told = [data for kind, data in telegram.told if kind == "web_app_setup_back_button"]
    if told and told[-1] == {"is_visible": True}:
        telegram.tell(page, "back_button_pressed", {})


def press_escape(page: Page) -> None:
    """The keyboard's way."""
    page.keyboard.press("Escape")


def check_left(api: Api, user: User, prints: list[str]) -> None:
    """The backend has these alone; a page may show that before it has its answer."""
    left = becomes(lambda: prints_of(api, user), partial(eq, prints), within=SOON_SECONDS)
    check("devices that are left", left, prints)


def prints_of(api: Api, user: User) -> list[str]:
    """The fingerprints of the user's devices, as the backend has them."""
    return sorted(one["fingerprint"] for one in api.devices(user).expect(200)["devices"])


@clause("APP-010")
def test_a_device_that_has_gone_meanwhile_goes_from_the_page(
    visit: Visit, api: Api, user: User, pages: PageObject
) -> None:
    """Whoever confirms what another window was quicker to do has what he wanted."""
    page = visit(user)
    # By the form, whose words are not the question's.
    register(page, pages, "Kitchen radio", "kitchen-1")
    leave_sheet(page)
    [device] = api.devices(user).expect(200)["devices"]
    row = pages.devices(page).filter(has_text="Kitchen radio")
    expect(row).to_be_visible()
    tap(page, pages.remove(page, "Kitchen radio"))
    part("question").on(page).wait_for()
    api.revoke(user, device["id"]).expect_success()

    pages.answer_removing(page, sure=True)
    # A page may say first that it was not there, and look again.
    until(page, lambda: row.count() == 0 or pages.try_again(page).count() > 0)
    if pages.try_again(page).count():
        tap(page, pages.try_again(page))

    expect(row).to_have_count(0)
    see_state(page, state(BILLING, "there are no devices"))


@clause("APP-041")
def test_a_removal_that_fails_is_said_and_can_be_tried_again(
    visit: Visit, api: Api, user: User, pages: PageObject
) -> None:
    """Without a connection the device is still there, and the page does not say otherwise."""
    api.register(user, "kitchen-1", "Kitchen radio").expect(201)
    page = visit(user)
    tap(page, pages.remove(page, "Kitchen radio"))
    part("question").on(page).wait_for()
    page.context.set_offline(offline=True)
    confirm_removing(page, pages)
    see(page, OFFLINE)
    check_still_there(page, api, user)

    # It may notice by itself that it is online again, and go on with the tap.
    settle_after(page, lambda: page.context.set_offline(offline=False))
    # Below a sheet that is still there nothing is listed, whatever the backend has.
    settle_after(page, lambda: go_on_removing(page, pages, "Kitchen radio"))

    expect(pages.devices(page).filter(has_text="Kitchen radio")).to_have_count(0)
    check_left(api, user, [])


@clause("APP-041")
def test_a_removal_that_is_refused_is_said_and_can_be_tried_again(
    visit: Visit, api: Api, user: User, pages: PageObject
) -> None:
    """The same where there is an answer, which says that it did not work.

    Also to whoever has closed the question before it came.
    """
    api.register(user, "kitchen-1", "Kitchen radio").expect(201)
    page = visit(user)
    tap(page, pages.remove(page, "Kitchen radio"))
    part("question").on(page).wait_for()
    before = lines_of(page)
    settle_after(page, lambda: refuse_late(page, pages))
    check_told(page, pages, before, "a removal")
    check_still_there(page, api, user)
    if not part("question").on(page).is_visible():
        tap(page, pages.remove(page, "Kitchen radio"))
        part("question").on(page).wait_for()
    page.route("**/*", partial(only_acts, refuse))
    settle_after(page, lambda: pages.answer_removing(page, sure=True))
    check_told(page, pages, before, "a removal")
    check_still_there(page, api, user)
    for name, status in REFUSALS:
        # That there is none is what was wanted.
        if name != "not-found" and part("question").on(page).is_visible():
            deny = partial(refuse, name=name, status=status)
            page.unroute_all()
            page.route("**/*", partial(only_acts, deny))
            settle_after(page, lambda: pages.answer_removing(page, sure=True))
            check_told(page, pages, before, "a removal")
            check_still_there(page, api, user)
    if part("question").on(page).is_visible():
        pages.answer_removing(page, sure=False)
    expect(pages.devices(page).filter(has_text="Kitchen radio")).to_be_visible()

    page.unroute_all()
    # Below a sheet that is still there nothing is listed, whatever the backend has.
    settle_after(page, lambda: go_on_removing(page, pages, "Kitchen radio"))

    expect(pages.devices(page).filter(has_text="Kitchen radio")).to_have_count(0)
    check_left(api, user, [])


def refuse_late(page: Page, pages: PageObject) -> None:
    """Confirm, close the question where it lies over the page, and have it refused after that."""
    held = Held(page)
    held.hold_acts()
    pages.answer_removing(page, sure=True)
    until(page, lambda: bool(held.routes))
    page.keyboard.press("Escape")
    page.evaluate(SOME_FRAMES)
    held.let_go(end=refuse)


def check_still_there(page: Page, api: Api, user: User) -> None:
    """The device is to be seen, and the backend has it."""
    # Below a sheet that says so the list may be out of reach, but it is to be seen.
    expect(page.get_by_text("Kitchen radio").filter(visible=True).first).to_be_visible()
    check("devices so far", prints_of(api, user), ["kitchen-1"])


def go_on_removing(page: Page, pages: PageObject, device: str) -> None:
    """By what the page offers: trying again, the question that still stands, or from the start."""
    question, row = part("question").on(page), pages.devices(page).filter(has_text=device)
    if not (pages.try_again(page).count() or question.is_visible() or row.count()):
        return
    if pages.try_again(page).count():
        tap(page, pages.try_again(page))
        until(page, lambda: row.count() == 0 or question.is_visible())
    elif not question.is_visible():
        tap(page, pages.remove(page, device))
        question.wait_for()
    if question.is_visible():
        # It may stand there while the page tries again by itself.
        with suppress(Error):
            pages.answer_removing(page, sure=True)
