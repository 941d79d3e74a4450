"""Impatient taps, and answers that do not come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from billproof.trials import check, clause
from fixtures.asking import Acts, answer_to
from fixtures.pages import BILLING, SOME_FRAMES, arrive, see_state, state, tap

if TYPE_CHECKING:
    from playwright.sync_api import Page

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
    """Upgrade, and Manage, by a thumb that taps twice."""
    stripe.subscribe_and_see(other, "pro")
    for who, action in ((user, "upgrade"), (other, "manage")):
        visit(who)
        button = pages.action(page, action)
        expect(button).to_be_enabled()
        acts = Acts(page)

        answer_to(page, button.dblclick)

        if action == "upgrade":
            arrive(page, stripe.sandbox.url, "Upgrade leads to Stripe's checkout")
        check(f"requests of a double tap on {action}", acts.repeated(), ["POST"])


@clause("APP-022")
def test_what_fails_offline_can_be_tried_again(
    visit: Visit, page: Page, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """Upgrade without a connection says so; with one again, the same page goes on."""
    visit(user)
    pages.action(page, "upgrade").wait_for()
    page.context.set_offline(offline=True)
    tap(page, pages.action(page, "upgrade"))
    see_state(page, state(BILLING, "it is offline after a tap"))

    page.context.set_offline(offline=False)
    # A page may notice by itself that it is online again, and be as before.
    tap(page, pages.try_again(page).or_(pages.action(page, "upgrade")))

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
def test_after_a_failure_another_offer_leads_to_its_own_plan(
    visit: Visit, api: Api, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """Whoever thinks better of it meanwhile; a page may offer nothing but the same again."""
    page = visit(user)
    with stripe.failing(user=user):
        tap(page, pages.action(page, "upgrade"))
        see_state(page, state(BILLING, "Stripe failed after a tap"))

    other = pages.action(page, "upgrade", plan="Basic")
    plan = "basic" if other.is_visible() else "pro"
    tap(page, other if plan == "basic" else pages.try_again(page))

    arrive(page, stripe.sandbox.url, "a further tap leads to Stripe's checkout")
    [session] = stripe.sessions(user, "open")
    stripe.sandbox.pay(session.id)
    stripe.deliver(user)
    api.subscription_becomes(user, plan=plan, access=True)
