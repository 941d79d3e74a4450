"""Manage: a portal session on the tap, and Telegram opens it outside."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import Error, expect

from billproof.trials import check, check_that, clause
from fixtures.asking import REFUSALS, Acts, Held, is_act, refuse, settle_after
from fixtures.lapsing import LAPSES, tap_and_wait
from fixtures.offline import is_shut_offline
from fixtures.pages import (
    BILLING,
    LINGERS_SECONDS,
    SOME_FRAMES,
    go,
    is_at,
    see_no,
    see_state,
    state,
    tap,
    until,
)
from fixtures.refusing import check_told, lines_of, only_acts
from fixtures.registering import leave_sheet
from fixtures.returning import come_back

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Response

    from fixtures.api import Api
    from fixtures.page_object import PageObject
    from fixtures.stripe import Stripe
    from fixtures.telegram import Telegram
    from fixtures.users import User
    from fixtures.visits import Visit

pytestmark = pytest.mark.usefixtures("whole_backend")


def portals(stripe: Stripe, user: User) -> int:
    """How many portal sessions Stripe has made for this user."""
    calls = [call for call in stripe.writes(user) if call.path == "/v1/billing_portal/sessions"]
    return len([call for call in calls if call.status == HTTPStatus.OK])


def check_opened(stripe: Stripe, telegram: Telegram, times: int) -> None:
    """Telegram was asked so many times, each time for another portal page that is there."""
    check("addresses that Telegram was asked to open", len(set(telegram.opened)), times)
    check("times that it was asked", len(telegram.opened), times)
    for url in telegram.opened:
        at_stripe = url.startswith(f"{stripe.sandbox.url}/p/session/")
        is_there = at_stripe and httpx.get(url, trust_env=False).status_code == HTTPStatus.OK
        check_that("what is opened", is_there, expected="a portal session's page", got=url)


@clause("APP-012")
def test_manage_asks_on_the_tap_and_opens_outside(
    visit: Visit, page: Page, stripe: Stripe, user: User, pages: PageObject, telegram: Telegram
) -> None:
    """Never before it: such an address is good for minutes, and for one visit."""
    stripe.subscribe_and_see(user, "pro")
    asked = Held(page)
    visit(user)
    manage = pages.action(page, "manage").first
    pages.invoices(page).first.wait_for()
    expect(manage).to_be_enabled()
    manage.hover()
    manage.focus()
    page.evaluate(SOME_FRAMES)
    until(page, lambda: asked.waits_alone)
    check("portal sessions before the tap", portals(stripe, user), 0)

    tap(page, pages.action(page, "manage"))

    until(page, lambda: bool(telegram.opened))
    check_stays(page)
    check_opened(stripe, telegram, 1)
    expect(manage).to_be_enabled()
    check("portal sessions of one tap", portals(stripe, user), 1)

    tap(page, pages.action(page, "manage"))
    until(page, lambda: len(telegram.opened) > 1)
    check("portal sessions of another tap", portals(stripe, user), 2)
    check_opened(stripe, telegram, 2)
    check("what else is opened", len(page.context.pages), 1)
    check_stays(page)

    expect(manage).to_be_enabled()
    ways = pages.action(page, "manage").count()
    settle_after(page, lambda: come_back(page))
    expect(pages.action(page, "manage")).to_have_count(ways)
    expect(manage).to_be_enabled()
    check("portal sessions of coming back", portals(stripe, user), 2)
    settle_after(page, lambda: tap_until_opened(page, pages, telegram))
    check("portal sessions of a tap after coming back", portals(stripe, user), 3)
    check_opened(stripe, telegram, 3)
    check_stays(page)


def tap_until_opened(page: Page, pages: PageObject, telegram: Telegram) -> None:
    """Tap Manage, and see that Telegram is asked to open something more."""
    before = len(telegram.opened)
    tap(page, pages.action(page, "manage"))
    until(page, lambda: len(telegram.opened) > before)


@clause("APP-012")
@pytest.mark.parametrize("statuses", [("trialing", "past_due", "unpaid"), ("paused", "canceled")])
def test_manage_of_a_plan_that_has_ended_or_is_owed_for_opens_outside(
    visit: Visit,
    page: Page,
    api: Api,
    stripe: Stripe,
    user: User,
    pages: PageObject,
    telegram: Telegram,
    statuses: tuple[str, ...],
) -> None:
    """Beside what can be bought anew, or a card to be updated, as beside a plan that lives.

    Also of whoever came back to the page, by an address that is nobody's.
    """
    subscription = stripe.subscribe_and_see(user, "pro")
    asked = Held(page)
    for before, status in enumerate(statuses):
        stripe.change(subscription, status=status)
        stripe.deliver(user)
        api.subscription_becomes(user, status=status)
        if before:
            go(page, api.environ["PUBLIC_URL"] + BILLING)
        else:
            visit(user)
        pages.action(page, "manage").first.wait_for()
        page.evaluate(SOME_FRAMES)
        until(page, lambda: asked.waits_alone)
        check("portal sessions before the tap", portals(stripe, user), before)

        tap_until_opened(page, pages, telegram)

        check_opened(stripe, telegram, before + 1)
        check_stays(page)


def check_stays(page: Page) -> None:
    """The Mini App is where it was."""
    stays = is_at(page, BILLING)
    check_that("the Mini App stays", stays, expected="the billing page", got=page.url)


@clause("APP-041")
def test_manage_that_fails_says_so_and_can_be_tried_again(
    visit: Visit, page: Page, stripe: Stripe, user: User, pages: PageObject, telegram: Telegram
) -> None:
    """Without a connection; with one again, the same page opens the portal."""
    stripe.subscribe_and_see(user, "pro")
    visit(user)
    manage = pages.action(page, "manage")
    manage.first.wait_for()
    page.context.set_offline(offline=True)
    acts = Acts(page)
    if not is_shut_offline(page, manage):
        tap(page, manage)
    see_state(page, state(BILLING, "it is offline after a tap"))
    check("what Telegram was asked to open", telegram.opened, [])
    # A page may know that there is none, and ask nothing.
    if acts.are_made:
        check("requests of a tap on Manage without a connection", acts.repeated(), ["POST"])

    # It may notice by itself that it is online again, and be as before, or go on with the tap.
    settle_after(page, lambda: page.context.set_offline(offline=False))
    if not telegram.opened:
        tap(page, pages.try_again(page).or_(manage))

    until(page, lambda: bool(telegram.opened))
    check("addresses that Telegram was asked to open", len(telegram.opened), 1)
    check_word_goes(page, "it is offline after a tap")


def check_word_goes(page: Page, failed: str) -> None:
    """What failed and has worked since is no more said to fail."""
    [word] = [one for one in state(BILLING, failed).shows if one.role == "alert"]
    told = word.on(page).filter(visible=True)
    until(page, lambda: told.count() == 0)
    see_no(page, word)


@clause("APP-041")
def test_manage_while_stripe_fails_says_so_and_can_be_tried_again(
    visit: Visit, page: Page, stripe: Stripe, user: User, pages: PageObject, telegram: Telegram
) -> None:
    """There is an answer, and no address in it; afterwards the same page opens the portal.

    Whatever the answer is that says no.
    """
    stripe.subscribe_and_see(user, "pro")
    visit(user)
    pages.action(page, "manage").first.wait_for()
    before = lines_of(page)
    for name, status in REFUSALS:
        # A page may know that there is no portal, and offer none any more.
        if name != "not-found":
            page.route("**/*", partial(only_acts, partial(refuse, name=name, status=status)))
            settle_after(page, lambda: tap(page, way_on(page, pages)))
            page.unroute_all()
            check_told(page, pages, before, "a portal")
    acts = Acts(page)
    with stripe.failing(user=user):
        tap(page, way_on(page, pages))
        see_state(page, state(BILLING, "Stripe failed after a tap"))
        check("what Telegram was asked to open", telegram.opened, [])
        check("requests of a tap on Manage that fails", acts.repeated(), ["POST"])

    tap(page, pages.try_again(page))

    until(page, lambda: bool(telegram.opened))
    check("addresses that Telegram was asked to open", len(telegram.opened), 1)
    check_word_goes(page, "Stripe failed after a tap")


def way_on(page: Page, pages: PageObject) -> Locator:
    """Trying again, where that is offered, which may lie over all else; Manage where it is not."""
    again = pages.try_again(page).filter(visible=True)
    return again if again.count() else pages.action(page, "manage")


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

    # There may be one for each of them.
    for at in reversed(range(second.count())):
        tap(page, second.nth(at))
    later = [one for answer in told for one in addresses_in(answer, stripe)][-1:]
    until(page, lambda: bool(telegram.opened) and {*later} <= {*telegram.opened})
    check_that("what is opened", bool(telegram.opened), expected="a portal's page", got="nothing")
    held = {*later} <= {*telegram.opened}
    got = f"{len(telegram.opened)} addresses, none of which came last"
    check_that("what is opened", held, expected="the address that came last", got=got)


def addresses_in(answer: Response, stripe: Stripe) -> list[str]:
    """The portal pages that an answer names, if it can be read."""
    with suppress(Error):  # an answer that leads elsewhere has no text
        return re.findall(rf"{re.escape(stripe.sandbox.url)}/p/session/\w+", answer.text())
    return []


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
