"""Whose customer a purchase is, whatever happens beside it."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING

import pytest

from billproof.trials import check, check_that, clause, together
from fixtures.stripe import check_one_customer, check_one_open_session

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

LAG_SECONDS = 60
PRICES = {"basic": "price_billproof_basic", "pro": "price_billproof_pro"}


@contextmanager
def search_lagging(stripe: Stripe) -> Generator[None]:
    """While inside, Stripe's search finds nothing that is new."""
    stripe.sandbox.lag_search(LAG_SECONDS)
    try:
        yield
    finally:
        stripe.sandbox.lag_search(0)


@clause("CHK-029")
def test_what_search_does_not_find_yet_is_there(api: Api, stripe: Stripe, user: User) -> None:
    """The customer was made, the answer was lost, and search knows nothing for a minute."""
    with search_lagging(stripe):
        with stripe.failing("create", user=user, kind="customer", effect="lost", times=1):
            api.checkout(user, "pro").expect(201, 503)
        first = api.checkout(user, "pro").expect(201)
        stripe.sandbox.expire_session(stripe.session(first).id)
        second = api.checkout(user, "basic").expect(201)

    check("id of the open session", check_one_open_session(stripe, user).id, second["session_id"])


@clause("CHK-030")
@pytest.mark.parametrize("told", [True, False], ids=["told", "not told"])
def test_a_deleted_customer_is_replaced_by_one(
    api: Api, stripe: Stripe, user: User, *, told: bool
) -> None:
    """Eight clicks at once find him gone, whether or not the event has come."""
    first = stripe.session(api.checkout(user, "pro").expect(201))
    stripe.sandbox.expire_session(first.id)
    stripe.sandbox.delete_customer(str(first.customer))
    if told:
        stripe.deliver(user)
        api.settle()

    answers = together([lambda: api.checkout(user, "pro")] * 8)
    for answer in answers:
        answer.expect(201, 409, 429, 503)
    api.checkout(user, "pro").expect(201)

    living = [one.id for one in stripe.sandbox.customers(user=user.id) if not one.deleted]
    check("living customers of the user", len(living), 1)
    sessions = stripe.sessions(user, "open")
    check("customers of his open sessions", [one.customer for one in sessions], living)


@clause("CHK-031")
def test_an_address_is_no_owner(api: Api, stripe: Stripe, user: User, other: User) -> None:
    """Two people, one mailbox: each has what he has paid for, and leaves and comes back alone."""
    bought = {}
    for one, plan in ((user, "basic"), (other, "pro")):
        session = stripe.session(api.checkout(one, plan).expect(201))
        address = {"email": "both@example.com"}
        stripe.sandbox.stripe("POST", f"/v1/customers/{session.customer}", address)
        bought[plan] = stripe.sandbox.pay(session.id, **address)
        stripe.deliver(one)

    api.subscription_becomes(user, plan="basic", status="active", access=True)
    api.subscription_becomes(other, plan="pro", status="active", access=True)
    customers = [session.customer for session in bought.values()]
    check_that("their customers", len({*customers}) == 2, expected="two", got=customers)

    stripe.sandbox.cancel_subscription(str(bought["basic"].subscription))
    stripe.deliver(user)
    api.subscription_becomes(user, plan="basic", status="canceled", access=False)
    api.checkout(user, "basic").expect(201)
    api.subscription_becomes(other, plan="pro", status="active", access=True)
    for one in (user, other):
        check_one_customer(stripe, one)


SLOW_SECONDS = 0.3


@clause("CHK-032")
@pytest.mark.parametrize("seconds", [0.0, SLOW_SECONDS], ids=["quick", "slow"])
def test_users_who_buy_at_once_buy_their_own(
    api: Api, stripe: Stripe, make_user: Callable[[], User], seconds: float
) -> None:
    """Six at the same moment: each one's session, customer and plan are his.

    Where Stripe takes its time, all of them wait for it at once, and go on at once.
    """
    plans = {make_user(): plan for plan in ("pro", "basic") * 3}
    with ExitStack() as slow:
        for who in plans if seconds else ():
            slow.enter_context(stripe.failing(user=who, effect="late", seconds=seconds))
        answers = together([partial(api.checkout, who, plan) for who, plan in plans.items()])

    for who, answer in zip(plans, answers, strict=True):
        answer.expect(201)
        session = check_one_open_session(stripe, who)
        check("id of his open session", answer["session_id"], session.id)
        check("client_reference_id", session.client_reference_id, str(who.id))
        owner = stripe.sandbox.customer(str(session.customer)).metadata
        check("owner of the customer", owner.get("telegram_user_id"), str(who.id))
        paid = stripe.sandbox.subscription(str(stripe.pay(answer).subscription))
        check("price that is sold", paid.items.data[0].price.id, PRICES[plans[who]])


@clause("CHK-013")
def test_each_customer_that_is_deleted_is_replaced(api: Api, stripe: Stripe, user: User) -> None:
    """The first, and whoever came in his place: the second time is as good as the first."""
    former: list[str] = []
    for _ in range(3):
        session = stripe.session(api.checkout(user, "pro").expect(201))
        customer = str(session.customer)
        check_that("customer", customer not in former, expected="another", got=customer)
        former.append(customer)
        # One that is still open is handed out again, whoever is gone (CHK-006).
        stripe.sandbox.expire_session(session.id)
        stripe.sandbox.delete_customer(customer)


