"""Every type and every situation of tables/events.yaml."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from billproof.law import load_law
from billproof.signature import StripeSignature
from billproof.trials import Answer, becomes, check, check_that, clause
from fixtures.api import WEBHOOK, expect_members
from fixtures.outages import AFTER_A_FAULT_SECONDS
from fixtures.situations import DELIVERIES, Scene

if TYPE_CHECKING:
    from billproof.law.tables import Situation
    from billproof.sandbox.client import Event
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

TABLE = load_law().tables.events
WITHOUT_EFFECT = [row for row in TABLE.situations if row.effect == "nothing"]
APPLIED = [row for row in TABLE.situations if row.effect == "applied"]
[LATER] = [row for row in TABLE.situations if row.effect == "later"]
ENDS = frozenset({"customer.deleted", "customer.subscription.deleted"})
"""Types that say of what they name that it is over: never sent of what lives."""
SNAPSHOTS = {
    "subscription": "customer.subscription.created",
    "invoice": "invoice.paid",
    "checkout.session": "checkout.session.completed",
}
"""A genuine event about each kind of object that the table names."""
OF_A_SUBSCRIPTION = (
    *("checkout.session.completed", "checkout.session.async_payment_succeeded"),
    *("customer.subscription.created", "customer.subscription.updated"),
    *("customer.subscription.paused", "customer.subscription.resumed"),
    *("invoice.paid", "invoice.payment_failed", "invoice.payment_action_required"),
)
"""Types that tell of a subscription that it is another; the rest tell of their own object."""


def deliver(scene: Scene, row: Situation) -> Answer:
    """Bring the situation about, and look at the answer to its delivery."""
    answer = DELIVERIES[row.name](scene)
    answer.show()
    allowed, what = " or ".join(row.answers), f"answer in the situation {row.name!r}"
    check_that(what, row.allows(answer.status), expected=allowed, got=str(answer.status))
    if answer.status == 400:
        answer.expect_problem(400, row.problem or "")
    return answer


def expect_unchanged(scene: Scene) -> None:
    """The subscriber has what he had, and the newcomer nothing."""
    shown = scene.api.subscription(scene.user).expect(200)
    expect_members(shown, plan="pro", status=scene.status, access=True)
    expect_members(scene.api.subscription(scene.newcomer).expect(200), plan="free", status="none")


@clause("WHK-040")
def test_what_changes_nothing_is_answered_by_its_row(
    api: Api, stripe: Stripe, user: User, other: User
) -> None:
    """Situation by situation; the next true event still counts."""
    scene = Scene.make(api, stripe, user, other)
    for row in WITHOUT_EFFECT:
        deliver(scene, row)
        expect_unchanged(scene)
    api.settle()
    expect_unchanged(scene)

    api.webhook(scene.change().body).expect_success()
    api.subscription_becomes(user, status=scene.status)


BESIDE = (
    *("payment_intent.payment_failed", "charge.failed", "invoice.overdue", "invoice.updated"),
    *("customer.updated", "customer.source.expiring", "payment_method.detached"),
    *("subscription_schedule.canceled", "customer.subscription.pending_update_expired"),
    *("charge.dispute.funds_withdrawn", "refund.created", "entitlements.active.removed"),
)
"""Types that no row names, though each suggests something of whoever has subscribed."""


@clause("WHK-040")
def test_what_no_row_names_takes_nothing(api: Api, stripe: Stripe, user: User, other: User) -> None:
    """Type by type, about the subscriber's customer; the next true event still counts."""
    scene = Scene.make(api, stripe, user, other)
    for kind in BESIDE:
        api.webhook(scene.draft().changed(type=kind).body).expect_success()
        expect_unchanged(scene)
    api.settle()
    expect_unchanged(scene)

    api.webhook(scene.change().body).expect_success()
    api.subscription_becomes(user, status=scene.status)


