"""Without a finger: every control by the keyboard, and the focus always to be seen."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from billproof.trials import check, check_that, clause
from fixtures.api import DEVICES, INVOICES
from fixtures.asking import Acts, cut, settle_after
from fixtures.billed import bill_more_than_fits
from fixtures.focus import missed, tab_through, unseen
from fixtures.lapsing import LAPSES, tap_and_wait
from fixtures.offline import lose_upgrade
from fixtures.page_object import exactly
from fixtures.pages import (
    LINGERS_SECONDS,
    LONG_SECONDS,
    SOME_FRAMES,
    arrive,
    go,
    pass_time,
    rest,
    see_state,
    tap,
    until,
)
from fixtures.reading import looked_at
from fixtures.registering import leave_sheet, read, register, secret_of
from fixtures.words import RETURN, dialogs, part, state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Locator, Page

    from fixtures.api import Api
    from fixtures.page_object import PageObject
    from fixtures.stripe import Stripe
    from fixtures.telegram import Telegram
    from fixtures.users import User
    from fixtures.visits import Visit

pytestmark = pytest.mark.usefixtures("whole_backend")

TYPED = ("Living room", "A1.b2_c3:d4-E5")
VALUE = "(one) => (/^(input|textarea)$/.test(one.localName) ? one.value : null)"


@clause("APP-028")
def test_every_control_is_reached_and_seen(
    visit: Visit, api: Api, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """From the top to the bottom of the page of whoever owes for his plan.

    He has more invoices than stand there at once.
    """
    subscription = stripe.subscribe_and_see(user, "pro")
    stripe.change(subscription, status="past_due")
    bill_more_than_fits(stripe, user)
    stripe.deliver(user)
    api.subscription_becomes(user, status="past_due")
    device = {"name": "Living room", "fingerprint": "a1b2c3d4"}
    api.call("POST", DEVICES, user, json_body=device).expect(201)
    page = visit(user)
    pages.devices(page).first.wait_for()
    pages.invoices(page).first.wait_for()
    expect(pages.action(page, "manage").first).to_be_enabled()

    left = tab_through(page)
    # What a page asks for as soon as More is to be seen comes above where the walk is by then, and
    # More goes with the focus: once on to the end, and once round.
    for _ in range(2):
        if missed(page):
            left = tab_through(page)

    check("the focus leaves the page behind the last control", left, expected=True)
    check("controls that Tab does not reach", missed(page), [])
    check("controls whose focus is not to be seen", unseen(page), [])


@clause("APP-028")
def test_the_form_is_walked_through(visit: Visit, user: User, pages: PageObject) -> None:
    """From field to field and to its buttons, by Tab."""
    page = visit(user)
    pages.open_device_form(page)
    field = page.get_by_role("textbox")
    field.first.wait_for()
    # Each offer may be a form of its own, and they may lie behind this one.
    places = dialogs(page).or_(page.locator("form")).filter(has=field)

    # Fields and a button may stand on the page itself.
    check_walked(page, (places if places.count() else page.locator("body")).first, "the form")


@clause("APP-028")
def test_what_lies_over_the_page_is_walked_through(
    visit: Visit, user: User, pages: PageObject
) -> None:
    """A new device's secret with what copies it, and the question before the device goes."""
    page = visit(user)
    # A page may move the focus once it has its list anew, and no walk goes on from there.
    settle_after(page, lambda: register(page, pages, "Living room", "a1b2c3d4"))
    pages.copy_secret(page).first.wait_for()
    sheet = dialogs(page).filter(visible=True).or_(page.locator("body"))
    check_walked(page, sheet.last, "a new device's secret")

    # A walk may have left the window for the browser's own buttons, and no key comes back.
    page = visit.in_new_window(user)
    question = ask_to_remove(page, pages)
    keep = exactly("keep_device", pages.question(page))
    if keep.count():
        keep.press("Enter")
    else:
        pages.answer_removing(page, sure=False)
    question.wait_for(state="hidden")
    check_focus_stays(page, "the question that is declined")

    check_walked(page, ask_to_remove(page, pages), "the question")


def ask_to_remove(page: Page, pages: PageObject) -> Locator:
    """The question before the device goes."""
    tap(page, pages.remove(page, "Living room"))
    question = part("question").on(page)
    question.wait_for()
    return question


