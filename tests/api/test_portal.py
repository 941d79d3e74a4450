"""The customer portal: for whoever has a customer, and only a door to it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import httpx
import pytest

from billproof.trials import check, check_that, clause, together
from billproof.trials.shape import expect_shape
from fixtures.api import PORTAL
from fixtures.events import Draft
from fixtures.portals import PORTAL_SESSIONS

if TYPE_CHECKING:
    from billproof.trials import Answer
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User


def check_opens(stripe: Stripe, answer: Answer, made: int, user: User) -> None:
    """The URL leads to a page of Stripe's, made for this user's customer."""
    expect_shape(answer.expect(201), "createPortal")
    calls = [call for call in stripe.writes(user) if call.path == PORTAL_SESSIONS]
    check("portal sessions made for the user", [call.status for call in calls], [200] * made)
    customer = stripe.customer(user)
    check("customer of the portal session", calls[-1].params.get("customer"), customer.id)
    url = str(answer["url"])
    page = httpx.get(url, trust_env=False)
    answer.show()
    at_stripe = url.startswith(stripe.sandbox.url) and page.status_code == 200
    check_that("url of the portal", at_stripe, expected="a page of Stripe's", got=url)


@clause("POR-001")
@pytest.mark.parametrize("status", ["active", "past_due", "unpaid", "canceled"])
def test_whoever_has_a_customer_gets_in(api: Api, stripe: Stripe, user: User, status: str) -> None:
    """Whoever owes, too: the portal is where a card is mended."""
    subscription = stripe.subscribe(user, "pro")
    if status != "active":
        stripe.change(subscription, status=status)
        stripe.deliver(user)
    api.subscription_becomes(user, status=status)

    first = api.portal(user)
    check_opens(stripe, first, 1, user)
    second = api.portal(user)
    check_opens(stripe, second, 2, user)

    check_that(
        "a new session each time",
        first["url"] != second["url"],
        expected="another url",
        got=second["url"],
    )


@clause("POR-001")
def test_a_customer_who_was_made_at_stripe_gets_in(api: Api, stripe: Stripe, user: User) -> None:
    """He names the user, and the user has never been to our checkout."""
    stripe.subscribe_by_hand(user)
    stripe.deliver(user)
    api.subscription_becomes(user, plan="pro", status="active")

    check_opens(stripe, api.portal(user), 1, user)


@clause("POR-001")
def test_who_came_in_vain_before_he_had_a_customer_gets_in(
    api: Api, stripe: Stripe, user: User
) -> None:
    """Stripe failed when he wanted to buy; support has made customer and subscription by hand."""
    with stripe.failing("create", user=user, kind="customer", effect="status", status=500):
        api.checkout(user, "pro").expect(503)
    stripe.subscribe_by_hand(user)
    stripe.deliver(user)
    api.subscription_becomes(user, plan="pro", status="active")

    check_opens(stripe, api.portal(user), 1, user)


@clause("POR-001")
def test_who_has_only_another_product_now_gets_in(api: Api, stripe: Stripe, user: User) -> None:
    """His subscription was moved to it at Stripe: he has a customer all the same."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro")
    stripe.become_another_products(subscription)
    stripe.deliver(user)
    api.subscription_becomes(user, status="none")

    check_opens(stripe, api.portal(user), 1, user)


@clause("POR-001")
def test_another_customers_end_shuts_nobody_out(api: Api, stripe: Stripe, user: User) -> None:
    """A second one that names him, made by hand, is deleted again: he has his own."""
    stripe.subscribe(user, "pro")
    another = stripe.subscribe_by_hand(user, "basic")
    stripe.deliver(user)
    stripe.sandbox.delete_customer(another.customer)
    stripe.deliver(user)
    api.settle()

    api.portal(user).expect(201)


@clause("POR-001")
def test_an_idempotency_key_keeps_no_portal(api: Api, stripe: Stripe, user: User) -> None:
    """It is checkout's: under the same one each tap opens a session of its own."""
    stripe.subscribe(user, "pro")

    for made in (1, 2):
        answer = api.call("POST", PORTAL, user, headers={"Idempotency-Key": "the-same-for-both"})
        check_opens(stripe, answer, made, user)


@clause("POR-001")
def test_a_portal_is_its_users_own(api: Api, stripe: Stripe, user: User, other: User) -> None:
    """Two users, two customers, two portals."""
    stripe.subscribe(user, "pro")
    stripe.subscribe(other, "basic")

    for one in (user, other, user):
        made = len([call for call in stripe.writes(one) if call.path == PORTAL_SESSIONS])
        check_opens(stripe, api.portal(one), made + 1, one)


@clause("POR-002")
def test_whoever_has_no_customer_does_not_get_in(api: Api, stripe: Stripe, user: User) -> None:
    """And gets no customer by asking; after signing up the door opens."""
    api.portal(user).expect_problem(409, "no-customer")
    check("customers of the user", stripe.sandbox.customers(user=user.id), [])
    check("writes at Stripe for the user", [call.path for call in stripe.writes(user)], [])

    stripe.subscribe(user, "pro")
    api.subscription_becomes(user, status="active")
    check_opens(stripe, api.portal(user), 1, user)