NO_EVENTS: tuple[dict[str, object], ...] = (
    {},
    {"id": "evt_without_a_type"},
    {"type": "customer.subscription.updated"},
    {"id": None, "type": "customer.subscription.updated"},
    {"id": 17, "type": "customer.subscription.updated"},
    {"id": "evt_of_no_type", "type": None},
    {"ID": "evt_in_capitals", "TYPE": "customer.subscription.updated"},
    {"id": "evt_of_many_types", "type": ["customer.subscription.updated"]},
)
"""Objects that are no event, beside the list that the situation delivers."""


@clause("WHK-040")
def test_an_object_is_not_yet_an_event(api: Api, stripe: Stripe, user: User, other: User) -> None:
    """Without an id or a type it is malformed, whatever else it has; an event is one."""
    scene = Scene.make(api, stripe, user, other)
    about = scene.draft().document["data"]
    for body in NO_EVENTS:
        answer = api.webhook(json.dumps({**body, "data": about}), invalid=True)
        answer.expect_problem(400, "malformed-event")

    api.webhook(scene.change().body).expect_success()
    api.subscription_becomes(user, status=scene.status)


@clause("WHK-040")
def test_what_is_not_signed_is_not_read(api: Api, stripe: Stripe, user: User, other: User) -> None:
    """It is the signature that is wrong, whatever the body is: that is looked at afterwards."""
    forged = StripeSignature(values=("wrong",))
    for body in ("{", "[]", "{}", json.dumps(NO_EVENTS[1])):
        api.webhook(body, forged, invalid=True).expect_problem(400, "invalid-signature")
        unsigned = api.call("POST", WEBHOOK, body=body.encode(), invalid=True)
        unsigned.expect_problem(400, "invalid-signature")
        api.webhook(body, invalid=True).expect_problem(400, "malformed-event")

    scene = Scene.make(api, stripe, user, other)
    api.webhook(scene.change().body).expect_success()
    api.subscription_becomes(user, status=scene.status)


@clause("WHK-040")
@pytest.mark.parametrize("row", APPLIED, ids=[row.name for row in APPLIED])
def test_what_has_an_effect_is_applied(
    api: Api, stripe: Stripe, user: User, other: User, row: Situation
) -> None:
    """Whoever it is about; the events that follow it make no difference."""
    scene = Scene.make(api, stripe, user, other)

    deliver(scene, row)

    if row.name == "before its parent":
        stripe.deliver(other)
    about_newcomer = scene.status == "active"
    plan = "basic" if about_newcomer else "pro"
    api.subscription_becomes(
        other if about_newcomer else user, plan=plan, status=scene.status, access=True
    )


@clause("WHK-040")
def test_what_could_not_be_taken_is_applied_later(
    api: Api, stripe: Stripe, user: User, other: User
) -> None:
    """By a redelivery after 5xx, alone after 2xx."""
    scene = Scene.make(api, stripe, user, other)

    answer = deliver(scene, LATER)

    within = AFTER_A_FAULT_SECONDS
    if answer.status >= 500:
        api.webhook(stripe.events(user)[-1].body).expect_success()
        within = api.settle_seconds
    shown = becomes(
        lambda: api.subscription(user), lambda one: one["status"] == scene.status, within=within
    )
    expect_members(shown.expect(200), status=scene.status)


def take(scene: Scene, kind: str, about: str, made: Event | None = None) -> None:
    """Deliver an event of this type, about an object as it was; it is acknowledged.

    It has the id of the event that Stripe has `made`, where something must come of it.
    """
    draft = scene.draft(SNAPSHOTS[about]).changed(type=kind)
    answer = scene.api.webhook((draft.under_its_own_id(made) if made else draft).body)
    answer.show()
    check(f"class of the answer to {kind}", f"{answer.status // 100}xx", "2xx")


