"""Which plan a subscription is: by its items' prices, and by nothing like them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billproof.trials import check_that, clause
from fixtures.api import expect_members

if TYPE_CHECKING:
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

BASIC, PRO = "price_billproof_basic", "price_billproof_pro"
DAY = 86_400


@clause("SUB-012")
def test_a_plan_changed_at_stripe_is_the_plan(api: Api, stripe: Stripe, user: User) -> None:
    """Up and down, as the portal does it; from one that ends late to one that ends early, too."""
    subscription = stripe.subscribe(user, "basic")
    api.subscription_becomes(user, plan="basic", access=True)
    item = subscription.items.data[0]

    for price, plan, days in ((PRO, "pro", 335), (BASIC, "basic", -3)):
        moved = [{"id": item.id, "price": price}]
        stripe.sandbox.update_subscription(subscription.id, items=moved)
        end = item.current_period_end + days * DAY
        stripe.change(subscription, current_period_end=end)
        stripe.deliver(user)
        api.subscription_becomes(
            user, plan=plan, effective_plan=plan, access=True, current_period_end=end
        )


@clause("SUB-012")
@pytest.mark.parametrize("status", ["trialing", "past_due"])
def test_a_plan_changes_in_every_status_that_grants(
    api: Api, stripe: Stripe, user: User, status: str
) -> None:
    """In a trial, and while a payment is owed."""
    subscription = stripe.subscribe(user, "basic")
    stripe.change(subscription, status=status)
    stripe.deliver(user)
    api.subscription_becomes(user, plan="basic", status=status)
    item = subscription.items.data[0].id

    for price, plan in ((PRO, "pro"), (BASIC, "basic")):
        stripe.sandbox.update_subscription(subscription.id, items=[{"id": item, "price": price}])
        stripe.change(subscription, status=status)
        stripe.deliver(user)
        api.subscription_becomes(user, plan=plan, effective_plan=plan, status=status, access=True)


@clause("SUB-013")
def test_another_products_subscription_is_none(api: Api, stripe: Stripe, user: User) -> None:
    """Alone it leaves the user on the free plan; beside a plan of ours it changes nothing."""
    api.checkout(user, "pro").expect(201)
    customer = stripe.customer(user)
    foreign = stripe.price_of_another_product()
    stripe.sandbox.subscribe(customer.id, foreign.id)
    stripe.deliver(user)
    api.settle()
    expect_members(
        api.subscription(user).expect(200), plan="free", status="none", access=False, ends_at=None
    )

    stripe.pay(api.checkout(user, "pro").expect(201))
    stripe.deliver(user)

    api.subscription_becomes(user, plan="pro", effective_plan="pro", access=True)


@clause("SUB-013")
def test_what_became_another_products_is_none(api: Api, stripe: Stripe, user: User) -> None:
    """Though it was bought here: who has it is on the free plan, and may buy another."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro", access=True)
    stripe.become_another_products(subscription)
    stripe.deliver(user)
    api.subscription_becomes(user, plan="free", status="none", access=False)

    stripe.pay(api.checkout(user, "basic").expect(201))
    stripe.deliver(user)

    api.subscription_becomes(user, plan="basic", effective_plan="basic", access=True)


@clause("SUB-013")
@pytest.mark.parametrize("place", range(3), ids=["first", "in between", "last"])
def test_a_plan_is_found_among_several_items(
    api: Api, stripe: Stripe, user: User, place: int
) -> None:
    """Others hide nothing, wherever it stands, and lend nothing: one is yearly and one weekly."""
    api.checkout(user, "pro").expect(201)
    customer = stripe.customer(user)
    others = [stripe.price_of_another_product(300, each).id for each in ("week", "year")]
    prices = [*others[:place], BASIC, *others[place:]]
    all_of_them = {
        "items": [{"price": price} for price in prices],
        "billing_mode": {"type": "flexible"},
    }
    made = stripe.sandbox.subscribe(customer.id, BASIC, **all_of_them)
    ends = {item.price.id: item.current_period_end for item in made.items.data}
    week, year = (ends[price] for price in others)
    check_that("the ends of the items", week < ends[BASIC] < year, expected="three", got=ends)
    stripe.deliver(user)

    api.subscription_becomes(
        user, plan="basic", effective_plan="basic", access=True, current_period_end=ends[BASIC]
    )


