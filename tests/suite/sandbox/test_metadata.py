"""Metadata: merged, deleted, bounded."""

from __future__ import annotations

import pytest
import stripe


def test_keys_merge_and_an_empty_value_deletes_its_key(sdk: stripe.StripeClient) -> None:
    """What is not named stays."""
    customer = sdk.v1.customers.create({"metadata": {"a": "1", "b": "2"}})

    changed = sdk.v1.customers.update(customer.id, {"metadata": {"b": "", "c": "3"}})

    assert changed.metadata is not None
    assert changed.metadata.to_dict() == {"a": "1", "c": "3"}


def test_an_empty_text_deletes_all_of_it(sdk: stripe.StripeClient) -> None:
    """`metadata=` clears every key."""
    customer = sdk.v1.customers.create({"metadata": {"a": "1"}})

    changed = sdk.v1.customers.update(customer.id, {"metadata": ""})

    assert changed.metadata is not None
    assert changed.metadata.to_dict() == {}


def test_a_session_keeps_its_notes_apart_from_its_subscriptions(sdk: stripe.StripeClient) -> None:
    """A session's metadata is its own."""
    session = sdk.v1.checkout.sessions.create(
        {
            "mode": "subscription",
            "line_items": [{"price": "price_pro", "quantity": 1}],
            "success_url": "https://shop.test",
            "metadata": {"on": "session"},
            "subscription_data": {"metadata": {"on": "subscription"}},
        }
    )

    assert session.metadata is not None
    assert session.metadata.to_dict() == {"on": "session"}


def test_merged_keys_are_fifty_at_most(sdk: stripe.StripeClient) -> None:
    """Those that are there count; one may take another's place."""
    customer = sdk.v1.customers.create({"metadata": {str(key): "x" for key in range(50)}}).id

    with pytest.raises(stripe.InvalidRequestError) as caught:
        sdk.v1.customers.update(customer, {"metadata": {"more": "x"}})

    assert caught.value.param == "metadata"
    sdk.v1.customers.update(customer, {"metadata": {"more": "x", "0": ""}})
