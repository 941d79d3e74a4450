"""The event around its object: version, form, date, size and address count for nothing."""

from __future__ import annotations

import json
import time
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from billproof.trials import check, check_that, clause, one_of
from fixtures.api import WEBHOOK, expect_members
from fixtures.events import Draft

if TYPE_CHECKING:
    from billproof.sandbox.client import Subscription
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

DAY_SECONDS = 86_400
VERSIONS = ("2020-08-27", "2024-06-20", "2025-03-31.basil", "2026-10-28.endive")
"""Before and since the period moved to the items, and the subscription to an invoice's parent."""


def deliver_as(stripe: Stripe, user: User, version: str) -> None:
    """Have Stripe send what waits for this user in the shapes of that version."""
    for event in stripe.undelivered(user):
        stripe.mark_delivered(event)
        status = stripe.sandbox.deliver(event.id, api_version=version).status or 0
        check(f"class of the answer to {event.type} of {version}", f"{status // 100}xx", "2xx")


@clause("WHK-022")
@pytest.mark.parametrize("version", VERSIONS)
def test_old_and_new_shapes_have_the_same_effect(
    api: Api, stripe: Stripe, user: User, version: str
) -> None:
    """Of signing up, with its invoice and its session, and of what follows."""
    session = stripe.pay(api.checkout(user, "pro").expect(201))
    deliver_as(stripe, user, version)
    api.subscription_becomes(user, plan="pro", status="active", access=True)

    subscription = stripe.sandbox.subscription(str(session.subscription))
    stripe.change(subscription, status="unpaid", cancel_at_period_end=True)
    deliver_as(stripe, user, version)

    api.subscription_becomes(user, plan="pro", status="unpaid", access=False, cancels=True)


@clause("WHK-022")
@pytest.mark.parametrize("kind", ["invoice.paid", "customer.subscription.updated"])
@pytest.mark.parametrize("version", VERSIONS)
def test_each_shape_is_enough_by_itself(
    api: Api, stripe: Stripe, user: User, version: str, kind: str
) -> None:
    """Of a renewal, one event comes: it leads to the next period, whatever names its parent."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro", status="active")
    stripe.sandbox.run_ahead(subscription.customer, 33 * DAY_SECONDS)
    end = stripe.sandbox.subscription(subscription.id).current_period_end
    fresh = stripe.undelivered(user)
    for event in fresh:
        stripe.mark_delivered(event)
    [told] = [event for event in fresh if event.type == kind]

    status = stripe.sandbox.deliver(told.id, api_version=version).status or 0

    check(f"class of the answer to {kind} of {version}", f"{status // 100}xx", "2xx")
    api.subscription_becomes(user, plan="pro", status="active", access=True, current_period_end=end)


def thin(kind: str, about: Subscription | None) -> bytes:
    """An event of Stripe's second generation: it names an object and shows none."""
    named = {"id": about.id, "type": "subscription"} if about else None
    document = {
        "id": f"evt_{uuid.uuid4().hex}",
        "object": "v2.core.event",
        "type": kind,
        "created": "2026-11-28T07:49:03.000Z",
        "livemode": False,
        "context": None,
        "reason": None,
        "related_object": named and {**named, "url": f"/v1/subscriptions/{named['id']}"},
    }
    return json.dumps(document).encode()


