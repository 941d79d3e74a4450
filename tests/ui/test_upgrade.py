"""From wanting to having: upgrade, pay on Stripe's page, come back, be subscribed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from billproof.trials import check, check_that, clause
from fixtures.asking import FAILURES, Held, Lost, settle_after
from fixtures.claims import KNOWS, claimed, see_claim, ways_to_ask_again
from fixtures.pages import (
    LONG_SECONDS,
    SOME_FRAMES,
    arrive,
    go,
    is_at,
    pass_time,
    see_any,
    see_state,
    tap,
    until,
)
from fixtures.returning import come_back
from fixtures.stripe import DECLINED_CARD, GOOD_CARD
from fixtures.visits import CONFIRMED_SECONDS, Visit, go_to_checkout
from fixtures.words import BILLING, RETURN, part, state

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, Route

    from fixtures.api import Api
    from fixtures.page_object import PageObject
    from fixtures.stripe import Stripe
    from fixtures.users import User

UPGRADE = part("upgrade", plan="Pro")
LATE_SECONDS = 600


@clause("APP-002")
def test_upgrading_ends_with_an_active_plan(
    visit: Visit, api: Api, stripe: Stripe, user: User
) -> None:
    """A declined card first, a good one then; the webhook says so, and the page does."""
    checkout = go_to_checkout(visit(user), UPGRADE, stripe, user)
    checkout.pay(DECLINED_CARD)
    refusal = checkout.refusal()
    check_that("a declined card", "declined" in refusal, expected="a refusal", got=refusal)

    checkout.pay(GOOD_CARD)

    public, page = api.environ["PUBLIC_URL"], checkout.page
    arrive(page, public + RETURN, "paying leads to the return page")
    see_claim(page, CONFIRMED_SECONDS)
    api.subscription_becomes(user, plan="pro", status="active", access=True)

    go(page, public + BILLING)
    see_state(page, state(BILLING, "a subscription with access"))


@clause("APP-002")
@pytest.mark.parametrize("plan", ["basic", "team"])
def test_each_offer_leads_to_its_own_plan(
    visit: Visit, page: Page, api: Api, stripe: Stripe, user: User, plan: str
) -> None:
    """Whoever has paid what Upgrade led to has the plan beside which it stood.

    Nothing is made at Stripe before the tap; a plan that begins with a trial is active, too.
    """
    asked = Held(page)
    visit(user)
    upgrade = part("upgrade", plan=plan.capitalize())
    button = upgrade.on(page).first
    expect(button).to_be_enabled()
    button.hover()
    button.focus()
    page.evaluate(SOME_FRAMES)
    until(page, lambda: asked.waits_alone)
    check("checkout sessions before the tap", len(stripe.sessions(user)), 0)
    tap(page, upgrade)
    arrive(page, stripe.sandbox.url, "Upgrade leads to Stripe's checkout")

    [session] = stripe.sessions(user, "open")
    stripe.sandbox.pay(session.id)
    stripe.deliver(user)

    api.subscription_becomes(user, plan=plan, access=True)
    go(page, api.environ["PUBLIC_URL"] + RETURN)
    see_claim(page)


@clause("APP-002")
def test_the_return_page_waits_for_the_webhook(
    visit: Visit, api: Api, stripe: Stripe, user: User
) -> None:
    """It says so until Stripe has, and needs no reload to say more; seen again, it goes on."""
    checkout = go_to_checkout(visit(user), UPGRADE, stripe, user)
    customer = stripe.customer(user)
    stripe.sandbox.set_delivery(customer.id, "manual")
    checkout.pay(GOOD_CARD)
    page = checkout.page
    arrive(page, api.environ["PUBLIC_URL"] + RETURN, "paying leads to the return page")
    waits = state(RETURN, "the backend does not know yet")
    # A backend that has asked Stripe by itself may know already.
    see_any(page, [*waits.shows, KNOWS])
    # As whoever answers his bank in another app does; once amid a question, and once between two.
    for _ in range(2):
        settle_after(page, lambda: come_back(page))
    see_any(page, [*waits.shows, KNOWS])
    claims = claimed(page)
    is_so = api.subscription(user).expect(200)["access"] is True
    got = "a plan that is active, and none in the backend"
    check_that("what is claimed before the webhook", not claims or is_so, expected="true", got=got)

    stripe.deliver(user)

    see_claim(page, CONFIRMED_SECONDS)


@clause("APP-002")
@pytest.mark.parametrize("seconds", [20, LATE_SECONDS], ids=["soon", "late"])
def test_the_return_page_has_patience(
    visit: Visit, page: Page, api: Api, stripe: Stripe, user: User, seconds: int
) -> None:
    """A webhook that takes its time is still seen: by itself at first, at last by a button of it.

    That may have been tapped in vain before. So is who comes back, though he was at Stripe for as
    long. Where there is no button at last, the page is to be loaded anew. What is said then stays
    said.
    """
    page.clock.install()
    checkout = go_to_checkout(visit(user), UPGRADE, stripe, user)
    stripe.sandbox.set_delivery(stripe.customer(user).id, "manual")
    pass_time(page, seconds)
    checkout.pay(GOOD_CARD)
    arrive(page, api.environ["PUBLIC_URL"] + RETURN, "paying leads to the return page")
    waits = state(RETURN, "the backend does not know yet")
    see_any(page, [*waits.shows, KNOWS])
    pass_time(page, seconds)
    if seconds == LATE_SECONDS and not claimed(page):
        # In vain, which it may say, and be asked once more.
        ask_again(page)
        pass_time(page, seconds)

    stripe.deliver(user)
    api.subscription_becomes(user, plan="pro", access=True)
    pass_time(page, 20)

    # A page may go on to the billing page by itself, and what it says there stays said as well.
    if is_at(page, RETURN):
        if seconds == LATE_SECONDS and not claimed(page):
            ask_again(page)
        see_claim(page, CONFIRMED_SECONDS)
    pass_time(page, LONG_SECONDS)
    if is_at(page, RETURN):
        see_claim(page)
    else:
        see_state(page, state(BILLING, "a subscription with access"))


def ask_again(page: Page) -> None:
    """Tap what the page has for that, or load it anew."""
    button = ways_to_ask_again(page)
    if button.count():
        tap(page, button)
    else:
        page.reload()


@clause("APP-002")
def test_the_return_page_needs_no_init_data(page: Page, api: Api) -> None:
    """In another browser, without Telegram, it is still a page that says what happens."""
    go(page, f"{api.environ['PUBLIC_URL']}{RETURN}?session_id=cs_test_of_nobody")

    see_state(page, state(RETURN, "the backend does not know yet"))


@clause("APP-002")
@pytest.mark.parametrize("fail", FAILURES, ids=["lost", "refused"])
def test_the_return_page_outlives_an_answer_that_is_no_help(
    visit: Visit,
    page: Page,
    api: Api,
    stripe: Stripe,
    user: User,
    pages: PageObject,
    fail: Callable[[Route], None],
) -> None:
    """It still says confirming, and that the plan is active once it has heard the backend."""
    stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro", access=True)
    visit(user)
    pages.action(page, "manage").first.wait_for()
    lost = Lost(page, fail)
    go(page, api.environ["PUBLIC_URL"] + RETURN)
    # A page that its server has written may know already.
    until(page, lambda: bool(lost.urls) or claimed(page))
    if lost.urls:
        see_state(page, state(RETURN, "the backend does not know yet"))

    lost.is_over()
    if pages.try_again(page).count():
        tap(page, pages.try_again(page))
    see_claim(page, CONFIRMED_SECONDS)


@clause("APP-002")
@pytest.mark.usefixtures("whole_backend")
def test_the_return_page_outlives_a_tunnel(
    visit: Visit, page: Page, api: Api, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """Whose connection goes away while it waits is still told, once it is back."""
    visit(user)
    pages.action(page, "upgrade").first.wait_for()
    go(page, api.environ["PUBLIC_URL"] + RETURN)
    see_state(page, state(RETURN, "the backend does not know yet"))
    failed: list[str] = []
    page.on("requestfailed", lambda one: failed.append(one.url))
    page.context.set_offline(offline=True)
    until(page, lambda: bool(failed))
    page.evaluate(SOME_FRAMES)
    see_state(page, state(RETURN, "the backend does not know yet"))

    page.context.set_offline(offline=False)
    stripe.subscribe_and_see(user, "pro")
    button = ways_to_ask_again(page)
    if button.count():
        tap(page, button)

    see_claim(page, CONFIRMED_SECONDS)
