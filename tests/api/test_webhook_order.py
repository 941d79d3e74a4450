"""However events come, the read model ends as Stripe's state."""

from __future__ import annotations

import random
from functools import partial
from typing import TYPE_CHECKING

import pytest

from billproof.trials import check, check_that, clause, together
from fixtures.api import expect_members
from fixtures.days import DAY
from fixtures.events import Draft
from fixtures.stripe import check_one_customer

if TYPE_CHECKING:
    from collections.abc import Callable

    from billproof.sandbox.client import Event
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User


@clause("WHK-004")
def test_a_redelivered_event_changes_nothing(api: Api, stripe: Stripe, user: User) -> None:
    """Neither at once nor after the world has moved on."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, status="active")
    for event in stripe.events(user):
        stripe.deliver_event(event).expect_success()
    stripe.change(subscription, status="unpaid")
    stripe.deliver(user)
    # What an event is a reason to write may be written within the settle time.
    api.settle()
    before = len(stripe.writes(user))

    for event in stripe.events(user):
        stripe.deliver_event(event).expect_success()

    api.settle()
    expect_members(api.subscription(user).expect(200), status="unpaid", access=False, plan="pro")
    check_one_customer(stripe, user)
    check("further writes at Stripe", len(stripe.writes(user)) - before, 0)


def a_year(api: Api, stripe: Stripe, user: User) -> list[Event]:
    """Signing up, owing, recovering, another plan, a scheduled end: none of it delivered."""
    session = stripe.pay(api.checkout(user, "basic").expect(201))
    subscription = stripe.sandbox.subscription(str(session.subscription))
    stripe.change(subscription, status="past_due")
    stripe.change(subscription, status="unpaid")
    stripe.change(subscription, status="active")
    item = {"id": subscription.items.data[0].id, "price": "price_billproof_pro"}
    stripe.sandbox.update_subscription(subscription.id, items=[item])
    stripe.sandbox.update_subscription(subscription.id, cancel_at_period_end=True)
    return stripe.undelivered(user)


ORDERS: dict[str, Callable[[list[Event], random.Random], list[Event]]] = {
    "backwards": lambda events, _: events[::-1],
    "the last one first": lambda events, _: [events[-1], *events[:-1]],
    "each twice": lambda events, _: [event for event in events for _ in (1, 2)],
    "shuffled": lambda events, chance: chance.sample(events, len(events)),
    "shuffled, each twice": lambda events, chance: chance.sample(events * 2, 2 * len(events)),
}


@clause("WHK-012")
@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_any_order_ends_in_the_truth(
    api: Api,
    stripe: Stripe,
    user: User,
    order: Callable[[list[Event], random.Random], list[Event]],
    seed: int,
) -> None:
    """A life that goes on, with a scheduled end."""
    for event in order(a_year(api, stripe, user), random.Random(seed)):  # noqa: S311 - to be repeated
        stripe.deliver_event(event).expect_success()

    api.subscription_becomes(user, plan="pro", status="active", access=True, cancels=True)


@clause("WHK-012")
@pytest.mark.parametrize("order", ["backwards", "shuffled"])
def test_what_has_ended_stays_ended_in_any_order(
    api: Api, stripe: Stripe, user: User, order: str, seed: int
) -> None:
    """An event from before the end does not bring it back."""
    a_year(api, stripe, user)
    [subscription] = stripe.sandbox.subscriptions(user=user.id)
    stripe.sandbox.cancel_subscription(subscription.id)

    for event in ORDERS[order](stripe.undelivered(user), random.Random(seed)):  # noqa: S311 - to be repeated
        stripe.deliver_event(event).expect_success()

    api.subscription_becomes(user, plan="pro", status="canceled", access=False)


@clause("WHK-013")
def test_a_former_subscription_speaks_for_itself_alone(
    api: Api, stripe: Stripe, user: User
) -> None:
    """Its late events, old and new, leave the one that is paid for now."""
    former = stripe.subscribe(user, "basic")
    api.subscription_becomes(user, plan="basic", status="active")
    stripe.sandbox.cancel_subscription(former.id)
    stripe.deliver(user)
    api.subscription_becomes(user, status="canceled")
    past = stripe.events(user)
    current = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro", status="active", access=True)

    for event in [*past, past[-1]]:
        stripe.deliver_event(event).expect_success()
        api.webhook(Draft(event).body).expect_success()

    api.settle()
    state = {"plan": "pro", "status": "active", "access": True}
    expect_members(api.subscription(user).expect(200), **state, cancels=False)

    # That the current one is to end does not make the former one's end its own.
    stripe.change(current, cancel_at_period_end=True)
    stripe.deliver(user)
    api.subscription_becomes(user, **state, cancels=True)
    for event in past:
        api.webhook(Draft(event).body).expect_success()
    api.settle()
    expect_members(api.subscription(user).expect(200), **state, cancels=True)


@clause("WHK-017")
@pytest.mark.parametrize("kind", ["customer.subscription.created", "checkout.session.completed"])
def test_one_event_ten_times_at_once(api: Api, stripe: Stripe, user: User, kind: str) -> None:
    """Everybody is told 2xx, and it happened once."""
    stripe.pay(api.checkout(user, "pro").expect(201))
    [event] = stripe.events(user, kind)

    answers = together([lambda: api.webhook(event.body)] * 10)

    for answer in answers:
        answer.expect_success()
    stripe.deliver(user)
    api.subscription_becomes(user, plan="pro", status="active", access=True)
    check_one_customer(stripe, user)


@clause("WHK-017")
def test_all_events_of_signing_up_at_once(api: Api, stripe: Stripe, user: User) -> None:
    """Each twice, all at the same moment: nothing fails, and the end is the truth."""
    stripe.pay(api.checkout(user, "pro").expect(201))
    events = stripe.undelivered(user)
    check_that("events of signing up", len(events) > 1, expected="several", got=len(events))

    def deliver(event: Event) -> Callable[[], int]:
        return lambda: stripe.deliver_event(event).status

    statuses = together([deliver(event) for event in events * 2])

    check("answers that are not 2xx", [one for one in statuses if one // 100 != 2], [])
    api.subscription_becomes(user, plan="pro", status="active", access=True)


@clause("WHK-017")
def test_what_is_ignored_ten_times_at_once(api: Api, stripe: Stripe, user: User) -> None:
    """It has no effect to wait for, and is known by its id all the same; what is true counts."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, status="active")
    draft, live = Draft(stripe.events(user)[-1]), not stripe.livemode
    ignored = {
        "of an unhandled type": draft.changed(type="customer.tax_id.created"),
        "of the other mode": draft.changed(livemode=live).about(livemode=live),
    }
    for what, one in ignored.items():
        answers = together([partial(api.webhook, one.body)] * 10)

        wrong = [answer.status for answer in answers if answer.status // 100 != 2]
        check(f"answers to an event {what} that are not 2xx", wrong, [])

    stripe.change(subscription, status="past_due")
    stripe.deliver(user)
    api.subscription_becomes(user, status="past_due")


@clause("WHK-012")
def test_a_deletion_that_is_told_last_ends_nothing_that_came_since(
    api: Api, stripe: Stripe, user: User
) -> None:
    """The customer was replaced, and who he is has subscribed anew before it was told."""
    former = stripe.subscribe(user, "basic")
    api.subscription_becomes(user, plan="basic", status="active")
    stripe.sandbox.delete_customer(former.customer)
    deletion = stripe.undelivered(user)
    for event in deletion:
        stripe.mark_delivered(event)
    stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro", status="active", access=True)

    for event in deletion:
        stripe.deliver_event(event).expect_success()

    api.settle()
    expect_members(
        api.subscription(user).expect(200), plan="pro", status="active", access=True, cancels=False
    )


@clause("WHK-012")
def test_an_end_that_comes_nearer_is_believed(api: Api, stripe: Stripe, user: User) -> None:
    """Stripe cuts a period short, too; what it says now is no older than what it said before."""
    subscription = stripe.subscribe(user, "pro")
    end = subscription.items.data[0].current_period_end
    api.subscription_becomes(user, status="active", current_period_end=end)

    for status, days in {"past_due": 3, "active": 5}.items():
        nearer = end - days * DAY
        stripe.change(subscription, status=status, current_period_end=nearer)
        stripe.deliver(user)
        api.subscription_becomes(user, status=status, current_period_end=nearer)


OF_A_SIGN_UP = (
    *("checkout.session.completed", "customer.subscription.created"),
    *("invoice.finalized", "invoice.paid"),
)


@clause("WHK-012")
def test_whatever_is_told_last_is_no_reason_to_believe_it(
    api: Api, stripe: Stripe, make_user: Callable[[], User]
) -> None:
    """They signed up and owe by now: no event of the sign-up, told last, says that they have paid.

    To each of them another one: what came after it would mend what it has done.
    """
    people = {kind: make_user() for kind in OF_A_SIGN_UP}
    for kind, user in people.items():
        session = stripe.pay(api.checkout(user, "basic").expect(201))
        stripe.change(stripe.sandbox.subscription(str(session.subscription)), status="past_due")
        events = sorted(stripe.undelivered(user), key=lambda event: event.type)
        late = [event for event in events if event.type == kind]
        check_that(f"events of type {kind}", len(late) > 0, expected="some", got="none")
        for event in [*(one for one in events if one not in late), *late]:
            stripe.deliver_event(event).expect_success()

    api.settle()
    for kind, user in people.items():
        shown = api.subscription(user).expect(200)
        check(f"status once {kind} was told last", shown["status"], "past_due")


@clause("WHK-041")
def test_a_late_word_of_a_former_customer_ends_nothing_new(
    api: Api, stripe: Stripe, user: User
) -> None:
    """He was deleted, and has bought again since by another: that one is as Stripe has it."""
    former = stripe.subscribe(user, "basic")
    stripe.sandbox.delete_customer(former.customer)
    stripe.deliver(user)
    api.subscription_becomes(user, access=False)
    stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro", status="active", access=True)

    for late in stripe.events(user, "customer.deleted"):
        api.webhook(Draft(late).body).expect_success()

    api.settle()
    shown = api.subscription(user).expect(200)
    expect_members(shown, plan="pro", status="active", access=True, ends_at=None)
