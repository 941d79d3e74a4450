"""Back, forward and reload between the billing page, checkout and the page after it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from billproof.trials import check, check_that, clause
from fixtures.claims import return_anew, see_claim
from fixtures.pages import (
    LONG_SECONDS,
    SOME_FRAMES,
    arrive,
    go,
    is_at,
    pass_time,
    see,
    see_state,
    tap,
)
from fixtures.reading import looked_at
from fixtures.visits import CONFIRMED_SECONDS, Visit, go_to_checkout
from fixtures.words import BILLING, RETURN, part, state

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from fixtures.api import Api
    from fixtures.page_object import PageObject
    from fixtures.stripe import Stripe
    from fixtures.telegram import Telegram
    from fixtures.users import User

pytestmark = pytest.mark.usefixtures("whole_backend")

WAITS = state(RETURN, "the backend does not know yet")
OWN_LINKS = """() => all("a[href]")
  .filter((one) => one.checkVisibility() && one.origin === location.origin)
  .map((one) => one.href)"""


@clause("APP-019")
@pytest.mark.usefixtures("chromium")
def test_back_and_reload_leave_pages_that_work(
    visit: Visit, api: Api, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """Everywhere between the billing page, checkout and the return page."""
    page = visit(user)
    page.reload()
    go_to_checkout(page, pages.action(page, "upgrade"), stripe, user)
    go_back_to(page, api.environ["PUBLIC_URL"] + BILLING)
    see_state(page, state(BILLING, "no subscription"))
    checkout = go_to_checkout(page, pages.action(page, "upgrade"), stripe, user)
    page.reload()
    checkout.pay("4242424242424242")
    arrive(page, api.environ["PUBLIC_URL"] + RETURN, "paying leads to the return page")
    see_claim(page, CONFIRMED_SECONDS)

    return_anew(page, api.environ["PUBLIC_URL"] + RETURN)
    see_claim(page)
    check_ways_on(page)
    go_on(page, api.environ["PUBLIC_URL"] + BILLING)
    see_state(page, state(BILLING, "a subscription with access"))
    if go_back_to(page, api.environ["PUBLIC_URL"] + RETURN):
        see_claim(page)
        page.go_forward()
        see(page, part("manage"))


def go_back_to(page: Page, url: str) -> bool:
    """Back to that page, or anew where it has left no place to go back to; whether it had."""
    page.go_back()
    is_back = is_at(page, urlsplit(url).path)
    if not is_back:
        go(page, url)
    return is_back


def check_ways_on(page: Page) -> None:
    """Each of the page's own links leads to a page of the backend."""
    for url in looked_at(page, OWN_LINKS):
        answer = page.request.get(url)
        what = f"a link of the return page leads to {urlsplit(url).path}"
        check_that(what, answer.ok, expected="a page", got=str(answer.status))


def go_on(page: Page, url: str) -> None:
    """By the page's own link to that page, where it has one."""
    link = page.locator("a[href]").filter(visible=True)
    leading = [one for one in link.all() if one.evaluate("(one) => one.href") == url]
    if leading:
        tap(page, leading[0])
        arrive(page, url, "the return page's link leads to the billing page")
    else:
        go(page, url)


@clause("APP-034")
def test_telegrams_back_button_leads_from_the_return_page_to_billing(
    visit: Visit, api: Api, stripe: Stripe, user: User, pages: PageObject, telegram: Telegram
) -> None:
    """It is shown, and a tap on it is heard; what lies behind the page is Stripe's.

    While the page waits, for however long, and once it knows.
    """
    page = visit(user)
    page.clock.install()
    go_to_checkout(page, pages.action(page, "upgrade"), stripe, user)
    telegram.told.clear()
    go(page, api.environ["PUBLIC_URL"] + RETURN)
    see_state(page, WAITS)
    shown = telegram.hears(page, "web_app_setup_back_button", {"is_visible": True})
    check("Telegram's back button is shown", shown, expected=True)
    pass_time(page, LONG_SECONDS)
    see_state(page, WAITS)
    check_back_is_shown(telegram, "a page that has waited for long")

    telegram.tell(page, "back_button_pressed", {})

    arrive(page, api.environ["PUBLIC_URL"] + BILLING, "Telegram's back leads to the billing page")
    see_state(page, state(BILLING, "no subscription"))

    stripe.subscribe_and_see(user, "pro")
    telegram.told.clear()
    go(page, api.environ["PUBLIC_URL"] + RETURN)
    see_claim(page)
    telegram.hears(page, "web_app_setup_back_button", {"is_visible": True})
    page.evaluate(SOME_FRAMES)
    check_back_is_shown(telegram, "a page that knows")
    telegram.tell(page, "back_button_pressed", {})
    arrive(page, api.environ["PUBLIC_URL"] + BILLING, "Telegram's back leads to the billing page")


def check_back_is_shown(telegram: Telegram, where: str) -> None:
    """What Telegram was told of its back button at last is to show it."""
    last = [data for kind, data in telegram.told if kind == "web_app_setup_back_button"][-1:]
    check(f"Telegram's back button of {where}", last, [{"is_visible": True}])
