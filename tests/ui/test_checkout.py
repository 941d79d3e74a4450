"""At Stripe and back: left unpaid, asked by a bank, before and after the webhook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billproof.trials import check, check_that, clause
from fixtures.asking import Acts, settle_after
from fixtures.claims import claims, return_anew, see_claim, see_no_claim, ways_to_ask_again
from fixtures.pages import arrive, go, has_badge, see, see_any, see_state, tap
from fixtures.reading import text_of
from fixtures.returning import come_back
from fixtures.told import told
from fixtures.users import ANY_NAME
from fixtures.visits import CONFIRMED_SECONDS, Visit, go_to_checkout
from fixtures.words import BILLING, RETURN, part, state

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from fixtures.api import Api
    from fixtures.page_object import PageObject
    from fixtures.stripe import Stripe
    from fixtures.users import User

pytestmark = pytest.mark.usefixtures("whole_backend")

ASKING_CARD = "4000000000003220"
WAITS = state(RETURN, "the backend does not know yet")
LONG_MS = 120_000
LONGEST_SESSION_ID = 255
"""By openapi.yaml."""
UNHEARD_OF = "zanzibar"
"""No plan's key."""


@clause("APP-015")
def test_leaving_checkout_unpaid_changes_nothing(
    visit: Visit, api: Api, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """Back to the billing page, free as before, and to checkout again, which is asked for anew.

    Whatever his name is, in an address that has it no more.
    """
    page = visit.with_init_data(visit.sign(user.init_data(first_name=ANY_NAME)))
    go_to_checkout(page, pages.action(page, "upgrade"), stripe, user).leave()

    arrive(page, api.environ["PUBLIC_URL"] + BILLING, "Back leads to the billing page")
    see_state(page, state(BILLING, "no subscription"))
    check("a plan that is said to be active", has_badge(page, "active"), expected=False)
    acts = Acts(page)
    go_to_checkout(page, pages.action(page, "upgrade"), stripe, user)
    check("requests of Upgrade after coming back", acts.repeated(), ["POST"])


@clause("APP-016")
def test_a_banks_question_decides(
    visit: Visit, api: Api, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """Refused first: the visitor is still at checkout and has no plan; confirmed, he has."""
    page = visit(user)
    checkout = go_to_checkout(page, pages.action(page, "upgrade"), stripe, user)
    checkout.pay(ASKING_CARD)
    checkout.answer_bank("Fail")
    refusal = checkout.refusal()
    check_that("a refusal at checkout", bool(refusal), expected="a text", got=refusal)
    api.settle()
    check("access after the refusal", api.subscription(user).expect(200)["access"], expected=False)

    checkout.pay(ASKING_CARD)
    checkout.answer_bank("Complete")

    arrive(page, api.environ["PUBLIC_URL"] + RETURN, "paying leads to the return page")
    see_claim(page, CONFIRMED_SECONDS)


@clause("APP-016")
def test_who_waits_for_the_bank_ends_with_the_plan(
    visit: Visit, api: Api, stripe: Stripe, user: User
) -> None:
    """The backend has heard of a payment that is not finished before it hears that it is."""
    subscription = stripe.subscribe_and_see(user, "pro")
    stripe.change(subscription, status="incomplete")
    stripe.deliver(user)
    api.subscription_becomes(user, plan="pro", status="incomplete", access=False)
    page = visit(user)
    see(page, part("manage"))
    settle_after(page, lambda: go(page, api.environ["PUBLIC_URL"] + RETURN))
    see_no_claim(page)

    stripe.change(subscription, status="active")
    stripe.deliver(user)
    api.subscription_becomes(user, status="active", access=True)

    see_claim(page, CONFIRMED_SECONDS)


@clause("APP-017")
def test_the_return_page_claims_nothing_that_the_backend_does_not_know(
    visit: Visit, page: Page, api: Api, user: User, pages: PageObject
) -> None:
    """Whatever its address says, though the webhook never comes, and though the backend refuses.

    Nor where it is asked again by a tap.
    """
    page.clock.install()
    visit(user)
    pages.action(page, "upgrade").first.wait_for()
    lies = "success=true&status=complete&plan=pro&payment_status=paid&redirect_status=succeeded"
    longest = "cs_test_of_nobody".ljust(LONGEST_SESSION_ID, "x")
    said = f"session_id={longest}&{lies}#{lies}"
    # Before its scripts have run there is nothing that it could claim.
    page.route("**/*", without_scripts)
    go(page, f"{api.environ['PUBLIC_URL']}{RETURN}?{lies}")
    see_no_claim(page)
    check_title(page, "a title that claims a plan at once")
    page.unroute_all()

    go(page, f"{api.environ['PUBLIC_URL']}{RETURN}?{said}")
    see_state(page, WAITS)

    for _ in range(3):
        page.clock.fast_forward(LONG_MS)
        see_state(page, WAITS)
        see_no_claim(page)
        check_title(page, "a title that claims a plan")
    again = ways_to_ask_again(page)
    if again.count():
        settle_after(page, lambda: tap(page, again))
        see_state(page, WAITS)
        see_no_claim(page)
    settle_after(page, lambda: come_back(page))
    see_state(page, WAITS)
    see_no_claim(page)

    # Who comes too late is refused; some pages say what helps in place of it.
    visit.too_late(user)
    settle_after(page, lambda: go(page, f"{api.environ['PUBLIC_URL']}{RETURN}?{said}"))
    see_any(page, [*WAITS.shows, *state(BILLING, "the init data are too old").shows])
    see_no_claim(page)


@clause("APP-017")
def test_a_return_page_that_is_nobodys_says_confirming_and_claims_nothing(
    visit: Visit, api: Api, user: User, pages: PageObject
) -> None:
    """A browser without Telegram has no init data, though they were used in it before."""
    pages.action(visit(user), "upgrade").first.wait_for()
    window = visit.without_telegram()
    see_state(window, state(BILLING, "it was opened outside Telegram"))

    go(window, f"{api.environ['PUBLIC_URL']}{RETURN}?session_id=cs_test_of_nobody")

    see_state(window, WAITS)
    see_no_claim(window)


def check_title(page: Page, what: str) -> None:
    """The page's title does not say what is said once the backend knows."""
    title = page.title()
    check_that(what, not claims(title), expected="none", got=title)


def check_unheard_of(page: Page, what: str) -> None:
    """The page does not name the plan that its address names."""
    held = UNHEARD_OF not in text_of(page).lower()
    check_that(what, held, expected="none", got=told(page))


def without_scripts(route: Route) -> None:
    """As a page is while its scripts are on their way."""
    if route.request.resource_type == "script":
        route.abort()
    else:
        route.fallback()


@clause("APP-017")
@pytest.mark.parametrize(
    ("status", "pause"),
    [("incomplete", None), ("unpaid", None), ("active", {"behavior": "void"})],
    ids=["incomplete", "unpaid", "paused"],
)
def test_the_return_page_claims_no_plan_that_gives_no_access(
    visit: Visit,
    api: Api,
    stripe: Stripe,
    user: User,
    status: str,
    pause: dict[str, str] | None,
) -> None:
    """The backend knows of a subscription, and that nobody has paid for it, that it rests or ended.

    Whoever buys again once it has ended waits like anybody else.
    """
    subscription = stripe.subscribe_and_see(user, "pro")
    stripe.change(subscription, status=status, pause_collection=pause)
    stripe.deliver(user)
    api.subscription_becomes(user, plan="pro", status=status, access=False)
    page = visit(user)
    see(page, part("manage"))

    go(page, f"{api.environ['PUBLIC_URL']}{RETURN}?plan={UNHEARD_OF}")
    see_state(page, WAITS)
    see_no_claim(page)
    check_unheard_of(page, "a plan that the address names, before there is one")

    stripe.change(subscription, status="active", pause_collection=None)
    stripe.deliver(user)
    api.subscription_becomes(user, status="active", access=True)
    go(page, f"{api.environ['PUBLIC_URL']}{RETURN}?plan={UNHEARD_OF}")
    see_claim(page)
    check_unheard_of(page, "a plan that the address names is claimed")

    stripe.change(subscription, status="canceled")
    stripe.deliver(user)
    api.subscription_becomes(user, status="canceled", access=False)
    return_anew(page, api.environ["PUBLIC_URL"] + RETURN)
    see_state(page, WAITS)
    see_no_claim(page)


@clause("APP-018")
def test_a_webhook_before_the_return_is_seen_on_return(
    visit: Visit, api: Api, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """And one that comes twice changes nothing, nor that the address names no session."""
    page = visit(user)
    pages.action(page, "upgrade").first.wait_for()
    session = stripe.pay(api.checkout(user, "pro").expect(201))
    events = stripe.undelivered(user)
    stripe.deliver(user)
    api.subscription_becomes(user, plan="pro", access=True)

    go(page, f"{api.environ['PUBLIC_URL']}{RETURN}?session_id={session.id}")
    see_claim(page)

    for event in events:
        stripe.deliver_event(event).expect_success()
    api.settle()
    go(page, api.environ["PUBLIC_URL"] + RETURN)
    see_claim(page)
