"""What Stripe says is taken, whoever and whatever it is about."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from billproof.trials import check, check_that, clause
from fixtures.api import WEBHOOK, expect_members
from fixtures.events import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator

    from billproof.sandbox.client import Event
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User


@clause("WHK-001")
def test_a_payment_is_visible_once_stripe_has_said_so(api: Api, stripe: Stripe, user: User) -> None:
    """Every event of signing up is acknowledged; then the plan is there."""
    session = stripe.pay(api.checkout(user, "pro").expect(201))
    for event in stripe.events(user):
        stripe.deliver_event(event).expect_success()

    end = stripe.sandbox.subscription(str(session.subscription)).current_period_end
    api.subscription_becomes(user, plan="pro", status="active", access=True, current_period_end=end)


@clause("WHK-001")
@pytest.mark.parametrize(
    ("truth", "kind"),
    [
        ({"status": "unpaid"}, "customer.subscription.updated"),
        ({"status": "past_due"}, "customer.subscription.updated"),
        ({"status": "canceled"}, "customer.subscription.deleted"),
    ],
    ids=["unpaid", "past_due", "canceled"],
)
def test_a_change_is_visible_by_its_own_event_alone(
    api: Api, stripe: Stripe, user: User, truth: dict[str, Any], kind: str
) -> None:
    """No other event needs to come first."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, status="active")
    stripe.change(subscription, **truth)

    stripe.deliver_event(stripe.events(user, kind)[-1]).expect_success()

    api.subscription_becomes(user, **truth)


UNHANDLED = (
    "charge.succeeded",
    "payment_intent.created",
    "customer.tax_id.created",
    "billing_portal.session.created",
    "entitlements.active_entitlement_summary.updated",
    "something.of.tomorrow",
    "payment_method.3ds2_of_tomorrow.created",
    f"{'of_tomorrow.' * 10}created",
)


@clause("WHK-009")
def test_what_is_not_handled_is_acknowledged(api: Api, stripe: Stripe, user: User) -> None:
    """Types of today that nobody needs, and types of tomorrow; of an event two members are sure."""
    subscription = stripe.subscribe(user, "pro")
    draft = Draft(stripe.events(user)[-1])
    for kind in UNHANDLED:
        api.webhook(draft.changed(type=kind).body).expect_success()
        bare = {"id": f"evt_{uuid.uuid4().hex}", "type": kind}
        api.webhook(json.dumps(bare)).expect_success()

    stripe.change(subscription, status="past_due")
    stripe.deliver(user)
    api.subscription_becomes(user, status="past_due")


