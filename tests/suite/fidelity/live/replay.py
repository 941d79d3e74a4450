"""The flows on one Stripe, real or not: what each call answered, and which events came."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import stripe

from tests.suite.fidelity.flows import PLAIN
from tests.suite.fidelity.flows.steps import NOTE
from tests.suite.fidelity.flows.subscribing import CLOCK
from tests.suite.fidelity.live.comparison import Contrast, contrasts
from tests.suite.fidelity.objects import everywhere

SKEW_SECONDS = 300
"""How far this machine's clock may be from Stripe's."""


@dataclass
class Replay:
    """What came of the flows; `broken` has the error of each flow that could not go on."""

    answers: dict[str, Any] = field(default_factory=dict)
    events: set[str] = field(default_factory=set)
    broken: dict[str, str] = field(default_factory=dict)

    @property
    def ids(self) -> set[str]:
        """The ids of everything in the answers."""
        return {str(each["id"]) for each in everywhere(list(self.answers.values())) if "id" in each}


def replay(sdk: stripe.StripeClient) -> Replay:
    """Run all flows that need nothing but Stripe, and clear away what they made."""
    since, found = int(time.time()) - SKEW_SECONDS, Replay()
    try:
        for flow in PLAIN:
            try:
                for step in flow(sdk):
                    found.answers[f"{flow.__name__}: {step.name}"] = step.answer.to_dict()
            except stripe.StripeError as error:
                found.broken[flow.__name__] = str(error.user_message or error)
        found.events = set(_events(sdk, since, found.ids))
    finally:
        clear(sdk, since)
    return found


def differences(sandbox: Replay, real: Replay) -> list[Contrast]:
    """Each difference: calls that went wrong on one side, forms of answers, types of events."""
    found = [
        Contrast(flow, "the flow", *(each.broken.get(flow, "whole") for each in (sandbox, real)))
        for flow in sandbox.broken.keys() | real.broken.keys()
    ]
    for call in sandbox.answers.keys() & real.answers.keys():
        found += contrasts(call, sandbox.answers[call], real.answers[call])
    for kind in sandbox.events ^ real.events:
        here, there = ("seen", "unseen") if kind in sandbox.events else ("unseen", "seen")
        found.append(Contrast("events", kind, here, there))
    return sorted(found)


def _events(sdk: stripe.StripeClient, since: int, own: set[str]) -> Iterator[str]:
    """The types of the events about what is ours; the account may be in use by others."""
    for event in sdk.v1.events.list(_made(since)).auto_paging_iter():
        about = event.to_dict()["data"]["object"]
        if {str(about.get("id")), str(about.get("customer"))} & own:
            yield event.type


def clear(sdk: stripe.StripeClient, since: int) -> None:
    """Delete our clocks, customers with all they subscribe to, and endpoints; retire products."""
    clocks, endpoints = sdk.v1.test_helpers.test_clocks, sdk.v1.webhook_endpoints
    for clock in [each for each in clocks.list({"limit": 100}) if each.name == CLOCK]:
        clocks.delete(clock.id)
    for customer in filter(_is_ours, sdk.v1.customers.list(_made(since)).data):
        sdk.v1.customers.delete(customer.id)
    for product in filter(_is_ours, sdk.v1.products.list(_made(since)).data):
        sdk.v1.products.update(product.id, {"active": False})
    for endpoint in filter(_is_ours, endpoints.list({"limit": 100}).data):
        endpoints.delete(endpoint.id)


def _made(since: int) -> Any:
    return {"created": {"gte": since}, "limit": 100}


def _is_ours(thing: stripe.Customer | stripe.Product | stripe.WebhookEndpoint) -> bool:
    metadata = thing.metadata.to_dict() if thing.metadata else {}
    return metadata.items() >= NOTE.items()
