"""How a subscription wants to be paid: which methods, and whether it keeps the card that paid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.resource import nulls

METHODS = nulls(
    "acss_debit bancontact billie blik card customer_balance konbini payto pix sepa_debit upi "
    "us_bank_account"
)
OF_CARDS = nulls("network request_three_d_secure")


def settings_of(params: Params, current: Mapping[str, Any]) -> Mapping[str, Any]:
    """The settings after a call: each that it names is replaced, an empty one is unset."""
    given = dict(params.json("payment_settings") or {})
    options = given.get("payment_method_options")
    if options:
        given["payment_method_options"] = METHODS | _whole(options)
    return {**current, **{name: said or None for name, said in given.items()}}


def _whole(options: dict[str, Any]) -> dict[str, Any]:
    card = options.get("card")
    return {**options, "card": OF_CARDS | card} if card else options
