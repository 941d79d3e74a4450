"""What becomes of an event, and how it is counted."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest
import respx

from reference_impl.store import Store
from tests.reference.backend import ADA, BOB, Backend, Event, problem, started
from tests.reference.deliveries import DELIVERED, UPDATED, outcome
from tests.reference.rows import EventRows
from tests.reference.shapes import CUSTOMERS, SUBSCRIPTIONS, subscribe
from tests.reference.stripe_answers import (
    Subscription,
    customer,
    deleted_customer,
    no_such_customer,
    page,
)


async def test_an_event_makes_stripe_be_read(backend: Backend, stripe: respx.MockRouter) -> None:
    """All subscriptions of its customer, whatever the event itself says."""
    await subscribe(backend, stripe, Subscription(status="past_due"))

    shown = await backend.subscription()

    asked = stripe.get(SUBSCRIPTIONS).calls.last.request.url.params
    assert dict(asked) == {"customer": "cus_ada", "status": "all", "limit": "100"}
    assert shown == {
        "plan": "pro",
        "effective_plan": "pro",
        "status": "past_due",
        "access": True,
        "current_period_end": "2100-01-01T00:00:00Z",
        "ends_at": None,
        "cancels": False,
    }
    assert (await backend.subscription(BOB))["status"] == "none"


async def test_a_duplicate_changes_nothing(backend: Backend, stripe: respx.MockRouter) -> None:
    """Stripe is not even asked; each delivery is counted under what became of it."""
    await subscribe(backend, stripe)
    assert await outcome(backend, Event("evt_1")) == "processed"
    before = len(stripe.calls)

    again = [await outcome(backend, Event("evt_1")) for _ in range(2)]

    assert again == ["duplicate", "duplicate"]
    assert len(stripe.calls) == before
    assert await backend.counted(DELIVERED, type=UPDATED, outcome="processed") == 2
    assert await backend.counted(DELIVERED, type=UPDATED, outcome="duplicate") == 2


async def test_one_event_at_once_has_one_effect(backend: Backend, stripe: respx.MockRouter) -> None:
    """One delivery is processed, the others are duplicates."""
    stripe.get(f"{CUSTOMERS}/cus_ada").mock(return_value=customer("cus_ada", ADA))
    read = stripe.get(SUBSCRIPTIONS).mock(return_value=page(Subscription()))

    outcomes = await asyncio.gather(*(outcome(backend, Event()) for _ in range(10)))

    assert sorted(outcomes) == ["duplicate"] * 9 + ["processed"]
    assert read.call_count == 1


async def test_all_items_of_stripes_pages_are_read(
    backend: Backend, stripe: respx.MockRouter
) -> None:
    """A customer with two subscriptions has the better one."""
    await subscribe(
        backend,
        stripe,
        Subscription("sub_2", "price_billproof_basic"),
        Subscription("sub_1", "price_billproof_team", "canceled"),
        Subscription("sub_3", "price_of_another_product"),
    )

    shown = await backend.subscription()

    assert (shown["plan"], shown["status"]) == ("basic", "active")


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (Event(type="price.created"), "other"),
        (Event(type="v2.core.event"), "other"),
        (Event(type="invoice.paid", customer=None), "invoice.paid"),
        (Event(livemode=True), UPDATED),
    ],
    ids=["type", "v2", "no customer", "livemode"],
)
async def test_what_does_not_concern_us_is_ignored(
    backend: Backend, event: Event, kind: str
) -> None:
    """Without asking Stripe; delivered again, it is a duplicate."""
    assert [await outcome(backend, event) for _ in range(2)] == ["ignored", "duplicate"]
    assert await backend.counted(DELIVERED, type=kind, outcome="ignored") == 1
    assert await backend.counted(DELIVERED, type=kind, outcome="duplicate") == 1


async def test_the_key_says_which_mode_is_ours(
    environ: dict[str, str], stripe: respx.MockRouter
) -> None:
    """With a live key, test events are the strangers; one that does not say is a test event."""
    environ["STRIPE_SECRET_KEY"] = "sk_live_of_these_tests"
    stripe.get(f"{CUSTOMERS}/cus_ada").mock(return_value=customer("cus_ada", ADA))
    stripe.get(SUBSCRIPTIONS).mock(return_value=page(Subscription()))

    async with started(environ) as live:
        modes = {"evt_1": False, "evt_2": None, "evt_3": True}
        outcomes = [await outcome(live, Event(name, livemode=mode)) for name, mode in modes.items()]

    assert outcomes == ["ignored", "ignored", "processed"]


@pytest.mark.parametrize(
    "answer",
    [customer("cus_ada"), deleted_customer(), no_such_customer("id")],
    ids=["no user", "deleted", "unknown"],
)
async def test_an_unknown_owner_is_ignored(
    backend: Backend, stripe: respx.MockRouter, answer: httpx.Response
) -> None:
    """A known owner's event is not, afterwards."""
    asked = stripe.get(f"{CUSTOMERS}/cus_ada").mock(return_value=answer)

    assert await outcome(backend, Event("evt_1")) == "ignored"

    assert asked.call_count == 1
    await subscribe(backend, stripe)
    assert (await backend.subscription())["access"] is True


