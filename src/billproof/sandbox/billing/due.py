"""Which module knows what is due for an object."""

from __future__ import annotations

from billproof.sandbox.billing import checkout, collection, cycle, upcoming
from billproof.sandbox.billing.checkout_session import Session
from billproof.sandbox.billing.subscription import Subscription
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.invoice import Invoice
from billproof.sandbox.objects.resource import Resource


def happen(account: Account, resource: Resource) -> None:
    """Do what is due for `resource` at the instant at which its owner is."""
    if isinstance(resource, Session):
        checkout.expire_if_due(account, resource)
    elif isinstance(resource, Subscription):
        try:
            upcoming.announce_if_due(account, resource)
            cycle.turn(account, resource)
        finally:
            cycle.plan(account, resource)
    elif isinstance(resource, Invoice):
        collection.turn(account, resource)
