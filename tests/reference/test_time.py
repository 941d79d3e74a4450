"""However long Stripe takes, callers have their answer in time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest
import respx

from reference_impl import service
from reference_impl.provider import CALL_SECONDS
from tests.reference.backend import Backend, Event
from tests.reference.failures import refuses_in_good_order
from tests.reference.shapes import CUSTOMERS, INVOICES, PORTAL, SUBSCRIPTIONS, subscribe
from tests.reference.stripe_answers import Subscription, page, portal_session

Operation = Callable[[Backend], Awaitable[httpx.Response]]
OPERATIONS: dict[str, tuple[str, str, Operation]] = {
    "checkout": ("GET", SUBSCRIPTIONS, lambda backend: backend.checkout("pro")),
    "portal": ("POST", PORTAL, lambda backend: backend.call("POST", "/billing/portal")),
    "invoices": ("GET", INVOICES, lambda backend: backend.call("GET", "/billing/invoices")),
    "webhook": ("GET", SUBSCRIPTIONS, lambda backend: backend.deliver(Event("evt_2"))),
}


WELL = {SUBSCRIPTIONS: page(Subscription()), PORTAL: portal_session(), INVOICES: page()}


class Hang:
    """Never answers; whoever asks meets a clock that has moved on by these seconds.

    It counts who waits in vain: respx does not count calls that are given up.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds, self.ahead, self.calls = seconds, 0.0, 0

    async def __call__(self, _: httpx.Request) -> httpx.Response:
        """Wait until the caller gives up."""
        self.calls += 1
        self.ahead += self.seconds
        await asyncio.Event().wait()
        raise AssertionError


@pytest.fixture
async def hang(monkeypatch: pytest.MonkeyPatch) -> Hang:
    """A Stripe that hangs for as long as an answer may take, by the event loop's clock."""
    loop = asyncio.get_running_loop()
    hanging, clock = Hang(service.ANSWER_SECONDS), loop.time
    monkeypatch.setattr(loop, "time", lambda: clock() + hanging.ahead)
    return hanging


@pytest.mark.parametrize(("method", "path", "call"), OPERATIONS.values(), ids=OPERATIONS)
async def test_a_hanging_stripe_is_given_up(
    *,
    backend: Backend,
    stripe: respx.MockRouter,
    hang: Hang,
    method: str,
    path: str,
    call: Operation,
) -> None:
    """503 at the end of the time; nothing is left locked for the next call."""
    await subscribe(backend, stripe)
    route = stripe.request(method, path).mock(side_effect=hang)

    answers = [await call(backend) for _ in range(2)]

    assert hang.calls == 2
    assert [refuses_in_good_order(answer) for answer in answers] == [True, True]

    route.mock(return_value=WELL[path])
    assert (await call(backend)).status_code in {200, 201, 409}


async def test_each_call_has_a_limit_of_its_own(backend: Backend, stripe: respx.MockRouter) -> None:
    """Connecting, sending and reading; two that hang are still within an answer's time."""
    await subscribe(backend, stripe)
    stripe.post(PORTAL).mock(return_value=portal_session())
    await backend.call("POST", "/billing/portal")

    limits = [call.request.extensions["timeout"] for call in stripe.calls]

    assert len(limits) == 3
    assert {seconds for limit in limits for seconds in limit.values()} == {CALL_SECONDS}
    assert 2 * CALL_SECONDS <= service.ANSWER_SECONDS < 10


async def test_reads_do_not_wait_for_stripe(backend: Backend, stripe: respx.MockRouter) -> None:
    """While a checkout hangs, the same user's subscription is shown."""
    await subscribe(backend, stripe, Subscription(status="past_due"))
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def wait(_: httpx.Request) -> httpx.Response:
        asked.set()
        await go_on.wait()
        return page(Subscription())

    stripe.get(SUBSCRIPTIONS).mock(side_effect=wait)
    async with asyncio.TaskGroup() as tasks:
        checkout = tasks.create_task(backend.checkout("pro"))
        await asyncio.wait_for(asked.wait(), 5)

        shown = await backend.subscription()

        go_on.set()

    assert shown["status"] == "past_due"
    assert checkout.result().status_code == 409
    assert stripe.get(f"{CUSTOMERS}/cus_ada").call_count == 2