@clause("POR-002")
@pytest.mark.parametrize("told", [True, False], ids=["told by event", "not told"])
def test_a_deleted_customer_is_none(api: Api, stripe: Stripe, user: User, *, told: bool) -> None:
    """Whether or not Stripe has said so yet, and however often it is asked for."""
    stripe.subscribe(user, "pro")
    api.subscription_becomes(user, status="active")
    customer = stripe.customer(user)
    check_opens(stripe, api.portal(user), 1, user)
    stripe.sandbox.delete_customer(customer.id)
    if told:
        stripe.deliver(user)
        api.settle()

    for _ in range(3):
        api.portal(user).expect_problem(409, "no-customer")

    left = [one.id for one in stripe.sandbox.customers(user=user.id) if not one.deleted]
    check("customers made instead", left, [])


@clause("POR-002")
def test_whoever_could_not_begin_to_buy_has_none(api: Api, stripe: Stripe, user: User) -> None:
    """He is known, and Stripe has made no customer of him; neither does the portal."""
    with stripe.failing("create", user=user, kind="customer", effect="status", status=500):
        api.checkout(user, "pro").expect(503)
    check("customers of the user", stripe.sandbox.customers(user=user.id), [])

    api.portal(user).expect_problem(409, "no-customer")

    check("customers of the user", stripe.sandbox.customers(user=user.id), [])
    api.checkout(user, "pro").expect(201)
    check_opens(stripe, api.portal(user), 1, user)


@clause("POR-006")
def test_whoever_has_begun_to_buy_gets_in(
    api: Api, stripe: Stripe, user: User, other: User
) -> None:
    """While his session is open, and after it was left to expire; a stranger does not.

    He had tapped there before, when he was a stranger himself.
    """
    api.portal(user).expect_problem(409, "no-customer")
    answer = api.checkout(user, "pro").expect(201)
    check_opens(stripe, api.portal(user), 1, user)

    stripe.sandbox.expire_session(answer["session_id"])
    stripe.deliver(user)
    check_opens(stripe, api.portal(user), 2, user)
    api.portal(other).expect_problem(409, "no-customer")


@clause("POR-007")
def test_portals_at_the_same_moment_are_each_their_users_own(
    api: Api, stripe: Stripe, user: User, other: User
) -> None:
    """Two users, four taps each: eight sessions, none of them mixed up."""
    customers = {}
    for one in (user, other):
        customers[one] = stripe.session(api.checkout(one, "pro").expect(201)).customer
    answers = together([partial(api.portal, one) for one in (user, other) * 4])

    urls = {str(answer.expect(201)["url"]) for answer in answers}
    check("different urls", len(urls), 8)
    for one, customer in customers.items():
        calls = [call for call in stripe.writes(one) if call.path == PORTAL_SESSIONS]
        used = [call.params.get("customer") for call in calls]
        check("customers of a user's portal sessions", used, [customer] * 4)


@clause("POR-008")
@pytest.mark.parametrize("seen", [True, False], ids=["seen gone", "not seen"])
def test_the_new_customers_portal_opens(
    api: Api, stripe: Stripe, user: User, *, seen: bool
) -> None:
    """What was known of the deleted one is forgotten with him."""
    first = stripe.session(api.checkout(user, "pro").expect(201))
    check_opens(stripe, api.portal(user), 1, user)
    stripe.sandbox.expire_session(first.id)
    stripe.sandbox.delete_customer(str(first.customer))
    if seen:
        api.portal(user).expect_problem(409, "no-customer")

    second = stripe.session(api.checkout(user, "pro").expect(201))

    api.portal(user).expect(201)
    last = [call for call in stripe.writes(user) if call.path == PORTAL_SESSIONS][-1]
    check("customer of the portal session", last.params.get("customer"), second.customer)


@clause("POR-008")
def test_the_new_customers_portal_opens_before_he_has_paid(
    api: Api, stripe: Stripe, user: User
) -> None:
    """What the deleted one had subscribed to is over, and no longer whose portal it is."""
    former = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro", status="active")
    check_opens(stripe, api.portal(user), 1, user)
    stripe.sandbox.delete_customer(former.customer)
    stripe.deliver(user)
    api.subscription_becomes(user, access=False)

    second = stripe.session(api.checkout(user, "basic").expect(201))
    # What comes late of the deleted one does not bring him back.
    for late in stripe.events(user, "customer.subscription.deleted"):
        api.webhook(Draft(late).body).expect_success()
    api.settle()

    api.portal(user).expect(201)
    last = [call for call in stripe.writes(user) if call.path == PORTAL_SESSIONS][-1]
    check("customer of the portal session", last.params.get("customer"), second.customer)
