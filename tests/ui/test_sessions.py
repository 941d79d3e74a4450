"""Who the page is for: each window's own user, nobody, and somebody who came too long ago."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error, expect

from billproof.trials import check, check_that, clause
from fixtures.api import CHECKOUT, DEVICES, INVOICES, PLANS, PORTAL, SUBSCRIPTION
from fixtures.asking import Held, Loads, bare, by_script, is_act, settle_after
from fixtures.billed import bill_more_than_fits, billed
from fixtures.claims import see_claim
from fixtures.invoice_list import tap_for_more
from fixtures.pages import (
    SOME_FRAMES,
    go,
    has_badge,
    is_at,
    rest,
    see,
    see_no,
    see_state,
    tap,
    until,
)
from fixtures.returning import come_back, look_away
from fixtures.telegram import SCRIPT
from fixtures.words import BILLING, RETURN, Part, part, state

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, Request, Route

    from fixtures.api import Api
    from fixtures.page_object import PageObject
    from fixtures.stripe import Stripe
    from fixtures.users import User
    from fixtures.visits import Visit

pytestmark = pytest.mark.usefixtures("whole_backend")

DAY = 86_400
MINUTE_MS = 60_000
THEIRS = "Boathouse of the neighbours"
"""A device's name that stands in no form as an example."""


@clause("APP-020")
def test_two_windows_show_two_users(
    visit: Visit,
    page: Page,
    api: Api,
    stripe: Stripe,
    user: User,
    other: User,
    pages: PageObject,
) -> None:
    """In one browser: neither a cookie nor a store makes one of them the other.

    Not even until the backend has answered.
    """
    stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro", access=True)
    api.register(user, "a1b2c3d4", THEIRS).expect(201)
    loads, held = Loads(page), Held(page)
    first = visit(user)
    see_state(first, state(BILLING, "a subscription with access"))
    expect(pages.devices(first)).to_have_count(1)

    # The second user in the first one's window.
    slow = {url for url in loads.of("") if urlsplit(url).path != PLANS}
    held.hold(lambda url: bare(url) in slow)
    visit(other)
    # A page that its server writes has it all at once.
    until(first, lambda: not slow or (bool(held.routes) and held.waits_alone))
    see_nothing_of_theirs(first)
    # The lists may wait for the plan to be shown.
    held.let_go(lambda url: urlsplit(url).path == SUBSCRIPTION)
    until(first, lambda: held.waits_alone)
    see_nothing_of_theirs(first)
    held.let_go()
    see_state(first, state(BILLING, "no subscription"))
    see_nothing_of_theirs(first)

    second = visit.in_new_window(user)
    see_state(second, state(BILLING, "a subscription with access"))
    first.reload()
    see_state(first, state(BILLING, "no subscription"))
    second.reload()
    see_state(second, state(BILLING, "a subscription with access"))
    # What leads back from Stripe has an address that is nobody's.
    go(first, api.environ["PUBLIC_URL"] + BILLING)
    see_state(first, state(BILLING, "no subscription"))


def see_nothing_of_theirs(page: Page) -> None:
    """Neither the plan nor the device of whoever was there before."""
    page.evaluate(SOME_FRAMES)
    # Whoever has no plan may read its name among the offers, and has nothing to manage.
    for theirs in (part("manage"), Part("text", text=THEIRS)):
        see_no(page, theirs)
    check("the status of whoever was there before", has_badge(page, "active"), expected=False)


@clause("APP-020")
def test_without_telegrams_script_nobody_is_whoever_was_there_before(
    visit: Visit, page: Page, api: Api, stripe: Stripe, user: User, other: User, pages: PageObject
) -> None:
    """Where it does not come, the next user of a window is himself, or is told what helps.

    Also once he has come back by an address that is nobody's, as from Stripe.
    """
    stripe.subscribe_and_see(user, "pro")
    api.register(user, "a1b2c3d4", THEIRS).expect(201)
    see_state(visit(user), state(BILLING, "a subscription with access"))
    expect(pages.devices(page)).to_have_count(1)

    page.route(f"{SCRIPT}*", lambda route: route.abort())
    settle_after(page, lambda: visit(other))
    rest(page)
    see_nothing_of_theirs(page)

    settle_after(page, lambda: go(page, api.environ["PUBLIC_URL"] + BILLING))
    rest(page)
    see_nothing_of_theirs(page)


@clause("APP-020")
def test_a_window_without_telegram_is_nobodys(
    visit: Visit, api: Api, stripe: Stripe, user: User
) -> None:
    """Though somebody has just used the page in the same browser, and went on to another."""
    stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro", access=True)
    page = visit(user)
    see_state(page, state(BILLING, "a subscription with access"))
    go(page, api.environ["PUBLIC_URL"] + RETURN)
    see_claim(page)

    window = visit.without_telegram()

    see_state(window, state(BILLING, "it was opened outside Telegram"))
    see_no(window, Part("heading", name="Pro"))


