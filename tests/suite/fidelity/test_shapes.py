"""The comparison itself: what is right passes, and each way of being wrong is seen."""

from __future__ import annotations

from typing import Any

import pytest

from tests.suite.fidelity import sdk_types
from tests.suite.fidelity.exchanges import Exchange
from tests.suite.fidelity.objects import outermost
from tests.suite.fidelity.shapes import Difference


@pytest.fixture
def subscription(spoken: list[Exchange]) -> dict[str, Any]:
    """A subscription as the sandbox answers it, without a difference."""
    found = (each for exchange in spoken for each in outermost(exchange.answer))
    whole = next(each for each in found if each["object"] == "subscription")
    assert not list(sdk_types.compared(whole))
    return dict(whole)


@pytest.mark.parametrize(
    ("change", "field", "problem"),
    [
        ({"currency": None}, "currency", "null"),
        ({"start_date": "soon"}, "start_date", "wrong type"),
        ({"start_date": True}, "start_date", "wrong type"),
        ({"cancel_at_period_end": 1}, "cancel_at_period_end", "wrong type"),
        ({"status": "asleep"}, "status", "no such choice"),
        ({"colour": "red"}, "colour", "unknown"),
        ({"discounts": [7]}, "discounts[]", "wrong type"),
        ({"metadata": {"a": 1}}, "metadata.*", "wrong type"),
        ({"customer": {"object": "card"}}, "customer", "wrong type"),
        ({"billing_mode": {"type": "classic", "a": 1}}, "billing_mode.a", "unknown"),
    ],
)
def test_a_wrong_member_is_seen(
    subscription: dict[str, Any], change: dict[str, Any], field: str, problem: str
) -> None:
    """At its place, by what is wrong with it."""
    found = set(sdk_types.compared({**subscription, **change}))

    assert Difference("subscription", field, problem) in found


def test_of_a_deleted_customer_little_is_left(subscription: dict[str, Any]) -> None:
    """Where he is expanded; of one who is not said to be deleted much is missing."""
    gone = {"id": "cus_1", "object": "customer", "deleted": True}
    found = set(sdk_types.compared({**subscription, "customer": gone}))
    assert found == set()

    half = {"id": "cus_1", "object": "customer"}
    assert set(sdk_types.compared({**subscription, "customer": half}))


def test_a_member_that_is_missing_is_seen(subscription: dict[str, Any]) -> None:
    """Also inside an object of a list, where the place begins anew."""
    del subscription["customer"]
    item = subscription["items"]["data"][0]
    items = {"data": [{**item, "price": {**item["price"], "currency": None}}]}
    subscription["items"] = {**subscription["items"], **items}

    assert set(sdk_types.compared(subscription)) == {
        Difference("subscription", "customer", "missing"),
        Difference("price", "currency", "null"),
    }


def test_what_may_be_null_may_be_missing(subscription: dict[str, Any]) -> None:
    """The SDK has one word for both."""
    del subscription["ended_at"]

    assert not list(sdk_types.compared({**subscription, "cancel_at": None}))


def test_a_kind_that_nobody_knows_is_seen() -> None:
    """An object of our own invention is none of Stripe's."""
    assert [each.problem for each in sdk_types.compared({"object": "plum"})] == ["unknown kind"]
