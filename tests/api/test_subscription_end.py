"""When access ends: by a scheduled cancellation, and by no other clock."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from billproof.trials import Answer, becomes, check, check_that, clause

if TYPE_CHECKING:
    from billproof.sandbox.client import Subscription
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

PRO = "price_billproof_pro"
TOLERANCE_SECONDS = 2
AHEAD_SECONDS = 4
"""How far ahead the trial puts the end: it looks before and after the tolerance."""


def period_end(subscription: Subscription) -> int:
    """The end of the period of its only item."""
    return subscription.items.data[0].current_period_end


AT_PERIOD_END: dict[str, dict[str, Any]] = {
    "as Stripe writes it": {"cancel_at_period_end": True},
    "of a trial, without an instant": {
        "status": "trialing",
        "cancel_at_period_end": True,
        "cancel_at": None,
    },
    "past due, without an instant": {
        "status": "past_due",
        "cancel_at_period_end": True,
        "cancel_at": None,
    },
}
"""Stripe may say `cancel_at` beside it, which is then the period's end."""


@clause("SUB-008")
@pytest.mark.parametrize("truth", AT_PERIOD_END.values(), ids=AT_PERIOD_END)
def test_cancelling_at_period_end_keeps_access_until_then(
    api: Api, stripe: Stripe, user: User, truth: dict[str, Any]
) -> None:
    """What was paid for stays, and the page can say until when."""
    subscription = stripe.subscribe(user, "pro")
    end = period_end(subscription)

    stripe.change(subscription, **truth)
    stripe.deliver(user)

    api.subscription_becomes(
        user,
        status=truth.get("status", "active"),
        access=True,
        effective_plan="pro",
        cancels=True,
        ends_at=end,
        current_period_end=end,
    )


@clause("SUB-008")
def test_a_cancellation_at_period_end_can_be_undone(api: Api, stripe: Stripe, user: User) -> None:
    """Afterwards nothing of it is left; the second time is as good as the first."""
    subscription = stripe.subscribe(user, "pro")
    for _ in range(2):
        stripe.change(subscription, cancel_at_period_end=True)
        stripe.deliver(user)
        api.subscription_becomes(user, cancels=True, ends_at=period_end(subscription))

        stripe.change(subscription, cancel_at_period_end=False)
        stripe.deliver(user)

        api.subscription_becomes(user, cancels=False, ends_at=None, access=True, status="active")


@clause("SUB-008")
def test_cancelling_beside_an_extra_ends_with_the_plan(
    api: Api, stripe: Stripe, user: User
) -> None:
    """A yearly extra of another product lends the monthly plan no longer end."""
    api.checkout(user, "pro").expect(201)
    extra = stripe.price_of_another_product(300)
    both = {"items": [{"price": extra.id}, {"price": PRO}], "billing_mode": {"type": "flexible"}}
    made = stripe.sandbox.subscribe(stripe.customer(user).id, PRO, **both)
    ends = {item.price.id: item.current_period_end for item in made.items.data}
    check_that("the ends of the items", ends[PRO] < ends[extra.id], expected="two", got=ends)

    # Stripe says which period's end it is, if it says an instant; here it says none.
    stripe.change(made, cancel_at_period_end=True, cancel_at=None)
    stripe.deliver(user)

    api.subscription_becomes(
        user, plan="pro", access=True, cancels=True, ends_at=ends[PRO], current_period_end=ends[PRO]
    )


@clause("SUB-009")
def test_cancelling_at_an_instant_names_that_instant(api: Api, stripe: Stripe, user: User) -> None:
    """Before the period's end or periods behind it; it can be undone, and all that once more."""
    subscription = stripe.subscribe(user, "pro")
    for later in (-12_345, 7_654_321):
        changed = stripe.change(subscription, cancel_at=period_end(subscription) + later)
        stripe.deliver(user)

        api.subscription_becomes(
            user,
            cancels=True,
            access=True,
            status="active",
            ends_at=changed.cancel_at,
            current_period_end=period_end(subscription),
        )

        stripe.change(subscription, cancel_at=None)
        stripe.deliver(user)
        api.subscription_becomes(user, cancels=False, ends_at=None, access=True)