@clause("SUB-031")
@pytest.mark.parametrize("quantity", [2, 1000])
def test_a_quantity_changes_nothing(api: Api, stripe: Stripe, user: User, quantity: int) -> None:
    """A plan is a plan, however many of it are paid for."""
    subscription = stripe.subscribe(user, "basic")
    api.subscription_becomes(user, plan="basic", status="active")
    item = {"id": subscription.items.data[0].id, "quantity": quantity}
    stripe.sandbox.update_subscription(subscription.id, items=[item])
    stripe.deliver(user)

    api.settle()
    api.subscription_becomes(
        user, plan="basic", effective_plan="basic", status="active", access=True
    )
    item["price"] = PRO
    stripe.sandbox.update_subscription(subscription.id, items=[item])
    stripe.deliver(user)

    api.subscription_becomes(user, plan="pro", effective_plan="pro", status="active", access=True)


@clause("SUB-031")
def test_a_quantity_chooses_no_plan(api: Api, stripe: Stripe, user: User) -> None:
    """Which of two plans in one subscription counts is left open, but not to how many they are."""
    api.checkout(user, "pro").expect(201)
    both = [{"price": BASIC}, {"price": PRO}]
    made = stripe.sandbox.subscribe(stripe.customer(user).id, BASIC, items=both)
    stripe.deliver(user)
    api.settle()
    before = api.subscription(user).expect(200)

    for quantity, item in enumerate(made.items.data, start=2):
        more = {"id": item.id, "quantity": quantity}
        stripe.sandbox.update_subscription(made.id, items=[more])
        stripe.deliver(user)
        api.settle()

        after = api.subscription(user).expect(200)
        expect_members(after, **{name: before[name] for name in ("plan", "status", "access")})


def foreign_price(stripe: Stripe, **like: object) -> str:
    """A price that no catalogue has: of another product on the same account, but for `like`."""
    usual = {"unit_amount": 77_700, "recurring": {"interval": "month"}}
    product = {} if "product" in like else {"product_data": {"name": "Another product"}}
    price = stripe.sandbox.create_price(currency="eur", **{**usual, **product, **like})
    return price.id


@clause("SUB-032")
@pytest.mark.parametrize("which", ["of another product", "that costs the same", "of its product"])
def test_a_plan_that_moves_to_an_unknown_price_is_none(
    api: Api, stripe: Stripe, user: User, which: str
) -> None:
    """No default stands in for it, and no likeness; moved back, the plan is there again."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro", access=True)
    product = stripe.sandbox.stripe("GET", f"/v1/prices/{PRO}")["product"]
    like = {"that costs the same": {"unit_amount": 1900}, "of its product": {"product": product}}
    price = foreign_price(stripe, **like.get(which, {}))
    item = {"id": subscription.items.data[0].id, "price": price}
    stripe.sandbox.update_subscription(subscription.id, items=[item])
    stripe.deliver(user)
    api.subscription_becomes(user, plan="free", effective_plan="free", status="none", access=False)

    item["price"] = BASIC
    stripe.sandbox.update_subscription(subscription.id, items=[item])
    stripe.deliver(user)

    api.subscription_becomes(user, plan="basic", status="active", access=True)


@clause("SUB-032")
def test_what_moves_away_gives_way_to_another(api: Api, stripe: Stripe, user: User) -> None:
    """Of two the higher one moves to an unknown price: the lower one counts."""
    low = stripe.subscribe(user, "basic")
    high = stripe.sandbox.subscribe(low.customer, PRO)
    stripe.deliver(user)
    api.subscription_becomes(user, plan="pro", access=True)
    item = {"id": high.items.data[0].id, "price": foreign_price(stripe)}
    stripe.sandbox.update_subscription(high.id, items=[item])
    stripe.deliver(user)

    api.subscription_becomes(user, plan="basic", effective_plan="basic", access=True)
