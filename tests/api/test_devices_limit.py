"""As many devices as the effective plan allows: exactly, and at any moment."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from billproof.law import load_law
from billproof.trials import becomes, check, check_that, clause, together
from fixtures.devices import (
    check_devices,
    expect_full,
    expect_known,
    expect_new,
    fill,
    fingerprints,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from billproof.sandbox.client import Subscription
    from billproof.trials import Answer
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

TOLERANCE_SECONDS = 2
AHEAD_SECONDS = 3
"""How far ahead a trial puts the end of a subscription."""
LIMITS = {plan.key: plan.device_limit for plan in load_law().plans}


def sign_up(api: Api, stripe: Stripe, user: User, plan: str) -> None:
    """Have the user on this plan; the free one wants nothing.

    Whoever asks next over several connections lets the settle time pass: there may be workers.
    """
    if plan != "free":
        stripe.subscribe(user, plan)
        api.subscription_becomes(user, effective_plan=plan)


@clause("DEV-007")
@pytest.mark.parametrize("plan", LIMITS)
def test_the_limit_is_the_plans(api: Api, stripe: Stripe, user: User, plan: str) -> None:
    """The last one that is paid for is let in, and the next is not, however often it asks."""
    sign_up(api, stripe, user, plan)
    prints = fingerprints(LIMITS[plan])

    fill(api, user, prints)

    expect_full(api.register(user, "one-too-many"))
    expect_full(api.register(user, "one-too-many"))
    check_devices(api, user, prints, limit=LIMITS[plan])


@clause("DEV-007")
@pytest.mark.parametrize("status", ["unpaid", "canceled", "past_due"])
def test_the_limit_is_the_effective_plans(
    api: Api, stripe: Stripe, user: User, status: str
) -> None:
    """Who was let in no more has what everybody has; who is let in has what he pays for."""
    subscription = stripe.subscribe(user, "basic")
    stripe.change(subscription, status=status)
    stripe.deliver(user)
    effective = "basic" if status == "past_due" else "free"
    api.subscription_becomes(user, plan="basic", status=status, effective_plan=effective)
    prints = fingerprints(LIMITS[effective])

    fill(api, user, prints)

    expect_full(api.register(user, "one-too-many"))
    check_devices(api, user, prints, limit=LIMITS[effective])


@clause("DEV-007")
def test_an_end_to_come_takes_no_place_away(api: Api, stripe: Stripe, user: User) -> None:
    """Who has cancelled to the end of his period has until then what he has paid for."""
    subscription = stripe.subscribe(user, "basic")
    stripe.change(subscription, cancel_at_period_end=True)
    stripe.deliver(user)
    api.subscription_becomes(user, effective_plan="basic", cancels=True)

    fill(api, user, fingerprints(LIMITS["basic"]))

    expect_full(api.register(user, "one-too-many"))


@clause("DEV-005")
def test_a_known_device_is_let_in_at_the_limit(api: Api, stripe: Stripe, user: User) -> None:
    """All of them; and all of them still when there are more than the free plan has."""
    subscription = stripe.subscribe(user, "basic")
    api.subscription_becomes(user, effective_plan="basic")
    prints = fingerprints(2)
    ids = fill(api, user, prints)
    expect_full(api.register(user, "one-too-many"))
    for fingerprint, device_id in zip(prints, ids, strict=True):
        expect_known(api.register(user, fingerprint), device_id)

    stripe.change(subscription, status="unpaid")
    stripe.deliver(user)
    api.subscription_becomes(user, effective_plan="free")

    for fingerprint, device_id in zip(prints, ids, strict=True):
        expect_known(api.register(user, fingerprint), device_id)
    expect_full(api.register(user, "one-too-many"))
    check_devices(api, user, prints, limit=1)


@clause("DEV-008")
@pytest.mark.parametrize(("plan", "before"), [("free", 0), ("pro", 0), ("pro", 3)])
def test_the_limit_holds_for_calls_at_once(
    api: Api, stripe: Stripe, user: User, plan: str, before: int
) -> None:
    """Of ten different devices at once as many are let in as there are places."""
    sign_up(api, stripe, user, plan)
    fill(api, user, fingerprints(before, "before"))
    places = LIMITS[plan] - before
    api.settle()

    answers = together([register_later(api, user, one) for one in fingerprints(10)])

    statuses = sorted(answer.status for answer in answers)
    check("statuses of ten devices at once", statuses, [201] * places + [409] * (10 - places))
    let_in = {expect_new(answer) for answer in answers if answer.status == 201}
    for answer in answers:
        if answer.status != 201:
            expect_full(answer)
    listed = api.devices(user).expect(200)["devices"]
    check("devices listed", len(listed), LIMITS[plan])
    check("those let in are listed", let_in & {one["id"] for one in listed}, let_in)


@clause("DEV-008")
def test_the_limit_holds_beside_removals(api: Api, stripe: Stripe, user: User) -> None:
    """Each of two removals at once makes one place, and no more are taken."""
    sign_up(api, stripe, user, "pro")
    first, second, *_ = fill(api, user, fingerprints(5, "before"))
    api.settle()
    removals = [lambda: api.revoke(user, first), lambda: api.revoke(user, second)]
    registrations = [register_later(api, user, one) for one in fingerprints(8)]

    answers = together([*removals, *registrations])

    check("statuses of the removals", [answer.status for answer in answers[:2]], [204, 204])
    let_in = [answer for answer in answers[2:] if answer.status == 201]
    check_that(
        "devices let in at once", len(let_in) <= 2, expected="2 at most", got=f"{len(let_in)}"
    )
    left = len(api.devices(user).expect(200)["devices"])
    check("devices listed", left, 3 + len(let_in))
    fill(api, user, fingerprints(2 - len(let_in), "after"))
    expect_full(api.register(user, "one-too-many"))


def register_later(api: Api, user: User, fingerprint: str) -> Callable[[], Answer]:
    """The registration, to be made when it is called."""
    return lambda: api.register(user, fingerprint)


@clause("DEV-009")
def test_a_refusal_leaves_nothing(api: Api, user: User) -> None:
    """Refused three times, it is as new as ever once there is a place."""
    [first] = fill(api, user, fingerprints(1))
    for _ in range(3):
        expect_full(api.register(user, "waits-for-a-place"))
    check_devices(api, user, fingerprints(1))

    api.revoke(user, first).expect(204)

    check_devices(api, user, [])
    expect_new(api.register(user, "waits-for-a-place"))
    check_devices(api, user, ["waits-for-a-place"])


def to_basic(stripe: Stripe, subscription: Subscription) -> None:
    """Another plan, of fewer devices."""
    item = subscription.items.data[0].id
    basic = [{"id": item, "price": "price_billproof_basic"}]
    stripe.sandbox.update_subscription(subscription.id, items=basic)


LOWERED: dict[str, Callable[[Stripe, Subscription], object]] = {
    "access lost": lambda stripe, one: stripe.change(one, status="unpaid"),
    "lower plan": to_basic,
    "canceled": lambda stripe, one: stripe.sandbox.cancel_subscription(one.id),
    "customer deleted": lambda stripe, one: stripe.sandbox.delete_customer(one.customer),
}
"""What happens at Stripe, so that fewer devices are allowed."""


@clause("DEV-014")
@pytest.mark.parametrize("how", LOWERED)
def test_a_lower_limit_removes_nothing(api: Api, stripe: Stripe, user: User, how: str) -> None:
    """Five stay; a new one is let in only below the new limit, not at it."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, effective_plan="pro")
    prints = fingerprints(4)
    ids = fill(api, user, prints)
    LOWERED[how](stripe, subscription)
    stripe.deliver(user)
    plan = "basic" if how == "lower plan" else "free"
    api.subscription_becomes(user, effective_plan=plan)
    limit = LIMITS[plan]

    check_devices(api, user, prints, limit=limit)
    while len(ids) > limit:
        expect_full(api.register(user, "one-too-many"))
        api.revoke(user, ids.pop(0)).expect(204)
    expect_full(api.register(user, "one-too-many"))
    api.revoke(user, ids.pop(0)).expect(204)
    expect_new(api.register(user, "one-of-these"))
    check_devices(api, user, [*prints[len(prints) - len(ids) :], "one-of-these"], limit=limit)


