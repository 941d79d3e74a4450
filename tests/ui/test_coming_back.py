"""A page that comes back as it was left, which phones do with the one before."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from billproof.trials import check, clause
from fixtures.asking import Acts, settle_after
from fixtures.pages import arrive, tap, until
from fixtures.returning import come_back

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from fixtures.page_object import PageObject
    from fixtures.stripe import Stripe
    from fixtures.users import User
    from fixtures.visits import Visit

pytestmark = pytest.mark.usefixtures("whole_backend")


@clause("APP-019")
@pytest.mark.usefixtures("chromium")
def test_a_page_that_comes_back_as_it_was_left_works(
    visit: Visit, page: Page, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """Whoever goes back from checkout finds the button that he tapped, and taps it again."""
    checkout = re.compile(re.escape(stripe.sandbox.url))
    asked: list[str] = []

    def stay(route: Route) -> None:
        # Nothing comes: the browser stays where it is, with the page as it leaves it.
        route.abort("aborted")
        asked.append(route.request.url)

    page.route(checkout, stay)
    visit(user)
    upgrade = pages.action(page, "upgrade")
    expect(upgrade.first).to_be_enabled()
    offers = upgrade.count()
    tap(page, upgrade)
    until(page, lambda: bool(asked or checkout.match(page.url)))
    page.unroute_all()
    if checkout.match(page.url):
        # A page that goes by an address of its own is led on by its server.
        page.go_back()
        upgrade.first.wait_for()
    else:
        check("calls of Stripe's checkout", len(asked), 1)

    settle_after(page, lambda: come_back(page))
    expect(upgrade).to_have_count(offers)

    acts = Acts(page)
    tap(page, pages.action(page, "upgrade"))
    # A page that looks anew at what there is may pass over a tap meanwhile.
    until(page, lambda: bool(checkout.match(page.url)))
    if not checkout.match(page.url):
        tap(page, pages.action(page, "upgrade"))
    arrive(page, stripe.sandbox.url, "Upgrade leads to Stripe's checkout")
    check("requests of a tap after coming back", acts.repeated(), ["POST"])