@clause("WHK-010")
def test_strangers_are_acknowledged_and_change_nobody(api: Api, stripe: Stripe, user: User) -> None:
    """Customers and objects that Stripe does not have, about everything that is handled."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, status="active")
    nobody = f"cus_{uuid.uuid4().hex[:14]}"
    for event in stripe.events(user):
        draft = Draft(event)
        lie = {"id": f"x_{uuid.uuid4().hex[:14]}", "status": "canceled"}
        api.webhook(draft.about(**lie).body).expect_success()
        foreign: dict[str, Any] = {"customer": nobody, "metadata": {}, "client_reference_id": None}
        api.webhook(draft.about(**{**lie, **foreign}).body).expect_success()

    api.settle()
    expect_members(api.subscription(user).expect(200), plan="pro", status="active", access=True)
    stripe.change(subscription, status="past_due")
    stripe.deliver(user)
    api.subscription_becomes(user, status="past_due")


@clause("WHK-010")
def test_another_products_customers_are_acknowledged(
    api: Api, stripe: Stripe, user: User, other: User
) -> None:
    """Real ones, who buy something else, with and without metadata that look like ours."""
    stripe.subscribe(user, "pro")
    foreign = stripe.price_of_another_product()
    named = [
        {"telegram_user_id": one}
        for one in (str(user.id), "no number", str(2**63), "9" * 20, "9" * 30, "-1", "\u00b2\u00b3")
    ]
    for metadata in ({}, *named):
        customer = stripe.sandbox.create_customer(metadata=metadata)
        bought = stripe.sandbox.subscribe(customer.id, foreign.id)
        stripe.sandbox.cancel_subscription(bought.id)
        for event in stripe.sandbox.events(customer=customer.id):
            stripe.deliver_event(event).expect_success()

    api.settle()
    expect_members(api.subscription(user).expect(200), plan="pro", status="active", access=True)
    expect_members(api.subscription(other).expect(200), plan="free", status="none", access=False)


CARRIED = {
    "Authorization of Telegram": {"Authorization": "tma garbage"},
    "Authorization of others": {"Authorization": "Bearer garbage"},
    "cookies": {"Cookie": "session=garbage; csrftoken=garbage"},
    "Origin": {"Origin": "https://elsewhere.example"},
    "User-Agent": {"User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)"},
    "Accept": {"Accept": "*/*; q=0.5, application/xml"},
}


@clause("WHK-011")
def test_nothing_but_the_signature_counts(api: Api, stripe: Stripe, user: User) -> None:
    """Credentials, cookies and headers of browsers change nothing."""
    subscription = stripe.subscribe(user, "pro")
    for number, headers in enumerate(CARRIED.values()):
        status = ("past_due", "active")[number % 2]
        stripe.change(subscription, status=status)
        event = stripe.undelivered(user)[-1]
        stripe.mark_delivered(event)
        api.webhook(event.body, headers=headers).expect_success()
        api.subscription_becomes(user, status=status)


@clause("WHK-011")
def test_the_webhook_is_never_elsewhere(api: Api, stripe: Stripe, user: User) -> None:
    """No redirect for what is genuine, forged or empty."""
    stripe.subscribe(user, "pro")
    genuine = stripe.events(user)[-1].body
    for answer in (
        api.webhook(genuine).expect_success(),
        api.webhook(genuine, "garbage").expect(400),
        api.call("POST", WEBHOOK, invalid=True).expect(400),
    ):
        answer.show()
        check(f"Location of {answer.call}", answer.header("location"), "")


NO_DATA: tuple[object, ...] = (None, [], "", 0, ["sub_1"], "sub_1", 17, True)
NO_OBJECT: tuple[object, ...] = (None, [], "sub_1")


def without_an_object(event: Event) -> Iterator[tuple[bytes, bool]]:
    """The event with no object, or something else in its place; whether openapi.yaml minds."""
    for nothing in NO_DATA:
        yield Draft(event).changed(data=nothing).body, True
    for nothing in NO_OBJECT:
        yield Draft(event).changed(data={"object": nothing}).body, True
    yield Draft(event).changed(data={}).body, False
    draft = Draft(event)
    del draft.document["data"]
    yield draft.body, False


@clause("WHK-016")
def test_what_is_usual_may_be_missing(api: Api, stripe: Stripe, user: User) -> None:
    """Metadata, subscription, customer: null or left out, on every kind of object."""
    subscription = stripe.subscribe(user, "pro")
    for kind, event in {event.type: event for event in stripe.events(user)}.items():
        draft = Draft(event)
        drafts = [
            draft.without("metadata"),
            draft.without("subscription", "parent", "lines", "items"),
            draft.without("customer"),
            draft.without("metadata", "subscription", "parent", "customer", "items", "lines"),
            draft.about(metadata=None, subscription=None, parent=None, customer=None),
            draft.about(metadata={}, client_reference_id=None),
        ]
        for one in drafts:
            answer = api.webhook(one.body)
            answer.show()
            check(f"class of the answer to a poor {kind}", f"{answer.status // 100}xx", "2xx")
    for body, invalid in without_an_object(stripe.events(user)[-1]):
        answer = api.webhook(body, invalid=invalid)
        answer.show()
        held = answer.status // 100 == 2 or answer.status == 400
        what = "answer to an event without an object"
        check_that(what, held, expected="2xx or 400", got=answer.status)
    # Whoever takes one after the other may have the last of so many before him for as long.
    api.settle()

    stripe.change(subscription, status="past_due")
    stripe.deliver(user)
    api.subscription_becomes(user, status="past_due")
