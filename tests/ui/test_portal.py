"""Manage: a portal session on the tap, and Telegram opens it outside."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from billproof.trials import check, check_that, clause
from fixtures.asking import REFUSALS, Acts, Held, refuse, settle_after
from fixtures.offline import is_shut_offline
from fixtures.pages import SOME_FRAMES, go, is_at, see_no, see_state, tap, until
from fixtures.portals import check_opened, portals
from fixtures.refusing import check_told, lines_of, only_acts
from fixtures.returning import come_back
from fixtures.words import BILLING, state

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from fixtures.api import Api
    from fixtures.page_object import PageObject
    from fixtures.stripe import Stripe
    from fixtures.telegram import Telegram
    from fixtures.users import User
    from fixtures.visits import Visit

pytestmark = pytest.mark.usefixtures("whole_backend")


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
