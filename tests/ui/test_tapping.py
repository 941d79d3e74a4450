"""Impatient taps, and answers that do not come."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from billproof.errors import Violation
from billproof.trials import check, clause
from fixtures.api import DEVICES, INVOICES
from fixtures.asking import (
    SECOND_TAP_MS,
    Acts,
    Held,
    answer_to,
    cut,
    is_act,
    settle_after,
)
from fixtures.offline import is_shut_offline
from fixtures.pages import (
    LATE_ANSWER_SECONDS,
    LINGERS_SECONDS,
    SOME_FRAMES,
    arrive,
    is_at,
    middle,
    pass_time,
    see_state,
    tap,
    until,
)
from fixtures.words import BILLING, state

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

    from fixtures.api import Api
    from fixtures.page_object import PageObject
    from fixtures.stripe import Stripe
    from fixtures.users import User
    from fixtures.visits import Visit

pytestmark = pytest.mark.usefixtures("whole_backend")


@clause("APP-014")
def test_a_double_tap_makes_one_request(
    visit: Visit, page: Page, stripe: Stripe, user: User, other: User, pages: PageObject
) -> None:
    """Upgrade, and Manage, by a thumb that taps twice, and once more before there is an answer."""
    stripe.subscribe_and_see(other, "pro")
    page.clock.install()
    for who, action in ((user, "upgrade"), (other, "manage")):
        visit(who)
        button = pages.action(page, action).first
        expect(button).to_be_enabled()
        acts = Acts(page)

        answer_to(page, partial(tap_impatiently, page, button))

        if action == "upgrade":
            arrive(page, stripe.sandbox.url, "Upgrade leads to Stripe's checkout")
        check(f"requests of a double tap on {action}", acts.repeated(), ["POST"])


def tap_impatiently(page: Page, button: Locator) -> None:
    """Twice, and where the button was a moment later; the answer comes after that."""
    place, held = middle(button), Held(page)
    held.hold_acts()
    button.dblclick()
    until(page, lambda: bool(held.routes))
    page.clock.fast_forward(SECOND_TAP_MS)
    page.mouse.click(*place)
    page.evaluate(SOME_FRAMES)
    held.let_go()


@clause("APP-014")
def test_a_list_that_comes_between_two_taps_changes_nothing(
    visit: Visit, page: Page, user: User, pages: PageObject
) -> None:
    """Upgrade is there before invoices and devices are, and tapped; then they come.

    A page may have all of it ready at once.
    """
    held, acts = Held(page), Acts(page)
    held.hold(is_list)
    held.hold_acts()
    visit(user)
    upgrade = pages.action(page, "upgrade")
    until(page, lambda: upgrade.count() > 0 and upgrade.first.is_enabled(), LINGERS_SECONDS)
    if not (upgrade.count() and upgrade.first.is_enabled()):
        held.let_go(is_list)
    expect(upgrade.first).to_be_enabled()
    place = middle(upgrade.first)

    tap(page, upgrade)
    until(page, lambda: acts.are_made)
    held.let_go(is_list)
    until(page, lambda: held.waits_alone)
    page.evaluate(SOME_FRAMES)
    page.mouse.click(*(middle(upgrade.first) if upgrade.count() else place))
    page.evaluate(SOME_FRAMES)
    held.let_go()

    check("requests of two taps on upgrade", acts.repeated(), ["POST"])


def is_list(url: str) -> bool:
    """Whether invoices or devices are asked for."""
    return urlsplit(url).path in {INVOICES, DEVICES}


@clause("APP-014")
def test_a_tap_that_fails_makes_one_request(
    visit: Visit, page: Page, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """What a tap does is asked for once, though Stripe fails, and though no answer comes yet.

    Also where the second tap of two comes a moment later, and none has an answer by then, and where
    it is tried again by two.
    """
    page.clock.install()
    visit(user)
    upgrade = pages.action(page, "upgrade").first
    expect(upgrade).to_be_enabled()
    place, acts, held = middle(upgrade), Acts(page), Held(page)
    held.hold_acts()
    tap(page, upgrade)
    until(page, lambda: bool(held.routes))
    page.clock.fast_forward(SECOND_TAP_MS)
    page.mouse.click(*place)
    page.evaluate(SOME_FRAMES)
    check("requests of two taps on upgrade", acts.repeated(), ["POST"])
    held.let_go(end=cut)
    page.unroute_all()
    see_state(page, state(BILLING, "it could not be loaded"))

    acts = Acts(page)
    with stripe.failing(user=user):
        answer_to(page, lambda: tap(page, pages.try_again(page)))
        see_state(page, state(BILLING, "Stripe failed after a tap"))
    check("requests of a tap while Stripe fails", acts.repeated(), ["POST"])

    lost, acts = lose_acts(page), Acts(page)
    tap(page, pages.try_again(page))
    until(page, lambda: bool(lost))
    see_state(page, state(BILLING, "it could not be loaded"))
    check("requests of a tap that is not answered", acts.repeated(), ["POST"])

    page.unroute_all()
    held, acts = Held(page), Acts(page)
    held.hold_acts()
    pages.try_again(page).first.dblclick()
    until(page, lambda: acts.are_made)
    pass_time(page, LATE_ANSWER_SECONDS)
    check("requests of two taps that are not answered yet", acts.repeated(), ["POST"])
    held.let_go()
    until(page, lambda: not is_at(page, BILLING))
    # A page may have had no more patience.
    if is_at(page, BILLING):
        tap(page, pages.try_again(page))
    arrive(page, stripe.sandbox.url, "trying again leads to Stripe's checkout")


def lose_acts(page: Page) -> list[str]:
    """Leave what the page asks its backend to do without an answer; the addresses."""
    lost: list[str] = []

    def lose(route: Route) -> None:
        if is_act(route.request):
            lost.append(route.request.url)
            route.abort("connectionfailed")
        else:
            route.fallback()

    page.route("**/*", lose)
    return lost


@clause("APP-014")
def test_a_tap_while_stripes_page_is_on_its_way_asks_nothing(
    visit: Visit, page: Page, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """The answer is there, the page is not yet: who taps again begins no other checkout."""
    on_its_way: list[str] = []

    def stay(route: Route) -> None:
        # The browser stays where it is, with the page as it leaves it.
        route.abort("aborted")
        on_its_way.append(route.request.url)

    page.route(re.compile(re.escape(stripe.sandbox.url)), stay)
    visit(user)
    upgrade = pages.action(page, "upgrade").first
    expect(upgrade).to_be_enabled()
    place, acts = middle(upgrade), Acts(page)
    tap(page, upgrade)
    leads = re.compile(re.escape(stripe.sandbox.url))
    until(page, lambda: bool(on_its_way or leads.match(page.url)))
    check("requests of a tap on upgrade", acts.repeated(), ["POST"])
    if leads.match(page.url):
        # A page that goes by an address of its own is led on by its server, and has left.
        return

    # Where the button was, whatever is there now.
    page.mouse.click(*place)
    page.evaluate(SOME_FRAMES)

    check("calls of Stripe's checkout", len(on_its_way), 1)
    check("requests of two taps on upgrade", acts.repeated(), ["POST"])


@clause("APP-022")
def test_what_fails_offline_can_be_tried_again(
    visit: Visit, page: Page, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """Upgrade without a connection says so, each time; with one again, the same page goes on."""
    visit(user)
    upgrade = pages.action(page, "upgrade")
    upgrade.first.wait_for()
    page.context.set_offline(offline=True)
    if not is_shut_offline(page, upgrade):
        tap(page, upgrade)
    see_state(page, state(BILLING, "it is offline after a tap"))
    settle_after(page, lambda: tap(page, pages.try_again(page)))
    see_state(page, state(BILLING, "it is offline after a tap"))

    page.context.set_offline(offline=False)
    # A page may notice by itself that it is online again, and be as before, or go on with the tap.
    try:
        tap(page, pages.try_again(page).or_(upgrade))
    except Violation:
        if is_at(page, BILLING):
            raise

    arrive(page, stripe.sandbox.url, "trying again leads to Stripe's checkout")


@clause("APP-022")
def test_what_fails_at_stripe_can_be_tried_again(
    visit: Visit, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """While Stripe fails the page says so, each time; afterwards the same tap succeeds."""
    page = visit(user)
    with stripe.failing(user=user):
        tap(page, pages.action(page, "upgrade"))
        see_state(page, state(BILLING, "Stripe failed after a tap"))
        answer_to(page, lambda: tap(page, pages.try_again(page)))
        page.evaluate(SOME_FRAMES)
        see_state(page, state(BILLING, "Stripe failed after a tap"))

    tap(page, pages.try_again(page))

    arrive(page, stripe.sandbox.url, "trying again leads to Stripe's checkout")


@clause("APP-022")
@pytest.mark.parametrize("fails", [1, 2], ids=["at-once", "at-the-second-tap"])
def test_after_a_failure_another_offer_leads_to_its_own_plan(
    visit: Visit, api: Api, stripe: Stripe, user: User, pages: PageObject, fails: int
) -> None:
    """Whoever thinks better of it meanwhile; a page may offer nothing but the same again.

    Where the other one has failed as well, it is that one which is tried again.
    """
    page = visit(user)
    other = pages.action(page, "upgrade", plan="Basic")
    with stripe.failing(user=user):
        tap(page, pages.action(page, "upgrade"))
        see_state(page, state(BILLING, "Stripe failed after a tap"))
        plan = "basic" if other.filter(visible=True).count() else "pro"
        if fails > 1:
            answer_to(page, lambda: tap(page, other if plan == "basic" else pages.try_again(page)))
            page.evaluate(SOME_FRAMES)
            see_state(page, state(BILLING, "Stripe failed after a tap"))

    tap(page, other if plan == "basic" and fails == 1 else pages.try_again(page).last)

    arrive(page, stripe.sandbox.url, "a further tap leads to Stripe's checkout")
    [session] = stripe.sessions(user, "open")
    stripe.sandbox.pay(session.id)
    stripe.deliver(user)
    api.subscription_becomes(user, plan=plan, access=True)
