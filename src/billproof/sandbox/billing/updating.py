"""The call that updates a subscription, rehearsed where it must not leave a payment open."""

from __future__ import annotations

from billproof.sandbox.billing import preview, subscriptions
from billproof.sandbox.billing.subscription import Subscription
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.params import Params


def update(account: Account, params: Params, identifier: str) -> Subscription:
    """Change a running subscription; `payment_behavior` is about what is paid for at once only."""
    strict = params.text("payment_behavior") == "error_if_incomplete"
    if strict and not _is_charged(account, params, identifier):
        said = {name: params.raw(name) for name in params.names() - {"payment_behavior"}}
        params = Params(said)
    return subscriptions.update(account, params, identifier)


def _is_charged(account: Account, params: Params, identifier: str) -> bool:
    subscription = account.get(Subscription, identifier)
    wished = {name: params.raw(name) for name in preview.CHANGES if name in params}
    if not wished or subscription.collection_method == "send_invoice":
        return False
    coming = preview.changed(account, subscription, Params(wished))
    return coming is not None and coming.due > 0
