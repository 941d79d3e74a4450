"""Whose an event is: the user whom Stripe's customer names, whenever he comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billproof.trials import check_that, clause
from fixtures.api import expect_members
from fixtures.events import Draft

if TYPE_CHECKING:
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

BASIC, PRO = "price_billproof_basic", "price_billproof_pro"
NOTHING = {"plan": "free", "effective_plan": "free", "status": "none", "access": False}


def deliver_all(stripe: Stripe, customer: str) -> None:
    """Deliver every event of a customer, in order; each must be acknowledged."""
    for event in stripe.sandbox.events(customer=customer):
        stripe.deliver_event(event).expect_success()


@clause("WHK-027")
@pytest.mark.parametrize("parent", ["checkout.session.completed", "customer.subscription.created"])
def test_children_may_come_before_their_parent(
    api: Api, stripe: Stripe, user: User, parent: str
) -> None:
    """All others first, the invoice's before all: each is acknowledged, none is lost."""
    stripe.pay(api.checkout(user, "pro").expect(201))
    events = stripe.undelivered(user)
    children = [event for event in events if event.type != parent]
    check_that("children", 0 < len(children) < len(events), expected="some", got=len(children))
    for event in sorted(children, key=lambda one: not one.type.startswith("invoice.")):
        stripe.deliver_event(event).expect_success()

    stripe.deliver(user)

    api.subscription_becomes(user, plan="pro", status="active", access=True)


@clause("WHK-027")
def test_a_session_that_nobody_knows_is_its_customers(api: Api, stripe: Stripe, user: User) -> None:
    """Made by hand, or before a database was restored: no call of the backend's comes before it."""
    customer = stripe.sandbox.create_customer(metadata={"telegram_user_id": str(user.id)})
    stripe.pay_by_hand(customer, user)

    deliver_all(stripe, customer.id)

    api.subscription_becomes(user, plan="pro", status="active", access=True)


@clause("WHK-028")
@pytest.mark.parametrize("longest", [False, True], ids=["a usual id", "one of the longest"])
def test_who_comes_later_has_what_was_his(
    api: Api, stripe: Stripe, user: User, *, longest: bool
) -> None:
    """A user whom Stripe's customer names, and who never called before."""
    user = user.alike() if longest else user
    subscription = stripe.subscribe_by_hand(user)

    deliver_all(stripe, subscription.customer)

    api.subscription_becomes(user, plan="pro", status="active", access=True)


@clause("WHK-028")
def test_who_is_named_later_has_what_was_his(
    api: Api, stripe: Stripe, user: User, other: User
) -> None:
    """A stranger's events are acknowledged; once the customer names a user, the next is his."""
    customer = stripe.sandbox.create_customer()
    bought = stripe.sandbox.subscribe(customer.id, BASIC)
    deliver_all(stripe, customer.id)
    api.settle()
    expect_members(api.subscription(user).expect(200), **NOTHING)

    owner = {"metadata": {"telegram_user_id": str(user.id)}}
    stripe.sandbox.stripe("POST", f"/v1/customers/{customer.id}", owner)
    stripe.sandbox.update_subscription(bought.id, **owner)
    stripe.change(bought, status="past_due")
    stripe.deliver_event(stripe.sandbox.events(customer=customer.id)[-1]).expect_success()

    api.subscription_becomes(user, plan="basic", status="past_due", access=True)
    expect_members(api.subscription(other).expect(200), **NOTHING)