@clause("CHK-033")
def test_a_replaced_customer_gets_no_second_trial(api: Api, stripe: Stripe, user: User) -> None:
    """It is the user who has had it, and he has looked at the other plans since."""
    first = stripe.subscribe(user, "team")
    check("status of the first subscription", first.status, "trialing")
    api.subscription_becomes(user, status="trialing")
    stripe.sandbox.delete_customer(first.customer)
    stripe.deliver(user)
    api.subscription_becomes(user, access=False)
    for plan in ("pro", "basic"):
        api.checkout(user, plan).expect(201)

    second = stripe.subscribe(user, "team")

    check("status of the second subscription", second.status, "active")
    check("trial_start of the second subscription", second.trial_start, None)


@clause("CHK-033")
def test_a_replaced_customer_who_has_subscribed_gets_no_second_trial(
    api: Api, stripe: Stripe, user: User
) -> None:
    """What the new customer has had and ended since hides nothing of the deleted one's."""
    first = stripe.subscribe(user, "team")
    api.subscription_becomes(user, status="trialing")
    stripe.sandbox.delete_customer(first.customer)
    stripe.deliver(user)
    api.subscription_becomes(user, access=False)
    between = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro", status="active")
    stripe.sandbox.cancel_subscription(between.id)
    stripe.deliver(user)
    api.subscription_becomes(user, access=False)

    last = stripe.subscribe(user, "team")

    check("trial_start of the last subscription", last.trial_start, None)


@clause("CHK-033")
def test_a_trial_of_another_plan_is_the_trial(api: Api, stripe: Stripe, user: User) -> None:
    """Given by hand on a plan that has none, it is spent all the same."""
    looked = stripe.session(api.checkout(user, "pro").expect(201))
    stripe.sandbox.expire_session(looked.id)
    given = stripe.sandbox.subscribe(str(looked.customer), PRICES["pro"], trial_period_days=7)
    stripe.deliver(user)
    api.subscription_becomes(user, status="trialing", plan="pro")
    stripe.sandbox.cancel_subscription(given.id)
    stripe.deliver(user)
    api.subscription_becomes(user, status="canceled")

    second = stripe.subscribe(user, "team")

    check("trial_start of the second subscription", second.trial_start, None)


@clause("CHK-013")
def test_a_user_keeps_his_customer(api: Api, stripe: Stripe, user: User) -> None:
    """Over expired sessions and changed plans it is one customer."""
    first = stripe.session(api.checkout(user, "pro").expect(201))
    stripe.sandbox.expire_session(first.id)
    second = stripe.session(api.checkout(user, "pro").expect(201))
    third = stripe.session(api.checkout(user, "basic").expect(201))

    customers = {session.customer for session in (second, third)}
    check("customers of his sessions", customers, {first.customer})
    check_one_open_session(stripe, user)


@clause("CHK-013")
def test_an_event_of_another_customer_is_no_change_of_his(
    api: Api, stripe: Stripe, user: User
) -> None:
    """Another that names him too, and whose subscription has ended, is not taken for his."""
    first = stripe.session(api.checkout(user, "pro").expect(201))
    stripe.sandbox.expire_session(first.id)
    owner = {"telegram_user_id": str(user.id)}
    another = stripe.sandbox.create_customer(metadata=owner).id
    ended = stripe.sandbox.subscribe(another, "price_billproof_basic")
    stripe.sandbox.cancel_subscription(ended.id)
    stripe.deliver(user)
    # Whoever leaves another customer alone shows nothing of it.
    api.settle()

    second = stripe.session(api.checkout(user, "pro").expect(201))

    check("customer of the later session", second.customer, first.customer)


@clause("CHK-013")
def test_a_customer_deleted_at_stripe_is_replaced_once(
    api: Api, stripe: Stripe, user: User
) -> None:
    """Checkout makes one new customer, and keeps it from then on."""
    first = stripe.session(api.checkout(user, "pro").expect(201))
    stripe.sandbox.expire_session(first.id)
    stripe.sandbox.delete_customer(str(first.customer))
    stripe.deliver(user)
    api.settle()

    second = stripe.session(api.checkout(user, "pro").expect(201))
    again = stripe.session(api.checkout(user, "pro").expect(201))
    stripe.sandbox.expire_session(again.id)
    third = stripe.session(api.checkout(user, "pro").expect(201))

    living = [one.id for one in stripe.sandbox.customers(user=user.id) if not one.deleted]
    check("customers that are left", living, [second.customer])
    check("customer of the last session", third.customer, second.customer)


@clause("CHK-013")
def test_another_missing_object_is_no_missing_customer(
    api: Api, stripe: Stripe, user: User
) -> None:
    """When Stripe does not find a price, the customer stays who he is."""
    first = stripe.session(api.checkout(user, "pro").expect(201))
    missing = {"effect": "status", "status": 400, "code": "resource_missing"}
    with stripe.failing("create", user=user, kind="checkout.session", **missing):
        api.checkout(user, "basic")

    second = stripe.session(api.checkout(user, "basic").expect(201))

    check("customer of the later session", second.customer, first.customer)
    check("customers ever made", len(stripe.sandbox.customers(user=user.id)), 1)


@clause("CHK-013")
def test_a_deletion_that_is_told_late_forgets_no_customer(
    api: Api, stripe: Stripe, user: User
) -> None:
    """The deleted one has been replaced before anything was told of it."""
    first = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, status="active")
    stripe.sandbox.delete_customer(first.customer)
    second = stripe.session(api.checkout(user, "pro").expect(201))

    stripe.deliver(user)
    api.subscription_becomes(user, status="canceled")
    stripe.sandbox.expire_session(second.id)
    third = stripe.session(api.checkout(user, "pro").expect(201))

    check("customer of the last session", third.customer, second.customer)
    living = [one.id for one in stripe.sandbox.customers(user=user.id) if not one.deleted]
    check("customers that are left", living, [second.customer])
