"""Test clocks and what they drive: trials, renewals, failures, ends."""

from __future__ import annotations

import asyncio

import pytest

from billproof.sandbox.objects.errors import StripeError
from billproof.sandbox.tenants.ticking import tick
from tests.suite.sandbox.local import DAY, START, Local
from tests.suite.sandbox.renewing import instant_of, status_of


def test_a_clock_goes_with_its_customers_when_its_time_is_over(stripe: Local) -> None:
    """A week of real time after it was made, as if somebody had deleted it."""
    clock = stripe.clock()
    customer = stripe.customer(test_clock=clock)
    stripe.subscribe(customer)
    other = stripe.customer()
    life = stripe.get(f"test_helpers/test_clocks/{clock}")["deletes_after"]
    stripe.at = life - 1
    stripe.tenant.tick()
    told = stripe.told()

    stripe.at = life
    stripe.tenant.tick()

    assert stripe.types(told) == [
        "customer.subscription.deleted",
        "customer.deleted",
        "test_helpers.test_clock.deleted",
    ]
    assert stripe.get(f"customers/{customer}").get("deleted")
    assert not stripe.get(f"customers/{other}").get("deleted")


def test_a_clock_advances_and_is_then_ready(stripe: Local) -> None:
    """It is advancing until what had to happen has happened."""
    clock = stripe.clock()

    moving = stripe.post(f"test_helpers/test_clocks/{clock}/advance", frozen_time=START + DAY)

    assert (moving["status"], moving["frozen_time"]) == ("advancing", START)
    assert moving["status_details"] == {"advancing": {"target_frozen_time": START + DAY}}
    stripe.tenant.tick()
    arrived = stripe.get(f"test_helpers/test_clocks/{clock}")
    assert (arrived["status"], arrived["frozen_time"]) == ("ready", START + DAY)
    assert stripe.types()[-3:] == [
        "test_helpers.test_clock.created",
        "test_helpers.test_clock.advancing",
        "test_helpers.test_clock.ready",
    ]


@pytest.mark.parametrize("to", [START, START - 1])
def test_a_clock_goes_forward_only(stripe: Local, to: int) -> None:
    """Neither back nor nowhere; a second ahead will do."""
    clock = stripe.clock()

    with pytest.raises(StripeError, match="must be after"):
        stripe.advance(clock, to)

    stripe.advance(clock, START + 1)


def test_a_clock_goes_two_intervals_at_most(stripe: Local) -> None:
    """Two months of a monthly price, and not a second more."""
    clock = stripe.clock(instant_of("2027-01-15"))
    stripe.subscribe(stripe.customer(test_clock=clock))
    farthest = instant_of("2027-03-15")

    with pytest.raises(StripeError, match="two intervals"):
        stripe.advance(clock, farthest + 1)

    stripe.advance(clock, farthest)


def test_a_clock_that_advances_cannot_be_advanced(stripe: Local) -> None:
    """Until it is ready."""
    clock = stripe.clock()
    path = f"test_helpers/test_clocks/{clock}/advance"
    stripe.post(path, frozen_time=START + 1)

    with pytest.raises(StripeError, match="advancing already"):
        stripe.post(path, frozen_time=START + 2)

    stripe.tenant.tick()
    stripe.post(path, frozen_time=START + 2)


def test_a_customer_on_a_clock_lives_in_its_time(stripe: Local) -> None:
    """Whatever is his was made at the clock's instant; lists do not show him unasked."""
    past = instant_of("2020-02-01")
    clock = stripe.clock(past)

    customer = stripe.customer(test_clock=clock)
    subscription = stripe.subscribe(customer)

    assert stripe.get(f"customers/{customer}")["created"] == past
    assert (subscription["created"], subscription["test_clock"]) == (past, clock)
    assert stripe.get("customers")["data"] == []
    assert stripe.get("subscriptions")["data"] == []
    assert [each["id"] for each in stripe.get("customers", test_clock=clock)["data"]] == [customer]
    assert len(stripe.get("subscriptions", customer=customer)["data"]) == 1


def test_an_existing_customer_is_put_on_a_clock(stripe: Local) -> None:
    """With all that he has; a second clock cannot have him."""
    customer = stripe.customer()
    subscription = stripe.subscribe(customer)

    clock = stripe.post("test_helpers/test_clocks", frozen_time=START + 60, customer=customer)

    assert stripe.get(f"customers/{customer}")["test_clock"] == clock["id"]
    assert stripe.get(f"subscriptions/{subscription['id']}")["test_clock"] == clock["id"]
    with pytest.raises(StripeError, match="already attached"):
        stripe.post("test_helpers/test_clocks", frozen_time=START, customer=customer)


def test_advancing_one_clock_moves_nobody_else(stripe: Local) -> None:
    """Neither those on another clock nor those in real time."""
    mine, other = stripe.clock(), stripe.clock()
    moved = stripe.subscribe(stripe.customer(test_clock=mine))
    still = stripe.subscribe(stripe.customer(test_clock=other))
    real = stripe.subscribe(stripe.customer())

    stripe.advance(mine, START + 40 * DAY)

    ends = [
        stripe.get(f"subscriptions/{each['id']}")["items"]["data"][0]["current_period_end"]
        - each["items"]["data"][0]["current_period_end"]
        for each in (moved, still, real)
    ]
    assert ends == [28 * DAY, 0, 0]


def test_a_deleted_clock_takes_its_customers_along(stripe: Local) -> None:
    """They are deleted, and what they subscribe to ends."""
    clock = stripe.clock()
    customer = stripe.customer(test_clock=clock)
    subscription = stripe.subscribe(customer)

    stripe.call("DELETE", f"test_helpers/test_clocks/{clock}")

    assert status_of(stripe, subscription) == "canceled"
    assert stripe.get(f"customers/{customer}")["deleted"] is True


def test_a_clock_that_is_deleted_on_its_way_does_not_arrive(stripe: Local) -> None:
    """Others are served while it advances; nothing more happens on it then."""
    clock = stripe.clock()
    subscription = stripe.subscribe(stripe.customer(test_clock=clock))
    stripe.post(f"test_helpers/test_clocks/{clock}/advance", frozen_time=START + 50 * DAY)
    steps = stripe.tenant.ticking()
    next(steps)
    moving = stripe.get(f"test_helpers/test_clocks/{clock}")
    assert (moving["status"], moving["frozen_time"] > START) == ("advancing", True)

    stripe.call("DELETE", f"test_helpers/test_clocks/{clock}")
    told = stripe.told()
    list(steps)

    assert stripe.types(told) == []
    assert status_of(stripe, subscription) == "canceled"


def test_a_thousand_clocks_do_not_hold_up_a_call(stripe: Local) -> None:
    """Between two of their steps another call is served."""
    clocks = [stripe.clock() for _ in range(3)]
    for clock in clocks:
        stripe.subscribe(stripe.customer(test_clock=clock))
        stripe.post(f"test_helpers/test_clocks/{clock}/advance", frozen_time=START + 40 * DAY)
    served: list[str] = []

    async def others() -> None:
        while len(served) < len(clocks):
            served.append(stripe.get(f"test_helpers/test_clocks/{clocks[-1]}")["status"])
            await asyncio.sleep(0)

    async def both() -> None:
        await asyncio.gather(tick([stripe.tenant]), others())

    asyncio.run(both())
    assert served == ["advancing"] * len(clocks)
    assert stripe.get(f"test_helpers/test_clocks/{clocks[-1]}")["status"] == "ready"