@clause("APP-028")
def test_a_newcomers_pages_are_walked_through(
    visit: Visit, api: Api, user: User, pages: PageObject
) -> None:
    """Each offer, the way on where one fails, and the way back from the page after checkout."""
    page = visit(user)
    expect(pages.action(page, "upgrade").first).to_be_enabled()
    rest(page)
    check_walked(page, page.locator("body"), "a newcomer's page")

    if lose_upgrade(page, pages):
        expect(pages.try_again(page).first).to_be_enabled()
        check_walked(page, page.locator("body"), "a page that says what failed")

    page.route(f"**{INVOICES}*", cut)
    settle_after(page, lambda: visit(user))
    page.unroute_all()
    # A page that its server writes has them all the same.
    if pages.try_again(page).count():
        check_walked(page, page.locator("body"), "a page whose invoices could not be loaded")

    page.clock.install()
    go(page, api.environ["PUBLIC_URL"] + RETURN)
    see_state(page, state(RETURN, "the backend does not know yet"))
    # Whoever has waited for long may be offered more.
    pass_time(page, LONG_SECONDS)
    see_state(page, state(RETURN, "the backend does not know yet"))
    check_walked(page, page.locator("body"), "the return page")


@clause("APP-028")
def test_a_late_portal_is_walked_to(
    visit: Visit, page: Page, stripe: Stripe, user: User, pages: PageObject, telegram: Telegram
) -> None:
    """The second button, where the tap has lapsed before the portal's address came."""
    stripe.subscribe_and_see(user, "pro")
    page.add_init_script(LAPSES)
    visit(user)
    second = tap_and_wait(page, pages, telegram)
    # A page may open it all the same.
    if second.count():
        expect(second.first).to_be_enabled()
        page.evaluate(SOME_FRAMES)
        # What a script has given the focus to Tab need not reach.
        looked_at(page, "() => focused().blur()")
        check_walked(page, page.locator("body"), "a page whose portal came late")


def check_walked(page: Page, place: Locator, what: str) -> None:
    """Tab reaches each control of this place, and each that can be tapped shows that it did."""
    # What has the focus first need not stand first: once round, and up to there again.
    for _ in range(2):
        tab_through(page)

    check(f"controls of {what} that Tab does not reach", missed(place), [])
    check(f"controls of {what} whose focus is not to be seen", unseen(page), [])


@clause("APP-028")
def test_the_keyboard_alone_does_it_all(
    visit: Visit, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """A device is registered and the form left, and the upgrade begun, without a tap."""
    page = visit(user)
    pages.action(page, "upgrade").first.wait_for()
    open_by_enter(page, pages)
    pages.fill_device_form(page, *TYPED)
    type_anew(page, TYPED)
    check("what stands in the form after it was typed", pages.read_device_form(page), [*TYPED])
    # Where the list is full by then, what opened the form goes, and the focus has to go elsewhere.
    secret = settle_after(page, lambda: secret_of(page, partial(send_by_keys, page, pages)))
    expect(read(page, secret).first).to_be_visible()
    check_focus_stays(page, "the form that goes")
    leave_sheet(page, lambda button: button.press("Enter"))
    upgrade = pages.action(page, "upgrade").first
    # The list of devices is asked for anew; until it is there, no button may take a key.
    expect(upgrade).to_be_enabled()
    check_focus_stays(page, "the sheet that closes")

    upgrade.press("Enter")

    arrive(page, stripe.sandbox.url, "Enter on Upgrade leads to Stripe's checkout")


def type_anew(page: Page, texts: Sequence[str]) -> None:
    """Key by key, in the fields in which these texts stand."""
    fields = page.get_by_role("textbox").filter(visible=True)
    for text in texts:
        for field in fields.all():
            if field.evaluate(VALUE) == text:
                field.clear()
                field.press_sequentially(text)
                break


def send_by_keys(page: Page, pages: PageObject) -> None:
    """By Enter in the last field, or on the button where a field has another use for it."""
    acts = Acts(page)
    page.keyboard.press("Enter")
    until(page, lambda: acts.are_made, LINGERS_SECONDS)
    if not acts.are_made:
        pages.fill_device_form(page, *TYPED)
        pages.submit_device_form(page).first.press("Enter")


def open_by_enter(page: Page, pages: PageObject) -> None:
    """Have the form for a device come up by the keyboard, unless it is always there."""
    field, way_in = page.get_by_role("textbox").filter(visible=True), pages.register(page)
    until(page, lambda: field.count() + way_in.count() > 0)
    if field.count() == 0 and way_in.count():
        expect(way_in.first).to_be_enabled()
        way_in.first.press("Enter")
        until(page, lambda: field.count() > 0)
        is_there = field.count() > 0
        check("Enter brings the form for a device up", is_there, expected=True)
    pages.open_device_form(page)


def check_focus_stays(page: Page, what: str) -> None:
    """What goes leaves the focus on a part of the page, once the page has its answers."""
    page.evaluate(SOME_FRAMES)
    until(page, lambda: focused_tag(page) != "BODY")
    where = focused_tag(page)
    what = f"the focus outlives {what}"
    check_that(what, where != "BODY", expected="on a part of the page", got=where)


def focused_tag(page: Page) -> str:
    """The tag of what has the focus."""
    return str(looked_at(page, "() => focused().tagName"))
