"""What a checkout session repeats of the call that made it."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from billproof.sandbox.client import Sandbox
from tests.suite.sandbox.conftest import SUCCESS

ECHOES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (
        {"automatic_tax": {"enabled": True}},
        {
            "enabled": True,
            "liability": {"type": "self"},
            "provider": "stripe",
            "status": "requires_location_inputs",
        },
    ),
    ({"tax_id_collection": {"enabled": True}}, {"enabled": True, "required": "never"}),
    (
        {"consent_collection": {"terms_of_service": "required"}},
        {
            "payment_method_reuse_agreement": None,
            "promotions": None,
            "terms_of_service": "required",
        },
    ),
    (
        {"saved_payment_method_options": {"payment_method_save": "enabled"}},
        {
            "allow_redisplay_filters": ["always"],
            "payment_method_remove": None,
            "payment_method_save": "enabled",
        },
    ),
    (
        {"after_expiration": {"recovery": {"enabled": True}}},
        {
            "recovery": {
                "allow_promotion_codes": False,
                "enabled": True,
                "expires_at": None,
                "url": None,
            }
        },
    ),
    (
        {"custom_text": {"submit": {"message": "Hello"}}},
        {
            "after_submit": None,
            "shipping_address": None,
            "submit": {"message": "Hello"},
            "terms_of_service_acceptance": None,
        },
    ),
    (
        {"name_collection": {"business": {"enabled": True}}},
        {"business": {"enabled": True, "optional": False}},
    ),
    ({"phone_number_collection": {"enabled": True}}, {"enabled": True}),
    (
        {"shipping_address_collection": {"allowed_countries": ["DE"]}},
        {"allowed_countries": ["DE"]},
    ),
    (
        {"payment_method_options": {"card": {"request_three_d_secure": "any"}}},
        {"card": {"request_three_d_secure": "any"}},
    ),
]


def _open(sdk: stripe.StripeClient, **params: Any) -> dict[str, Any]:
    lines = [{"price": "price_pro", "quantity": 1}]
    usual = {"mode": "subscription", "success_url": SUCCESS, "line_items": lines}
    made = sdk.v1.checkout.sessions.create({**usual, **params})  # type: ignore[arg-type,typeddict-item,unused-ignore]  # a dict by hand
    return dict(made.to_dict())


@pytest.mark.parametrize(("params", "shown"), ECHOES, ids="".join)
def test_a_wish_is_shown_on_the_session(
    sdk: stripe.StripeClient, params: dict[str, Any], shown: dict[str, Any]
) -> None:
    """Completed with what Stripe adds to it."""
    [name] = params

    assert _open(sdk, **params)[name] == shown


def test_a_custom_field_is_shown_with_its_kind(sdk: stripe.StripeClient) -> None:
    """Nobody has filled it in yet."""
    label = {"type": "custom", "custom": "Team"}
    wished = {"key": "team", "label": label, "type": "text"}

    [field] = _open(sdk, custom_fields=[wished])["custom_fields"]

    empty = {"default_value": None, "maximum_length": None, "minimum_length": None, "value": None}
    assert field == {**wished, "optional": False, "text": empty}


def test_taxes_are_settled_once_it_is_paid(sdk: stripe.StripeClient, sandbox: Sandbox) -> None:
    """Until then the address is missing."""
    session = _open(sdk, automatic_tax={"enabled": True})["id"]

    sandbox.pay(session)

    tax = sdk.v1.checkout.sessions.retrieve(session).automatic_tax
    assert (tax.enabled, tax.status) == (True, "complete")