@clause("WHK-029")
@pytest.mark.parametrize("told", ["customer.deleted", "customer.subscription.deleted"])
def test_what_a_deleted_customer_had_is_over(
    api: Api, stripe: Stripe, user: User, told: str
) -> None:
    """By either of the two events alone; whatever comes late is acknowledged."""
    stripe.subscribe(user, "pro")
    api.subscription_becomes(user, status="active", access=True)
    customer = stripe.customer(user)
    before = stripe.events(user)
    stripe.sandbox.delete_customer(customer.id)
    [event] = [one for one in stripe.sandbox.events(customer=customer.id) if one.type == told]

    stripe.deliver_event(event).expect_success()
    api.subscription_becomes(user, plan="pro", status="canceled", access=False)

    deliver_all(stripe, customer.id)
    for event in before:
        api.webhook(Draft(event).body).expect_success()
    api.settle()
    expect_members(api.subscription(user).expect(200), status="canceled", access=False)


@clause("WHK-029")
def test_what_a_replaced_customer_had_is_over_too(api: Api, stripe: Stripe, user: User) -> None:
    """Checkout has replaced the deleted customer before anything was told of the deletion."""
    stripe.subscribe(user, "pro")
    api.subscription_becomes(user, status="active", access=True)
    deleted = stripe.customer(user)
    stripe.sandbox.delete_customer(deleted.id)
    session = stripe.session(api.checkout(user, "basic").expect(201))
    another = session.customer != deleted.id
    check_that("customer of the new session", another, expected="another", got=deleted.id)

    for event in stripe.undelivered(user):
        stripe.deliver_event(event).expect_success()

    api.subscription_becomes(user, plan="pro", status="canceled", access=False)


@clause("WHK-029")
@pytest.mark.parametrize("told", ["customer.deleted", "customer.subscription.deleted"])
def test_what_another_customer_of_his_had_is_over_too(
    api: Api, stripe: Stripe, user: User, told: str
) -> None:
    """It was made by hand, beside that of his checkout; whoever leaves it alone ends nothing."""
    api.checkout(user, "basic").expect(201)
    subscription = stripe.subscribe_by_hand(user)
    deliver_all(stripe, subscription.customer)
    api.settle()
    shown = api.subscription(user).expect(200)["status"]
    gone = subscription.customer
    stripe.sandbox.delete_customer(gone)
    [event] = [one for one in stripe.sandbox.events(customer=gone) if one.type == told]

    stripe.deliver_event(event).expect_success()

    if shown == "active":
        api.subscription_becomes(user, plan="pro", status="canceled", access=False)


@clause("WHK-030")
def test_an_address_names_nobody(api: Api, stripe: Stripe, user: User, other: User) -> None:
    """Users who share an e-mail address, and a stranger who has it too."""
    email = f"shared-{user.id}@shop.test"
    session = stripe.session(api.checkout(user, "basic").expect(201))
    stripe.sandbox.pay(session.id, email=email)
    stripe.deliver(user)
    api.subscription_becomes(user, plan="basic", access=True)
    his = stripe.customer(user)
    stripe.sandbox.stripe("POST", f"/v1/customers/{his.id}", {"email": email})

    stranger = stripe.sandbox.create_customer(email=email)
    stripe.sandbox.subscribe(stranger.id, PRO)
    deliver_all(stripe, stranger.id)
    api.settle()
    expect_members(api.subscription(user).expect(200), plan="basic", access=True)

    session = stripe.session(api.checkout(other, "pro").expect(201))
    stripe.sandbox.pay(session.id, email=email)
    stripe.deliver(other)
    api.subscription_becomes(other, plan="pro", access=True)
    expect_members(api.subscription(user).expect(200), plan="basic", access=True)


@clause("WHK-031")
def test_a_reference_that_disagrees_gives_nothing(
    api: Api, stripe: Stripe, user: User, other: User
) -> None:
    """A session of one user's customer that names another; he still can buy for himself."""
    api.checkout(user, "pro").expect(201)
    customer = stripe.customer(user)
    stripe.pay_by_hand(customer, other)
    deliver_all(stripe, customer.id)
    api.settle()
    expect_members(api.subscription(other).expect(200), **NOTHING)

    stripe.subscribe(other, "basic")
    api.subscription_becomes(other, plan="basic", status="active", access=True)
