"""The comparison with the real Stripe, which cannot be reached here, between two sandboxes."""

from __future__ import annotations

import uuid

import pytest
import stripe

from tests.suite.fidelity.live.__main__ import LIVE_KEY, NO_KEY, main
from tests.suite.fidelity.live.comparison import Contrast, contrasts
from tests.suite.fidelity.live.replay import Replay, differences, replay

OLD = "2024-06-20"
"""An API version whose answers have other shapes: the planted difference."""


def client(server: str, version: str | None = None) -> stripe.StripeClient:
    """An account of its own."""
    key = f"sk_test_{uuid.uuid4().hex}"
    return stripe.StripeClient(key, base_addresses={"api": server}, stripe_version=version)


@pytest.fixture(scope="module")
def here(server: str) -> Replay:
    """The flows on one sandbox."""
    return replay(client(server))


def test_the_same_thing_twice_does_not_differ(here: Replay, server: str) -> None:
    """Every flow was whole, and was compared."""
    there = replay(client(server))

    assert here.broken == {}
    assert len(here.answers) > 40
    assert "invoice.paid" in here.events
    assert differences(here, there) == []


def test_a_planted_difference_is_found(here: Replay, server: str) -> None:
    """Members that came and that went, by call and place."""
    there = replay(client(server, OLD))

    found = differences(here, there)

    call = "subscriber: subscribe"
    assert Contrast(call, "current_period_end", "absent", "integer") in found
    assert Contrast("debtor: pay an invoice", "parent", "object", "absent") in found


def test_forms_differ_once_and_outermost() -> None:
    """Types, members and elements; the values do not matter, nor what lies inside."""
    sandbox = {"a": 1, "b": {"c": "x"}, "d": [{"e": None}], "f": "same"}
    stripe_ = {"a": "1", "d": [{"e": 2}, {"e": None}], "f": "other"}

    assert [str(each) for each in contrasts("call", sandbox, stripe_)] == [
        "call: a is integer here, text at Stripe",
        "call: b is object here, absent at Stripe",
        "call: d[].e is null here, integer or null at Stripe",
    ]


def test_events_and_flows_of_one_side_are_said() -> None:
    """A type that one of them never sent, and a flow that one of them refused."""
    sandbox = Replay(events={"invoice.paid", "invoice.created"})
    real = Replay(events={"invoice.paid"}, broken={"trial": "No such price"})

    assert differences(sandbox, real) == [
        Contrast("events", "invoice.created", "seen", "unseen"),
        Contrast("trial", "the flow", "whole", "No such price"),
    ]


def test_nothing_of_its_own_is_left(server: str) -> None:
    """Customers and endpoints are deleted, products retired; what others made stays."""
    sdk = client(server)
    other = sdk.v1.customers.create({"name": "Other"})

    replay(sdk)

    assert [each.id for each in sdk.v1.customers.list()] == [other.id]
    assert sdk.v1.webhook_endpoints.list().data == []
    assert sdk.v1.test_helpers.test_clocks.list().data == []
    ours = [each for each in sdk.v1.products.list({"active": True}) if each.name == "Fidelity"]
    assert ours == []


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("", NO_KEY),
        ("sk_live_1", LIVE_KEY),
        ("rk_live_1", LIVE_KEY),
        ("pk_test_1", LIVE_KEY),
    ],
)
def test_only_a_test_key_will_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], key: str, told: str
) -> None:
    """One line, exit code 2, and nobody is asked."""
    monkeypatch.setenv("STRIPE_TEST_KEY", key)

    assert main() == 2
    assert capsys.readouterr().err == told + "\n"