@clause("DEV-015")
def test_a_higher_limit_counts_from_the_next_call(api: Api, stripe: Stripe, user: User) -> None:
    """From free to basic, to pro, to nothing while collection rests, and back to pro."""
    fill(api, user, fingerprints(1))
    expect_full(api.register(user, "device-0002"))

    subscription = stripe.subscribe(user, "basic")
    api.subscription_becomes(user, effective_plan="basic")
    check("limit on basic", api.devices(user)["limit"], 2)
    expect_new(api.register(user, "device-0002"))
    expect_full(api.register(user, "device-0003"))

    item = subscription.items.data[0].id
    pro = [{"id": item, "price": "price_billproof_pro"}]
    stripe.sandbox.update_subscription(subscription.id, items=pro)
    stripe.deliver(user)
    api.subscription_becomes(user, effective_plan="pro")
    expect_new(api.register(user, "device-0003"))

    stripe.change(subscription, pause_collection={"behavior": "void"})
    stripe.deliver(user)
    api.subscription_becomes(user, effective_plan="free")
    expect_full(api.register(user, "device-0004"))
    stripe.change(subscription, pause_collection=None)
    stripe.deliver(user)
    api.subscription_becomes(user, effective_plan="pro")
    expect_new(api.register(user, "device-0004"))
    check_devices(api, user, fingerprints(4), limit=5)


