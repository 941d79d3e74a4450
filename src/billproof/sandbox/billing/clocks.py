"""The calls on test clocks, and what happens while one advances."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from billproof.sandbox.billing.ending import leave
from billproof.sandbox.billing.periods import DAY, period_end
from billproof.sandbox.billing.subscription import OVER, Subscription
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.customers import Customer, living
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.identifiers import long_id
from billproof.sandbox.objects.invoice import Invoice
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.resource import Body, Resource, deleted
from billproof.sandbox.objects.test_clock import TestClock

LIFE_DAYS = 7
FARTHEST_WITHOUT_SUBSCRIPTION = 2 * 366 * DAY


def create(account: Account, params: Params) -> TestClock:
    """A new clock, for customers to come or for one that is there."""
    if account.livemode:
        raise StripeError(Refusal.STATE, reason="Test clocks exist in test mode only.")
    frozen = params.integer("frozen_time")
    if frozen is None or frozen < 0:
        raise StripeError(Refusal.INTEGER, param="frozen_time", value=str(frozen))
    named = params.text("customer")
    customer = living(account, named) if named else None
    if customer is not None and customer.test_clock:
        reason = f"The customer is already attached to the test clock {customer.test_clock}."
        raise StripeError(Refusal.STATE, param="customer", reason=reason)
    now = account.now(None)
    clock = TestClock(
        id=long_id("clock_"),
        created=now,
        livemode=False,
        frozen_time=frozen,
        deletes_after=now + LIFE_DAYS * DAY,
        name=params.text("name"),
    )
    if customer is not None:
        _attach(account, clock, customer)
    account.emit("test_helpers.test_clock.created", account.add(clock))
    return clock


def _attach(account: Account, clock: TestClock, customer: Customer) -> None:
    account.timeline.attach(customer.id, clock.id, clock.frozen_time)
    customer.test_clock = clock.id
    held: list[Subscription | Invoice] = [
        *account.of(customer.id, Subscription),
        *account.of(customer.id, Invoice),
    ]
    for each in held:
        each.test_clock = clock.id


def advance(account: Account, params: Params, identifier: str) -> TestClock:
    """Begin to move a clock forward; `run` goes there, and then it is ready."""
    clock = account.get(TestClock, identifier)
    target = params.integer("frozen_time") or 0
    if clock.has_failed:
        reason = "The test clock has failed and cannot advance any more. Delete it."
        raise StripeError(Refusal.STATE, reason=reason)
    if clock.target is not None:
        reason = "The test clock is advancing already. Wait until its status is ready."
        raise StripeError(Refusal.STATE, reason=reason)
    if target <= clock.frozen_time:
        reason = f"frozen_time must be after the clock's current time, {clock.frozen_time}."
        raise StripeError(Refusal.STATE, param="frozen_time", reason=reason)
    farthest = _farthest(account, clock)
    if target > farthest:
        reason = (
            "You can advance a test clock by at most two intervals of the shortest subscription "
            f"on it: until {farthest}."
        )
        raise StripeError(Refusal.STATE, param="frozen_time", reason=reason)
    clock.target, clock.has_failed = target, False
    account.emit("test_helpers.test_clock.advancing", clock)
    return clock


def _farthest(account: Account, clock: TestClock) -> int:
    ends = [
        period_end(clock.frozen_time, item.price.interval, 2 * item.price.interval_count)
        for customer in account.timeline.on_clock(clock.id)
        for subscription in account.of(customer, Subscription)
        if subscription.status not in OVER
        for item in subscription.items
        if item.price.interval
    ]
    return min(ends, default=clock.frozen_time + FARTHEST_WITHOUT_SUBSCRIPTION)


def run(
    account: Account, clock: TestClock, happen: Callable[[Account, Resource], None]
) -> Iterator[None]:
    """Let everything up to the clock's target happen, each in its instant; a step for each.

    Whatever fails there is a defect of the sandbox; the clock gives up and says so.
    """
    if clock.target is None:
        return
    try:
        yield from _live(account, clock, clock.target, happen)
    except Exception:
        clock.target, clock.has_failed = None, True
        account.emit("test_helpers.test_clock.internal_failure", clock)
        raise
    if account.held_is(clock):  # or it was deleted on its way
        account.emit("test_helpers.test_clock.ready", clock)


def _live(
    account: Account,
    clock: TestClock,
    target: int,
    happen: Callable[[Account, Resource], None],
) -> Iterator[None]:
    for identifier in account.timeline.due_on_clock(clock.id, target):
        clock.frozen_time = max(clock.frozen_time, _time(account, clock))
        resource = account.any(identifier)
        if resource is not None:
            happen(account, resource)
        yield
    account.timeline.set_clock(clock.id, target)
    clock.frozen_time, clock.target = target, None


def retire(account: Account, clock: TestClock) -> None:
    """Delete a clock whose time is over, as a call does."""
    if account.now(None) >= clock.deletes_after:
        _forget(account, clock)


def _time(account: Account, clock: TestClock) -> int:
    customers = account.timeline.on_clock(clock.id)
    return account.now(customers[0]) if customers else clock.frozen_time


def delete(account: Account, _params: Params, identifier: str) -> Body:
    """Delete a clock, and all customers on it."""
    _forget(account, account.get(TestClock, identifier))
    return deleted(TestClock.kind, identifier)


def _forget(account: Account, clock: TestClock) -> None:
    for customer in account.timeline.on_clock(clock.id):
        found = account.find(Customer, customer)
        if found is not None and not found.is_deleted:
            leave(account, found)
    account.emit("test_helpers.test_clock.deleted", clock)
    account.remove(clock)
