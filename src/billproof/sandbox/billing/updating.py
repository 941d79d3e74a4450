"""The call that updates a subscription, rehearsed so that it is refused whole or done whole."""

from __future__ import annotations

from billproof.sandbox.billing import preview, subscriptions
from billproof.sandbox.billing.subscription import Subscription
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.params import Params

HARMLESS = frozenset(
    {"cancel_at_period_end", "cancellation_details", "description", "expand", "metadata"}
    | {"payment_behavior", "off_session", "proration_behavior"}
)
"""What is neither refused halfway nor paid for at once."""


def update(account: Account, params: Params, identifier: str) -> Subscription:
    """Change a running subscription; `error_if_incomplete` is about what is paid for at once."""
    strict = params.text("payment_behavior") == "error_if_incomplete"
    charged = bool(params.names() - HARMLESS) and _is_charged(account, params, identifier)
    if strict and not charged:
        params = _without_behavior(params)
    return subscriptions.update(account, params, identifier)


def _is_charged(account: Account, params: Params, identifier: str) -> bool:
    subscription = account.get(Subscription, identifier)
    coming = preview.changed(account, subscription, _without_behavior(params))
    sent = subscription.collection_method == "send_invoice"
    return coming is not None and coming.due > 0 and not sent


def _without_behavior(params: Params) -> Params:
    return Params({name: params.raw(name) for name in params.names() - {"payment_behavior"}})
