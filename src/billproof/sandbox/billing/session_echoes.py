"""What a checkout session repeats of the call that made it, completed as Stripe completes it."""

from __future__ import annotations

from typing import Any

from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.resource import Body, nulls

VERBATIM = (
    "allow_promotion_codes billing_address_collection locale submit_type origin_context "
    "integration_identifier cancel_url success_url"
)
ONLY_WHEN_SENT = "return_url redirect_on_completion excluded_payment_method_types"
TYPED = nulls("default_value maximum_length minimum_length value")
WHOLE: dict[str, Body] = {
    "consent_collection": nulls("payment_method_reuse_agreement promotions terms_of_service"),
    "saved_payment_method_options": {
        "allow_redisplay_filters": ["always"],
        **nulls("payment_method_remove payment_method_save"),
    },
    "shipping_address_collection": {},
}
"""Objects that are null unless they are asked for, with what they then have at least."""


def echoes(asked: Params, *, complete: bool) -> Body:
    """Those members of the session; `complete` once it has been paid."""
    return {
        **{name: asked.json(name) for name in VERBATIM.split()},
        **{name: asked.json(name) for name in ONLY_WHEN_SENT.split() if name in asked},
        **{name: _whole(asked, name, least) for name, least in WHOLE.items()},
        **_when_sent(asked),
        "after_expiration": _after_expiration(asked.child("after_expiration")),
        "automatic_tax": _automatic_tax(asked, complete=complete),
        "custom_fields": [_custom_field(each) for each in asked.json("custom_fields") or []],
        "custom_text": {
            **nulls("after_submit shipping_address submit terms_of_service_acceptance"),
            **{name: text or None for name, text in (asked.json("custom_text") or {}).items()},
        },
        "payment_method_collection": asked.text("payment_method_collection") or "always",
        "payment_method_options": {
            "card": {
                "request_three_d_secure": "automatic",
                **((asked.json("payment_method_options") or {}).get("card") or {}),
            }
        },
        "payment_method_types": asked.texts("payment_method_types") or ["card"],
        "phone_number_collection": asked.json("phone_number_collection") or {"enabled": False},
        "ui_mode": asked.text("ui_mode") or "hosted_page",
    }


def _whole(asked: Params, name: str, least: Body) -> Body | None:
    given = asked.json(name)
    return {**least, **given} if given else None


def _when_sent(asked: Params) -> Body:
    found: Body = {}
    if "tax_id_collection" in asked:
        found["tax_id_collection"] = {"required": "never", **asked.json("tax_id_collection")}
    if "name_collection" in asked:
        found["name_collection"] = {
            who: {"optional": False, **said} for who, said in asked.json("name_collection").items()
        }
    return found


def _automatic_tax(asked: Params, *, complete: bool) -> Body:
    if not asked.child("automatic_tax").flag("enabled"):
        return {"enabled": False, **nulls("liability provider status")}
    status = "complete" if complete else "requires_location_inputs"
    liability = asked.child("automatic_tax").json("liability") or {"type": "self"}
    return {"enabled": True, "liability": liability, "provider": "stripe", "status": status}


def _after_expiration(said: Params) -> Body | None:
    if "recovery" not in said:
        return None
    recovery = {"allow_promotion_codes": False, **nulls("expires_at url"), **said.json("recovery")}
    return {"recovery": recovery}


def _custom_field(said: dict[str, Any]) -> Body:
    kind = said["type"]
    given = said.get(kind) or {}
    usual = {**nulls("default_value value"), "options": []} if kind == "dropdown" else TYPED
    return {"optional": False, **said, kind: {**usual, **given}}