@clause("DEV-015")
@pytest.mark.parametrize("kind", ["at an instant", "at period end"])
def test_an_end_by_the_clock_lowers_the_limit(
    api: Api, stripe: Stripe, user: User, kind: str
) -> None:
    """No event says so: at the instant of the scheduled end the free plan's limit holds."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, effective_plan="pro")
    prints = fingerprints(2)
    fill(api, user, prints)
    check_devices(api, user, prints, limit=5)
    # It may be known no earlier than the settle time after its event.
    end = int(time.time() + api.settle_seconds) + AHEAD_SECONDS
    if kind == "at period end":
        stripe.change(subscription, current_period_end=end, cancel_at_period_end=True)
    else:
        stripe.change(subscription, cancel_at=end)
    stripe.deliver(user)

    within = end + TOLERANCE_SECONDS - time.time()
    seen = becomes(lambda: api.devices(user).expect(200), has_free_limit, within=within)

    early = end - TOLERANCE_SECONDS - time.time()
    check_that("the end", early < 0, expected="not before its instant", got=f"{early:.1f} s before")
    check("limit after the end", seen["limit"], LIMITS["free"])
    expect_full(api.register(user, "one-too-many"))
    check_devices(api, user, prints, limit=LIMITS["free"])


def has_free_limit(answer: Answer) -> bool:
    """Whether the list says what the free plan allows."""
    return bool(answer["limit"] == LIMITS["free"])


@clause("DEV-007")
def test_of_two_subscriptions_one_has_the_limit(api: Api, stripe: Stripe, user: User) -> None:
    """The places of the plan that counts are all there are: those of the other add nothing."""
    low = stripe.subscribe(user, "basic")
    stripe.sandbox.subscribe(low.customer, "price_billproof_pro")
    stripe.deliver(user)
    api.subscription_becomes(user, effective_plan="pro")
    prints = fingerprints(LIMITS["pro"])
    fill(api, user, prints)

    expect_full(api.register(user, "one-too-many"))

    check_devices(api, user, prints, limit=LIMITS["pro"])
