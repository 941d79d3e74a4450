"""What the billing page says of what it could not load."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from billproof.trials import check, clause
from fixtures.api import DEVICES, INVOICES, PLANS, SUBSCRIPTION
from fixtures.asking import FAILURES, REFUSALS, Held, Loads, bare, refuse, settle_after
from fixtures.pages import (
    LATE_ANSWER_SECONDS,
    SOME_FRAMES,
    pass_time,
    rest,
    see,
    see_any,
    see_no,
    see_state,
    tap,
    until,
)
from fixtures.reading import text_of
from fixtures.words import BILLING, Part, part, state

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from fixtures.api import Api
    from fixtures.page_object import PageObject
    from fixtures.stripe import Stripe
    from fixtures.users import User
    from fixtures.visits import Visit

pytestmark = pytest.mark.usefixtures("whole_backend")


NONE_OF = re.compile(r"\b0\s*(of|out of|/)\s*\d+")
"""None of so many, in figures."""
each_of_three = pytest.mark.parametrize(
    ("path", "untrue"),
    [
        (SUBSCRIPTION, Part("status", text="Free")),
        (INVOICES, Part("text", text="No invoices yet")),
        (DEVICES, Part("text", text="No devices yet")),
    ],
    ids=["subscription", "invoices", "devices"],
)


@clause("APP-039")
@each_of_three
def test_what_could_not_be_loaded_is_not_shown_as_none(
    visit: Visit,
    page: Page,
    api: Api,
    stripe: Stripe,
    user: User,
    pages: PageObject,
    path: str,
    untrue: Part,
) -> None:
    """One of the three is not answered, then refused; once it is there, Try again shows all.

    Neither a second failure is taken for none, of whatever kind, nor what is being tried again.
    Where the page does not ask for that one by itself, all that its script asks for fails.
    """
    furnish(api, stripe, user)
    loads = Loads(page)
    visit(user)
    see_all(page, pages)
    failing = loads.of(path)
    for fail in FAILURES:
        page.unroute_all()
        page.route(lambda url: bare(url) in failing, fail)

        visit(user)

        see_state(page, state(BILLING, "it could not be loaded"))
        see_no(page, untrue)
        if path == DEVICES:
            check_not_counted(page)
        see_no(page, Part("button", name="Upgrade"))
        see_no(page, Part("heading", name="Free"))

    for name, status in REFUSALS:
        page.unroute_all()
        page.route(lambda url: bare(url) in failing, partial(refuse, name=name, status=status))
        settle_after(page, lambda: tap(page, pages.try_again(page)))
        see_state(page, state(BILLING, "it could not be loaded"))
        see_no(page, untrue)
    page.unroute_all()
    check_none_meanwhile(page, pages, failing, untrue)
    try_all_again(page, pages)

    see_all(page, pages)
    see(page, Part("heading", name="Devices"))


def check_not_counted(page: Page) -> None:
    """Beside devices that are not known it is not said how many there are."""
    found = NONE_OF.search(text_of(page))
    check("devices counted that could not be loaded", found and found.group(), None)


def check_none_meanwhile(page: Page, pages: PageObject, slow: set[str], untrue: Part) -> None:
    """While it is tried again it is not said that there is none."""
    held = Held(page)
    held.hold(lambda url: bare(url) in slow)
    tap(page, pages.try_again(page))
    until(page, lambda: bool(held.routes) and held.waits_alone)
    page.evaluate(SOME_FRAMES)
    see_no(page, untrue)
    held.let_go()
    until(page, lambda: held.rests)
    page.evaluate(SOME_FRAMES)


@clause("APP-039")
@each_of_three
def test_what_is_still_to_be_answered_is_not_shown_as_none(
    visit: Visit,
    page: Page,
    api: Api,
    stripe: Stripe,
    user: User,
    pages: PageObject,
    path: str,
    untrue: Part,
) -> None:
    """One of the three takes its time, and nothing is said in its place, nor what was so before."""
    loads, held = Loads(page), Held(page)
    visit(user)
    see(page, untrue)
    rest(page)
    furnish(api, stripe, user)
    slow = loads.of(path)
    held.hold(lambda url: bare(url) in slow)

    visit(user)
    # A page that its server writes has it all at once.
    until(page, lambda: not slow or (bool(held.routes) and held.waits_alone))
    page.evaluate(SOME_FRAMES)

    see_no(page, untrue)
    see_no(page, Part("button", name="Upgrade"))
    held.let_go()
    see_all(page, pages)


def furnish(api: Api, stripe: Stripe, user: User) -> None:
    """Give him a plan, with the invoice that comes of it, and a device."""
    stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro", access=True)
    api.register(user, "a1b2c3d4e5").expect(201)


def try_all_again(page: Page, pages: PageObject) -> None:
    """Tap Try again; where each part that failed has one of its own, each of them."""
    buttons = pages.try_again(page)
    for left in range(buttons.count() - 1, -1, -1):
        if buttons.count() > left:
            tap(page, buttons)
            until(page, partial(_are_at_most, buttons, left))


def _are_at_most(found: Locator, count: int) -> bool:
    return found.count() <= count


def see_all(page: Page, pages: PageObject) -> None:
    """The subscriber's plan, his invoice and his device."""
    see_state(page, state(BILLING, "a subscription with access"))
    expect(pages.invoices(page)).to_have_count(1)
    expect(pages.devices(page)).to_have_count(1)


@clause("APP-039")
def test_plans_that_could_not_be_loaded_are_there_after_trying_again(
    visit: Visit, page: Page, user: User, pages: PageObject
) -> None:
    """A newcomer is not left without an offer and without a word, nor where they come late."""
    upgrade = part("upgrade", plan="Pro")
    page.clock.install()
    for fail in FAILURES:
        page.route(f"**{PLANS}*", fail)

        visit(user)

        # A page may have the catalogue from elsewhere.
        see_any(page, [*state(BILLING, "it could not be loaded").shows, upgrade])
        page.unroute_all()
    see_offers(page, pages)

    held = Held(page)
    held.hold(lambda url: urlsplit(url).path == PLANS)
    visit(user)
    until(page, lambda: held.waits_alone)
    pass_time(page, LATE_ANSWER_SECONDS)
    held.let_go()
    see_offers(page, pages)


def see_offers(page: Page, pages: PageObject) -> None:
    """What a newcomer may buy; a page that could not have that by itself has it by a tap."""
    upgrade = part("upgrade", plan="Pro")
    see_any(page, [*state(BILLING, "it could not be loaded").shows, upgrade])
    if upgrade.on(page).filter(visible=True).count() == 0:
        tap(page, pages.try_again(page))
    see_state(page, state(BILLING, "no subscription"))
