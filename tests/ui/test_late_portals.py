"""Manage: where the tap has lapsed when the portal's address comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billproof.trials import check, check_that, clause
from fixtures.asking import is_act, settle_after
from fixtures.lapsing import LAPSES, tap_and_wait
from fixtures.pages import LINGERS_SECONDS, tap, until
from fixtures.portals import addresses_in, check_opened, portals
from fixtures.registering import leave_sheet

if TYPE_CHECKING:
    from playwright.sync_api import Page, Response

    from fixtures.page_object import PageObject
    from fixtures.stripe import Stripe
    from fixtures.telegram import Telegram
    from fixtures.users import User
    from fixtures.visits import Visit

pytestmark = pytest.mark.usefixtures("whole_backend")


@clause("APP-013")
def test_a_portal_that_comes_late_is_opened_by_a_second_tap(
    visit: Visit, page: Page, stripe: Stripe, user: User, pages: PageObject, telegram: Telegram
) -> None:
    """Whether a page opens it at once or asks for another tap, it opens, from one session.

    The second time, too, and from a session of its own.
    """
    stripe.subscribe_and_see(user, "pro")
    page.add_init_script(LAPSES)
    visit(user)

    for times in (1, 2):
        open_late(page, pages, telegram, times)

        check("portal sessions", portals(stripe, user), times)
        check_opened(stripe, telegram, times)
        # What offered the second tap may still lie over the page.
        leave_sheet(page)


@clause("APP-013")
def test_two_taps_that_lapse_lead_to_the_later_address(
    visit: Visit, page: Page, stripe: Stripe, user: User, pages: PageObject, telegram: Telegram
) -> None:
    """Whoever looks away before the second button is tapped, and begins anew with Manage.

    The first address may be good no more by then.
    """
    stripe.subscribe_and_see(user, "pro")
    page.add_init_script(LAPSES)
    visit(user)
    told: list[Response] = []
    page.on("response", lambda one: told.append(one) if is_act(one.request) else None)
    tap_and_wait(page, pages, telegram)
    # What offers the second tap may lie over Manage, or stand in its place.
    leave_sheet(page)
    if not is_awake(page, pages):
        return

    second = tap_and_wait(page, pages, telegram)

    # There may be one for each of them, or one of two that go together.
    for at in reversed(range(second.count())):
        if second.nth(at).is_visible():
            tap(page, second.nth(at))
    later = [one for answer in told for one in addresses_in(answer, stripe)][-1:]
    until(page, lambda: bool(telegram.opened) and {*later} <= {*telegram.opened})
    check_that("what is opened", bool(telegram.opened), expected="a portal's page", got="nothing")
    held = {*later} <= {*telegram.opened}
    got = f"{len(telegram.opened)} addresses, none of which came last"
    check_that("what is opened", held, expected="the address that came last", got=got)


def open_late(page: Page, pages: PageObject, telegram: Telegram, times: int) -> None:
    """Tap Manage, and once more where the page asks for it, until so many were opened."""
    second = tap_and_wait(page, pages, telegram, times)
    # What offers the second tap may lie over the page.
    settle_after(page, lambda: until(page, lambda: is_awake(page, pages), LINGERS_SECONDS))
    if len(telegram.opened) < times:
        tap(page, second)
        until(page, lambda: len(telegram.opened) == times)


def is_awake(page: Page, pages: PageObject) -> bool:
    """Whether Manage can be tapped again."""
    manage = pages.action(page, "manage")
    return manage.count() > 0 and manage.first.is_enabled()
