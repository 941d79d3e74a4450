"""The calls on single items of a subscription; each is an update of the subscription."""

from __future__ import annotations

from typing import Any

from billproof.sandbox.billing import updating
from billproof.sandbox.billing.subscription import Item, Subscription
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.resource import Body, deleted

OF_THE_UPDATE = ("proration_behavior", "proration_date", "payment_behavior", "off_session")


def create(account: Account, params: Params) -> Item:
    """One more item."""
    subscription = account.referred(Subscription, params.required("subscription"), "subscription")
    known = {item.id for item in subscription.items}
    _update(account, params, subscription.id, {})
    return next(item for item in subscription.items if item.id not in known)


def update(account: Account, params: Params, identifier: str) -> Item:
    """Another price or quantity."""
    item = account.get(Item, identifier)
    _update(account, params, item.subscription, {"id": identifier})
    return item


def delete(account: Account, params: Params, identifier: str) -> Body:
    """One item less."""
    item = account.get(Item, identifier)
    _update(account, params, item.subscription, {"id": identifier, "deleted": True})
    return deleted(item.kind, identifier)


def _update(account: Account, params: Params, subscription: str, line: dict[str, Any]) -> None:
    given = {name: params.json(name) for name in params.names()}
    outer = {name: given.pop(name) for name in OF_THE_UPDATE if name in given}
    inner = {name: given[name] for name in given if name not in {"subscription", "expand"}}
    if params.integer("quantity") == 0:
        inner["quantity"] = 0
    updating.update(account, Params({**outer, "items": [{**inner, **line}]}), subscription)