@clause("APP-021")
def test_without_telegram_the_page_says_where_to_open_it(visit: Visit, user: User) -> None:
    """Its address alone is nobody's; from Telegram the same page is somebody's.

    That is not kept for whoever looks without Telegram again.
    """
    outside = visit.without_telegram()
    see_state(outside, state(BILLING, "it was opened outside Telegram"))

    see_state(visit(user), state(BILLING, "no subscription"))

    outside.reload()
    see_state(outside, state(BILLING, "it was opened outside Telegram"))


@clause("APP-021")
def test_expired_init_data_end_in_a_word_and_not_in_a_loop(
    visit: Visit, page: Page, user: User
) -> None:
    """An hour old they still do; a day old they are told, and nothing is asked again.

    Nor is the page loaded anew by itself, which asks all of it again, nor asked from where it is
    once it is seen again.
    """
    asked: list[Request] = []
    page.on("request", lambda one: asked.append(one) if asks_backend(one) else None)
    page.clock.install()
    visit.with_init_data(visit.sign(user.init_data(), ago=3_600))
    see(page, Part("heading", name="Free"))

    visit.too_late(user)
    see_state(page, state(BILLING, "the init data are too old"))
    asked.clear()
    for _ in range(3):
        page.clock.fast_forward(MINUTE_MS)
        with suppress(Error):  # a page that is loaded anew draws no more
            page.evaluate(SOME_FRAMES)
    check_silent(asked, "in the three minutes after that")

    with suppress(Error):
        look_away(page)
        page.clock.fast_forward(MINUTE_MS)
        page.evaluate(SOME_FRAMES)
    # It may be loaded anew then, as pages are that a server writes.
    if not any(one.is_navigation_request() for one in asked):
        check_silent(asked, "when it is seen again")


def check_silent(asked: list[Request], when: str) -> None:
    """The page has asked nothing."""
    told = dict.fromkeys(map(told_of, asked))
    check_that(
        "a page that has said that its init data are too old asks no more",
        not asked,
        expected=f"no request {when}",
        got=f"{len(asked)} of them: {', '.join(told)}",
    )


def told_of(request: Request) -> str:
    """A request in words, without what proves who asks."""
    return f"{request.method} {urlsplit(request.url).path}"


def asks_backend(request: Request) -> bool:
    """Whether it is for a page, or for what stands there."""
    return request.is_navigation_request() or "/api/" in request.url


@clause("APP-021")
def test_a_tap_after_the_init_data_expired_ends_in_the_same_word(
    visit: Visit, page: Page, api: Api, stripe: Stripe, user: User, other: User, pages: PageObject
) -> None:
    """A page that stays open for a day is refused from then on, at the next tap, whichever.

    Or at the next look at what is new.
    """
    stripe.subscribe_and_see(other, "pro")
    api.register(other, "kitchen-1", "Kitchen radio").expect(201)
    bill_more_than_fits(stripe, other)
    billed(api, stripe, other)

    def register() -> None:
        pages.open_device_form(page)
        pages.fill_device_form(page, "Living room", "a1b2c3d4")
        tap(page, pages.submit_device_form(page))

    def remove() -> None:
        tap(page, pages.remove(page, "Kitchen radio"))
        pages.answer_removing(page, sure=True)

    def ask_for_more() -> None:
        if pages.more_invoices(page).count():
            tap_for_more(page, pages)

    for who, path, act in (
        (user, CHECKOUT, lambda: tap(page, pages.action(page, "upgrade"))),
        (other, PORTAL, lambda: tap(page, pages.action(page, "manage"))),
        (other, DEVICES, register),
        (other, f"{DEVICES}/*", remove),
    ):
        visit(who)
        pages.action(page, "upgrade" if who is user else "manage").first.wait_for()
        expect_the_word(page, path, act)
    visit(other)
    pages.action(page, "manage").first.wait_for()
    # It may stay as it was, and ask for nothing.
    expect_the_word(page, SUBSCRIPTION, lambda: come_back(page), by_script)
    visit(other)
    pages.invoices(page).first.wait_for()
    expect_the_word(page, f"{INVOICES}*", ask_for_more, by_script)


def expect_the_word(
    page: Page,
    path: str,
    act: Callable[[], None],
    is_asked: Callable[[Request], bool] = is_act,
) -> None:
    """What `act` asks of that operation is refused, and the page says what helps."""
    problem = {"type": "urn:billproof:problem:unauthenticated", "title": "x", "status": 401}
    kind = "application/problem+json"
    refused: list[str] = []

    def refuse(route: Route) -> None:
        if not is_asked(route.request):
            route.fallback()
            return
        route.fulfill(status=401, content_type=kind, body=json.dumps(problem))
        refused.append(route.request.url)

    answered: list[str] = []
    page.on("response", lambda one: answered.append(one.url) if is_asked(one.request) else None)
    # What a page asks of routes of its own is not answered by openapi.yaml.
    page.route(f"**{path}", refuse)
    settle_after(page, act)

    # More may not be there, where all invoices are listed at once.
    is_over = is_asked is by_script
    until(page, lambda: is_over or bool(refused or answered) or not is_at(page, BILLING))
    if refused:
        see(page, state(BILLING, "the init data are too old").shows[0])
    elif path == CHECKOUT:
        # Granted: it is on its way to Stripe, and would cut off the next visit.
        until(page, lambda: not is_at(page, BILLING))
    page.unroute_all()