@pytest.mark.parametrize("user", ["", "ada", "-41", "4.1", "٤٢", "9" * 20, "9" * 500])
async def test_metadata_of_others_name_nobody(
    backend: Backend, stripe: respx.MockRouter, user: str
) -> None:
    """Other products write what they like there."""
    told = {"id": "cus_ada", "object": "customer", "metadata": {"telegram_user_id": user}}
    asked = stripe.get(f"{CUSTOMERS}/cus_ada").respond(json=told)

    # Had it named somebody, Stripe would be asked for more, and this test allows no more.
    assert await outcome(backend, Event()) == "ignored"
    assert asked.call_count == 1


async def test_another_products_customer_is_not_ours(
    backend: Backend, stripe: respx.MockRouter
) -> None:
    """Though its metadata name a user: he has no plan, and no portal."""
    stripe.get(f"{CUSTOMERS}/cus_ada").mock(return_value=customer("cus_ada", ADA))
    read = stripe.get(SUBSCRIPTIONS).mock(return_value=page(Subscription(price="price_other")))

    assert await outcome(backend, Event()) == "ignored"

    assert read.called
    assert (await backend.subscription())["status"] == "none"
    assert problem(await backend.call("POST", "/billing/portal")) == (409, "no-customer")


async def test_a_deleted_customers_state_is_kept(
    backend: Backend, stripe: respx.MockRouter
) -> None:
    """Stripe no longer lists his subscriptions: the event that ended them was another."""
    await subscribe(backend, stripe)
    asked = stripe.get(SUBSCRIPTIONS).mock(return_value=no_such_customer("customer"))

    assert await outcome(backend, Event("evt_2", "customer.deleted")) == "ignored"
    assert asked.called


@pytest.mark.parametrize(
    "about",
    [
        {"object": "customer", "id": "cus_ada"},
        {"object": "invoice", "customer": "cus_ada"},
        {"object": "checkout.session", "customer": {"id": "cus_ada", "object": "customer"}},
        {"customer": "cus_ada"},
    ],
    ids=["customer", "invoice", "expanded", "no kind"],
)
async def test_whom_an_event_is_about(
    backend: Backend, stripe: respx.MockRouter, about: dict[str, object]
) -> None:
    """Its object is the customer, or names him, or holds him."""
    stripe.get(f"{CUSTOMERS}/cus_ada").mock(return_value=customer("cus_ada", ADA))
    stripe.get(SUBSCRIPTIONS).mock(return_value=page(Subscription()))
    told = {"id": "evt_1", "type": UPDATED, "livemode": False, "data": {"object": about}}

    assert await outcome(backend, json.dumps(told).encode()) == "processed"


async def test_another_worker_may_have_been_quicker(
    backend: Backend, stripe: respx.MockRouter, store: Store
) -> None:
    """It takes the event while this one reads at Stripe: here it is a duplicate then."""

    async def taken_meanwhile(_: httpx.Request) -> httpx.Response:
        async with store.write() as session:
            session.add(EventRows.build())
        return page(Subscription())

    stripe.get(f"{CUSTOMERS}/cus_ada").mock(return_value=customer("cus_ada", ADA))
    stripe.get(SUBSCRIPTIONS).mock(side_effect=taken_meanwhile)

    assert await outcome(backend, Event("evt_1")) == "duplicate"
