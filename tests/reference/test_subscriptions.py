"""What is kept of Stripe's subscriptions, and shown of them."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import respx

from tests.reference.backend import Backend, Event
from tests.reference.shapes import subscribe
from tests.reference.stripe_answers import LATER, PAST, Subscription

AT_FUTURE, AT_LATER, AT_PAST = (
    "2100-01-01T00:00:00Z",
    "2100-02-01T00:00:00Z",
    "2020-01-01T00:00:00Z",
)

SHOWN: dict[str, tuple[Subscription, dict[str, object]]] = {
    "paid": (
        Subscription(),
        {"access": True, "current_period_end": AT_FUTURE, "ends_at": None, "cancels": False},
    ),
    "paused": (Subscription(paused=True), {"access": False, "status": "active"}),
    "ends at an instant": (
        Subscription(cancel_at=LATER),
        {"access": True, "current_period_end": AT_FUTURE, "ends_at": AT_LATER, "cancels": True},
    ),
    "ended at an instant": (
        Subscription(cancel_at=PAST),
        {"access": False, "status": "active", "ends_at": AT_PAST, "cancels": True},
    ),
    "ends with its period": (
        Subscription(cancel_at_period_end=True),
        {"access": True, "ends_at": AT_FUTURE, "cancels": True},
    ),
    "has ended": (
        Subscription(status="canceled", ended_at=PAST, cancel_at=LATER),
        {"access": False, "status": "canceled", "ends_at": AT_PAST, "cancels": False},
    ),
    "of two items": (
        Subscription(besides=("price_other", "price_one_more")),
        {"plan": "pro", "access": True, "current_period_end": AT_FUTURE},
    ),
}


@pytest.fixture(params=["UTC0", "XST-13", "XST11"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The time zone of the process: Greenwich, and far east and west of it."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield request.param
    time.tzset()


@pytest.mark.parametrize(("seen", "expected"), SHOWN.values(), ids=SHOWN)
async def test_a_subscription_is_shown_as_stripe_has_it(
    backend: Backend, stripe: respx.MockRouter, seen: Subscription, expected: dict[str, object]
) -> None:
    """Each of its fields that counts arrives."""
    await subscribe(backend, stripe, seen)

    shown = await backend.subscription()

    assert expected.items() <= shown.items()


async def test_instants_are_the_same_everywhere(
    backend: Backend, stripe: respx.MockRouter, zone: str
) -> None:
    """Whatever time zone the process has."""
    assert time.strftime("%z") == {"UTC0": "+0000", "XST-13": "+1300", "XST11": "-1100"}[zone]
    await subscribe(backend, stripe, Subscription(cancel_at=LATER))

    shown = await backend.subscription()

    assert (shown["current_period_end"], shown["ends_at"]) == (AT_FUTURE, AT_LATER)


async def test_what_changes_at_stripe_is_shown(backend: Backend, stripe: respx.MockRouter) -> None:
    """The same subscription, of another plan and without its cancellation."""
    await subscribe(backend, stripe, Subscription(cancel_at=LATER))

    team = Subscription(price="price_billproof_team", current_period_end=LATER)
    await subscribe(backend, stripe, team)

    shown = await backend.subscription()
    assert (shown["plan"], shown["current_period_end"]) == ("team", AT_LATER)
    assert (shown["ends_at"], shown["cancels"]) == (None, False)


async def test_a_former_subscription_leaves_the_present_one(
    backend: Backend, stripe: respx.MockRouter
) -> None:
    """Its end is its own, though it was of a higher plan."""
    former = Subscription("sub_1", "price_billproof_team", "canceled", ended_at=PAST)

    await subscribe(backend, stripe, Subscription("sub_2"), former)
    ended = await backend.deliver(Event("evt_end", "customer.subscription.deleted"))

    assert ended.json() == {"outcome": "processed"}
    shown = await backend.subscription()
    assert (shown["plan"], shown["access"], shown["ends_at"]) == ("pro", True, None)