@clause("WHK-041")
def test_every_type_is_taken_and_none_is_believed(
    api: Api, stripe: Stripe, user: User, other: User
) -> None:
    """About a subscription that is as it was: whatever the type suggests, Stripe's state counts."""
    scene = Scene.make(api, stripe, user, other)
    for row in TABLE.types:
        if row.type not in ENDS:
            take(scene, row.type, row.object)
            expect_unchanged(scene)
    api.settle()
    expect_unchanged(scene)


@clause("WHK-041")
def test_no_type_is_believed_of_any_status(
    api: Api, stripe: Stripe, user: User, other: User
) -> None:
    """A type that usually follows on a status is no word of it: that of Stripe's stays shown."""
    scene = Scene.make(api, stripe, user, other)
    for status in ("trialing", "past_due", "paused"):
        stripe.change(scene.subscription, status=status)
        stripe.deliver(user)
        api.subscription_becomes(user, status=status)
        for row in TABLE.types:
            if row.type not in ENDS:
                take(scene, row.type, row.object)
                shown = api.subscription(user).expect(200)["status"]
                check(f"status after {row.type}, at Stripe {status}", shown, status)


@clause("WHK-041")
def test_whatever_an_event_says_has_changed_is_looked_at_anew(
    api: Api, stripe: Stripe, user: User, other: User
) -> None:
    """Of a note alone, while more is another at Stripe, of which nothing has told yet."""
    scene = Scene.make(api, stripe, user, other)
    scene.change()
    noted = {"note": "called", "telegram_user_id": str(user.id)}
    stripe.change(scene.subscription, metadata=noted)

    api.webhook(stripe.undelivered(user)[-1].body).expect_success()

    api.subscription_becomes(user, plan="pro", status=scene.status)


@clause("WHK-041")
def test_each_type_is_reason_enough_to_look(
    api: Api, stripe: Stripe, user: User, other: User
) -> None:
    """It comes alone, after a change of which nothing else has told."""
    scene = Scene.make(api, stripe, user, other)
    objects = {row.type: row.object for row in TABLE.types}
    for kind in OF_A_SUBSCRIPTION:
        made = scene.change()

        take(scene, kind, objects[kind], made)

        api.subscription_becomes(user, plan="pro", status=scene.status)


@clause("WHK-041")
def test_a_change_that_is_none_of_the_plans_is_reason_enough(
    api: Api, stripe: Stripe, user: User
) -> None:
    """A new description, told before what else has changed: what was before it says nothing."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro", status="active")
    stripe.change(subscription, status="past_due")
    stripe.change(subscription, description="For the shop in Riga")
    told = stripe.undelivered(user)[-1]

    stripe.deliver_event(told).expect_success()

    api.subscription_becomes(user, plan="pro", status="past_due")


@clause("WHK-041")
@pytest.mark.parametrize("kind", ["checkout.session.completed", "invoice.paid"])
def test_what_says_nothing_of_money_is_reason_enough(
    api: Api, stripe: Stripe, user: User, kind: str
) -> None:
    """A trial begins with nothing to pay: its session is complete, and its invoice paid at once."""
    stripe.pay(api.checkout(user, "team").expect(201))
    [event] = stripe.events(user, kind)

    stripe.deliver_event(event).expect_success()

    api.subscription_becomes(user, plan="team", status="trialing", access=True)


@clause("WHK-041")
@pytest.mark.parametrize("kind", sorted(ENDS))
def test_an_end_that_stripe_tells_of_is_one(
    api: Api, stripe: Stripe, user: User, other: User, kind: str
) -> None:
    """The subscription's by its event alone; the customer's ends his subscriptions with it."""
    scene = Scene.make(api, stripe, user, other)
    if kind == "customer.deleted":
        stripe.sandbox.delete_customer(scene.subscription.customer)
    else:
        stripe.sandbox.cancel_subscription(scene.subscription.id)

    told = {kind, "customer.subscription.deleted"}
    for event in stripe.undelivered(user):
        if event.type in told:
            stripe.deliver_event(event).expect_success()

    api.subscription_becomes(user, plan="pro", status="canceled", access=False)