@clause("WHK-023")
def test_events_of_the_second_generation_do_no_harm(api: Api, stripe: Stripe, user: User) -> None:
    """Acknowledged or called malformed, and the next event of the first is taken."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, status="active")
    for body in (
        thin("v1.customer.subscription.updated", subscription),
        thin("v2.core.account.updated", None),
        thin("customer.subscription.deleted", subscription),
    ):
        answer = api.webhook(body)
        answer.show()
        held = answer.status // 100 == 2 or answer.status == 400
        check_that("answer to a thin event", held, expected="2xx or 400", got=answer.status)
    api.settle()
    expect_members(api.subscription(user).expect(200), plan="pro", status="active", access=True)

    stripe.change(subscription, status="past_due")
    stripe.deliver(user)
    api.subscription_becomes(user, status="past_due")


DATES = {
    "equal": lambda count: [1_764_000_000] * count,
    "reversed": lambda count: [1_764_000_000 - number for number in range(count)],
    "of long ago": lambda count: [1_300_000_000 + number for number in range(count)],
    "still to come": lambda count: [int(time.time()) + 3_600 - number for number in range(count)],
}


@clause("WHK-024")
@pytest.mark.parametrize("dates", DATES.values(), ids=DATES)
def test_the_date_of_an_event_orders_nothing(
    api: Api, stripe: Stripe, user: User, dates: Any
) -> None:
    """Each change is seen, though its event claims to be no newer than the last."""
    subscription = stripe.subscribe(user, "basic")
    api.subscription_becomes(user, plan="basic", status="active")
    changes: list[dict[str, Any]] = [
        {"status": "past_due"},
        {"status": "unpaid"},
        {"status": "active", "cancel_at_period_end": True},
        {"status": "trialing", "cancel_at_period_end": False},
    ]
    for change, created in zip(changes, dates(len(changes)), strict=True):
        stripe.change(subscription, **change)
        event = stripe.undelivered(user)[-1]
        stripe.mark_delivered(event)
        dated = Draft(event).changed(created=created).under_its_own_id(event)
        api.webhook(dated.body).expect_success()
        cancels = change.get("cancel_at_period_end", False)
        api.subscription_becomes(user, status=change["status"], cancels=cancels)


@clause("WHK-024")
def test_an_event_needs_no_date(api: Api, stripe: Stripe, user: User) -> None:
    """It counts for nothing: an id and a type make an event."""
    subscription = stripe.subscribe(user, "basic")
    stripe.change(subscription, status="past_due")
    event = stripe.undelivered(user)[-1]
    dated = Draft(event).under_its_own_id(event).document

    undated = {name: value for name, value in dated.items() if name != "created"}
    api.webhook(json.dumps(undated)).expect_success()

    api.subscription_becomes(user, status="past_due", access=True)


@clause("WHK-024")
def test_an_older_event_under_a_new_id_brings_nothing_back(
    api: Api, stripe: Stripe, user: User
) -> None:
    """Stripe may make two events of one change; the snapshot of neither is the state."""
    subscription = stripe.subscribe(user, "basic")
    item = {"id": subscription.items.data[0].id, "price": "price_billproof_pro"}
    stripe.change(subscription, cancel_at_period_end=True)
    stripe.change(subscription, cancel_at_period_end=False)
    stripe.sandbox.update_subscription(subscription.id, items=[item])
    old = stripe.events(user, "customer.subscription.updated")
    stripe.deliver(user)
    api.subscription_becomes(user, plan="pro", cancels=False)

    for event in old[::-1]:
        api.webhook(Draft(event).body).expect_success()

    api.settle()
    expect_members(
        api.subscription(user).expect(200), plan="pro", status="active", cancels=False, ends_at=None
    )


@clause("WHK-025")
@pytest.mark.parametrize("kibibytes", [110, 256])
def test_a_big_event_is_taken(api: Api, stripe: Stripe, user: User, kibibytes: int) -> None:
    """As one of many items with their metadata is."""
    subscription = stripe.subscribe(user, "pro")
    stripe.change(subscription, status="unpaid")
    event = stripe.undelivered(user)[-1]
    stripe.mark_delivered(event)
    draft = Draft(event).under_its_own_id(event)
    fill_up(draft, kibibytes * 1024)

    api.webhook(draft.body).expect_success()

    api.subscription_becomes(user, status="unpaid", access=False)


ONE_OF_MANY = "0123456789abcdef" * 32


def fill_up(draft: Draft, size: int) -> None:
    """Members of tomorrow make its body exactly so big: a byte more is one that may be refused."""
    draft.object["of_tomorrow"] = [ONE_OF_MANY] * (size // 600)
    draft.object["the_last"] = ""
    draft.object["the_last"] = "x" * (size - len(draft.body))
    check("size of the event", len(draft.body), size)


@clause("WHK-026")
def test_a_slash_more_is_no_redirect(api: Api, stripe: Stripe, user: User) -> None:
    """What it is then is final: the same door, or none."""
    subscription = stripe.subscribe(user, "pro")
    stripe.change(subscription, status="past_due")
    event = stripe.undelivered(user)[-1]

    known = (200, 201, 202, 204, 401, 404, 405)
    # Some servers take no path with an empty segment in it, whatever it leads to.
    for path, statuses in ((f"{WEBHOOK}/", known), (f"{WEBHOOK}//", (*known, 400))):
        answer = api.webhook(event.body, path=path, invalid=True)
        answer.show()
        check(f"status at {path}", answer.status, one_of(*statuses))
        check(f"Location of {path}", answer.header("location"), "")

    stripe.deliver_event(event).expect_success()
    api.subscription_becomes(user, status="past_due", access=True)
