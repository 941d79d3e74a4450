"""The billing page: what a signed-in user sees of his plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billproof.trials import clause
from fixtures.asking import settle_after
from fixtures.pages import has_badge, see, see_no, see_state
from fixtures.returning import come_back
from fixtures.users import ANY_NAME
from fixtures.words import BILLING, Part, badge, part, state

if TYPE_CHECKING:
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User
    from fixtures.visits import Visit


@clause("APP-001")
def test_a_newcomer_is_free_and_may_upgrade(visit: Visit, user: User) -> None:
    """The free plan, and the way up."""
    page = visit(user)

    see_state(page, state(BILLING, "no subscription"))
    see(page, badge("none"))
    see_no(page, Part("button", name="Upgrade to Free"))


@clause("APP-001")
def test_a_subscriber_sees_his_plan_and_may_manage_it(
    visit: Visit, api: Api, stripe: Stripe, user: User, other: User
) -> None:
    """His own plan, not the one of whoever came before in the same browser.

    Whatever his name is: Telegram lets people have any letters and signs.
    """
    stripe.subscribe(user, "pro")
    api.subscription_becomes(user, status="active")
    page = visit.with_init_data(visit.sign(user.init_data(first_name=ANY_NAME)))

    see_state(page, state(BILLING, "a subscription with access"))
    see(page, badge("active"))

    see_state(visit(other), state(BILLING, "no subscription"))


@clause("APP-001")
def test_a_page_that_looks_anew_shows_all_of_it_anew(
    visit: Visit, api: Api, stripe: Stripe, user: User
) -> None:
    """Whoever has subscribed while it was away; it may stay as it was, but not by half.

    Also where his plan has ended meanwhile.
    """
    page = visit(user)
    see_state(page, state(BILLING, "no subscription"))
    subscription = stripe.subscribe_and_see(user, "pro")

    settle_after(page, lambda: come_back(page))

    if has_badge(page, "active") or part("manage").on(page).filter(visible=True).count():
        see_state(page, state(BILLING, "a subscription with access"))

    stripe.change(subscription, status="canceled")
    stripe.deliver(user)
    api.subscription_becomes(user, status="canceled", access=False)
    settle_after(page, lambda: come_back(page))
    if has_badge(page, "canceled"):
        see_state(page, state(BILLING, "a subscription that has ended"))


@clause("APP-001")
@pytest.mark.parametrize("status", ["trialing", "past_due", "canceled"])
def test_the_badge_says_the_status(
    visit: Visit, api: Api, stripe: Stripe, user: User, status: str
) -> None:
    """A trial, a payment that failed, an end."""
    subscription = stripe.subscribe_and_see(user, "pro")
    stripe.change(subscription, status=status)
    stripe.deliver(user)
    api.subscription_becomes(user, status=status)

    page = visit(user)

    see(page, badge(status))
