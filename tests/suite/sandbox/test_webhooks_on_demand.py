"""Webhooks in the test's hand: held, released in any order, dropped, doubled, signed otherwise."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import stripe

from billproof.sandbox.client import Sandbox, SandboxRefused
from tests.suite.sandbox.conftest import Receiver, wait_until
from tests.suite.sandbox.held import SECRET, held_story


def _ids(receiver: Receiver, count: int) -> list[str]:
    return [str(json.loads(receiver.next().body)["id"]) for _ in range(count)]


def test_events_are_released_in_any_order(sandbox: Sandbox, receiver: Receiver) -> None:
    """Backwards, for instance; then nothing is held any more."""
    held = held_story(sandbox, receiver)
    assert len(held) > 5

    sandbox.release(held[::-1])

    assert _ids(receiver, len(held)) == held[::-1]
    assert sandbox.held() == []


def test_what_was_refused_is_held_again(sandbox: Sandbox, receiver: Receiver) -> None:
    """Nothing comes by itself in manual mode; what is taken is held no more."""
    receiver.statuses = [500, 200]
    refused, taken = held_story(sandbox, receiver)[:2]

    attempts = sandbox.release([refused, taken])

    assert [attempt.taken for attempt in attempts] == [False, True]
    held = [event.id for event in sandbox.held()]
    assert (refused in held, taken in held) == (True, False)
    assert sandbox.webhooks().under_way == 0
    sandbox.deliver(refused)
    assert refused not in [event.id for event in sandbox.held()]


def test_a_release_may_go_on_by_itself(sandbox: Sandbox, receiver: Receiver) -> None:
    """While it is tried again it is not held but under way; given up, it is held again."""
    receiver.statuses = [500, 503, 200, 502]
    event, other = held_story(sandbox, receiver)[:2]
    sandbox.set_webhook(receiver.url, SECRET, mode="manual", back_off=[0.5, 0])

    assert sandbox.deliver(event, retries=True).status == 500
    assert event not in [each.id for each in sandbox.held()]
    assert sandbox.webhooks().under_way == 1
    wait_until(lambda: sandbox.webhooks().under_way == 0)

    statuses = [each.status for each in sandbox.attempts(event=event)]
    assert statuses == [500, 503, 200]
    assert event not in [each.id for each in sandbox.held()]
    sandbox.deliver_later(other, 0, retries=True)
    wait_until(lambda: sandbox.webhooks().under_way == 0)
    assert [each.number for each in sandbox.attempts(event=other)] == [1, 2, 3]
    assert other in [each.id for each in sandbox.held()]


def test_a_drop_ends_the_retries_of_a_release(sandbox: Sandbox, receiver: Receiver) -> None:
    """Those of another event go on."""
    receiver.statuses = [500]
    dropped, other = held_story(sandbox, receiver)[:2]
    # Longer than it takes to say the next two lines, also on a machine that is busy.
    sandbox.set_webhook(receiver.url, SECRET, mode="manual", back_off=[2])
    sandbox.release([dropped, other], retries=True)

    sandbox.drop(dropped)

    wait_until(lambda: sandbox.webhooks().under_way == 0)
    assert [len(sandbox.attempts(event=each)) for each in (dropped, other)] == [1, 2]


@pytest.mark.parametrize(
    "how", [{"secret": "whsec_forged"}, {"age": 400}, {"created": 7}, {"form": "thin"}]
)
def test_what_stripe_would_not_send_releases_nothing(
    sandbox: Sandbox, receiver: Receiver, how: dict[str, object]
) -> None:
    """The event itself is still to come; in another version it has come."""
    event, other = held_story(sandbox, receiver)[:2]

    assert sandbox.deliver(event, **how).taken
    assert sandbox.deliver(other, api_version="2024-06-20").taken

    held = [each.id for each in sandbox.held()]
    assert (event in held, other in held) == (True, False)


def test_what_nobody_wanted_is_held_until_somebody_gets_it(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    """In manual mode, before there is an endpoint; in auto mode nothing is."""
    sandbox.create_customer()
    assert sandbox.held() == []
    sandbox.send("PUT", "/_sandbox/webhooks", json={"mode": "manual"})
    (event,) = (each.id for each in sandbox.held())

    sandbox.set_webhook(receiver.url, SECRET, mode="manual")

    assert [each.id for each in sandbox.held()] == [event]
    sandbox.deliver(event)
    assert sandbox.held() == []


def test_what_was_given_up_is_held(sandbox: Sandbox, receiver: Receiver) -> None:
    """In auto mode too: it does not come by itself any more."""
    receiver.statuses = [500, 500, 200]
    sandbox.set_webhook(receiver.url, SECRET, back_off=[0])
    first = sandbox.create_customer().id
    wait_until(lambda: sandbox.webhooks().under_way == 0)
    second = sandbox.create_customer().id
    wait_until(lambda: sandbox.webhooks().under_way == 0)

    held = [event.customer for event in sandbox.held()]

    assert len(sandbox.attempts(customer=second)) == 1
    assert held == [first]


def test_a_dropped_event_never_leaves(sandbox: Sandbox, receiver: Receiver) -> None:
    """Not even when the others are let go; on demand it still can."""
    held = held_story(sandbox, receiver)

    sandbox.drop(held[0])

    assert held[0] not in [event.id for event in sandbox.held()]
    sandbox.release(held[1:])
    assert held[0] not in _ids(receiver, len(held) - 1)
    assert sandbox.deliver(held[0]).taken


def test_a_drop_ends_the_retries(sandbox: Sandbox, receiver: Receiver) -> None:
    """What has failed does not come again; another event does."""
    receiver.statuses = [500]
    sandbox.set_webhook(receiver.url, SECRET, back_off=[0.3])
    first = sandbox.create_customer().id
    event = sandbox.events(customer=first)[0].id
    assert _ids(receiver, 1) == [event]

    sandbox.drop(event)

    second = sandbox.create_customer().id
    other = sandbox.events(customer=second)[0].id
    assert _ids(receiver, 2) == [other, other]
    assert len(sandbox.attempts(event=event)) == 1


def test_an_event_comes_twice(sandbox: Sandbox, receiver: Receiver) -> None:
    """The same bytes, signed anew."""
    held = held_story(sandbox, receiver)

    sandbox.deliver(held[0], times=3)

    bodies = {receiver.next().body for _ in range(3)}
    assert len(bodies) == 1
    assert len(sandbox.attempts(event=held[0])) == 3


def test_copies_arrive_at_once(sandbox: Sandbox, receiver: Receiver) -> None:
    """No one is answered before all have come: they truly overlap."""
    held = held_story(sandbox, receiver)
    receiver.meeting = Barrier(4)

    attempts = sandbox.release([held[0]], times=4, parallel=True)

    assert [attempt.status for attempt in attempts] == [200] * 4


def test_an_event_comes_later(sandbox: Sandbox, receiver: Receiver) -> None:
    """The call is answered at once; what is sent meanwhile overtakes it."""
    held = held_story(sandbox, receiver)

    sandbox.deliver_later(held[0], 0.3)
    sandbox.deliver(held[1])

    assert _ids(receiver, 2) == [held[1], held[0]]


def test_an_endpoint_gets_what_it_wants_unless_it_is_named(
    sdk: stripe.StripeClient, sandbox: Sandbox, receiver: Receiver
) -> None:
    """One that is off, or that wants other types, gets it when the test says so."""
    endpoint = sdk.v1.webhook_endpoints.create(
        {"url": receiver.url, "enabled_events": ["invoice.paid"]}
    )
    customer = sandbox.create_customer().id
    event = sandbox.events(customer=customer)[0].id
    with pytest.raises(SandboxRefused, match="name one with `endpoint`"):
        sandbox.deliver(event)

    assert sandbox.deliver(event, endpoint=endpoint.id).taken

    assert receiver.next().type == "customer.created"


def test_an_event_tells_how_many_endpoints_wait(
    sdk: stripe.StripeClient, sandbox: Sandbox, receiver: Receiver
) -> None:
    """Two at first, none when both have taken it; its text stays as it was."""
    for _ in range(2):
        sdk.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]})
    customer = sandbox.create_customer().id
    event = sandbox.events(customer=customer)[0].id

    texts = {receiver.next().body for _ in range(2)}

    wait_until(lambda: sdk.v1.events.retrieve(event).pending_webhooks == 0)
    assert [json.loads(text)["pending_webhooks"] for text in texts] == [2]


def test_nobody_holds_anothers_events(sandbox: Sandbox, receiver: Receiver) -> None:
    """Hundreds of customers at once, every second one held: each gets what is his."""
    sandbox.set_webhook(receiver.url, SECRET)
    names = [f"user-{number}" for number in range(200)]

    def live(number: int) -> str:
        customer = sandbox.create_customer().id
        if number % 2:
            sandbox.set_delivery(customer, "manual")
        sandbox.stripe("POST", f"/v1/customers/{customer}", {"name": names[number]})
        return customer

    with ThreadPoolExecutor(8) as pool:
        customers = list(pool.map(live, range(200)))

    free = {customers[number] for number in range(0, 200, 2)}
    updated: set[str] = set()
    while len(updated) < len(free):
        event = json.loads(receiver.next().body)
        if event["type"] == "customer.updated":
            updated.add(event["data"]["object"]["id"])
    assert updated == free
    held = [event.customer for event in sandbox.held() if event.type == "customer.updated"]
    assert set(held) == set(customers) - free