@clause("SUB-010")
@pytest.mark.parametrize("kind", ["at an instant", "at period end"])
def test_access_ends_at_the_stated_instant_without_an_event(
    api: Api, stripe: Stripe, user: User, kind: str
) -> None:
    """Before the end there is access; at the end, give or take two seconds, there is none."""
    subscription = stripe.subscribe(user, "pro")
    # It may be known no earlier than the settle time after its event.
    end = int(time.time() + api.settle_seconds) + AHEAD_SECONDS
    if kind == "at period end":
        ends = {"cancel_at_period_end": True, "cancel_at": None}
        stripe.change(subscription, current_period_end=end, **ends)
    else:
        stripe.change(subscription, cancel_at=end)
    stripe.deliver(user)
    shown = api.subscription_becomes(user, cancels=True, ends_at=end)
    seen_at = time.time()
    if seen_at < end - TOLERANCE_SECONDS:
        check("access before the end", shown["access"], expected=True)

    looks: list[tuple[float, bool]] = []

    def look() -> Answer:
        asked = time.time()
        answer = api.subscription(user).expect(200)
        looks.append((asked, bool(answer["access"])))
        return answer

    left = end + TOLERANCE_SECONDS - time.time()
    last = becomes(look, lambda answer: answer["access"] is False, within=left)

    check("access after the end", last["access"], expected=False)
    check("effective_plan after the end", last["effective_plan"], "free")
    early = [at for at, access in looks if not access and time_left(at, end)]
    check_that(
        "access until the end",
        not early,
        expected="access until 2 s before ends_at",
        got=f"none {[round(end - at, 1) for at in early]} s before it",
    )


@clause("SUB-010")
@pytest.mark.parametrize("status", ["active", "trialing", "past_due"])
def test_a_periods_end_that_was_to_be_the_last_takes_access(
    api: Api, stripe: Stripe, user: User, status: str
) -> None:
    """It has passed, and Stripe has not ended it yet: whatever grants otherwise."""
    subscription = stripe.subscribe(user, "pro")
    passed = int(time.time()) - 60
    ends = {"cancel_at_period_end": True, "cancel_at": None}
    stripe.change(subscription, status=status, current_period_end=passed, **ends)
    stripe.deliver(user)

    api.subscription_becomes(
        user, status=status, access=False, effective_plan="free", cancels=True, ends_at=passed
    )


def time_left(at: float, end: int) -> bool:
    """Whether `at` is so long before the end that access must still be there."""
    return at < end - TOLERANCE_SECONDS


ELAPSED_SECONDS = 1_200 * 86_400
"""Longer than any patience that a backend could have of its own."""


@clause("SUB-011")
@pytest.mark.parametrize("status", ["active", "past_due"])
def test_an_elapsed_period_changes_nothing_by_itself(
    api: Api, stripe: Stripe, user: User, status: str
) -> None:
    """Renewal is Stripe's affair: while the status grants, so does the backend."""
    subscription = stripe.subscribe(user, "pro")
    past = int(time.time()) - ELAPSED_SECONDS
    stripe.change(subscription, current_period_end=past, status=status)
    stripe.deliver(user)

    api.subscription_becomes(user, status=status, access=True, effective_plan="pro")
    api.settle()
    api.subscription_becomes(
        user, access=True, cancels=False, ends_at=None, current_period_end=past
    )


@clause("SUB-011")
def test_an_elapsed_period_hides_nothing_behind_what_is_over(
    api: Api, stripe: Stripe, user: User
) -> None:
    """A higher plan that was canceled counts no more than it did before the period's end."""
    subscription = stripe.subscribe(user, "basic")
    former = stripe.sandbox.subscribe(subscription.customer, PRO)
    stripe.sandbox.cancel_subscription(former.id)
    past = int(time.time()) - ELAPSED_SECONDS
    for status in ("active", "past_due"):
        stripe.change(subscription, current_period_end=past, status=status)
        stripe.deliver(user)

        api.subscription_becomes(
            user, plan="basic", effective_plan="basic", status=status, access=True
        )


@clause("SUB-011")
def test_an_elapsed_trial_changes_nothing_by_itself(api: Api, stripe: Stripe, user: User) -> None:
    """A trial is over when Stripe says so."""
    subscription = stripe.subscribe(user, "team")
    past = int(time.time()) - ELAPSED_SECONDS
    stripe.change(subscription, trial_end=past, current_period_end=past)
    stripe.deliver(user)
    api.settle()

    api.subscription_becomes(
        user, status="trialing", access=True, plan="team", effective_plan="team"
    )
