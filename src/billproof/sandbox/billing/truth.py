"""Sets the state of a subscription by hand, as months of life would have done."""

from __future__ import annotations

from typing import Any

from billproof.sandbox.billing import cycle
from billproof.sandbox.billing.subscription import Subscription
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.errors import Refusal, StripeError

INSTANTS = frozenset(
    {"cancel_at", "canceled_at", "ended_at", "trial_start", "trial_end", "billing_cycle_anchor"}
)
PERIOD = {"current_period_start": "period_start", "current_period_end": "period_end"}
PLAIN = INSTANTS | {
    "status",
    "cancel_at_period_end",
    "pause_collection",
    "metadata",
    "description",
    "default_payment_method",
}


def apply(account: Account, subscription: Subscription, changes: dict[str, Any]) -> None:
    """Set members, and say so by event: deleted when it becomes canceled, else updated.

    Who sets a period or a status takes it in his own hands: nothing renews by itself any more,
    except that a scheduled end still comes.
    """
    _check(changes)
    subscription.by_hand |= bool({"status", *PERIOD} & set(changes))
    before, was = subscription.body(), subscription.status
    for name, value in changes.items():
        _set(subscription, name, value)
    if "cancel_at_period_end" in changes and "cancel_at" not in changes:
        ending = subscription.cancel_at_period_end
        subscription.cancel_at = subscription.period_end if ending else None
    if subscription.status == "canceled" != was:
        subscription.ended_at = subscription.ended_at or account.now(subscription.customer)
        subscription.canceled_at = subscription.canceled_at or subscription.ended_at
        account.emit("customer.subscription.deleted", subscription)
    else:
        account.emit("customer.subscription.updated", subscription, before)
    cycle.plan(account, subscription)


def _set(subscription: Subscription, name: str, value: Any) -> None:
    if name in PERIOD:
        for item in subscription.items:
            setattr(item, PERIOD[name], value)
        if name == "current_period_end" and subscription.cancel_at_period_end:
            subscription.cancel_at = value
    elif name in PLAIN:
        setattr(subscription, name, value)
    else:
        subscription.extra = {**subscription.extra, name: value}


def _check(changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        if name in PERIOD or name == "billing_cycle_anchor":
            refuse_unless(_instant(value), name, "an instant in whole seconds")
        elif name in INSTANTS:
            refuse_unless(value is None or _instant(value), name, "an instant or null")
        elif name == "status":
            refuse_unless(isinstance(value, str) and bool(value), name, "a text")
        elif name == "cancel_at_period_end":
            refuse_unless(isinstance(value, bool), name, "true or false")
        elif name == "metadata":
            refuse_unless(isinstance(value, dict), name, "an object")
        elif name in {"id", "object", "items", "customer", "created", "livemode"}:
            refuse_unless(False, name, "left alone")


def _instant(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 1 << 32


def refuse_unless(fits: bool, name: str, form: str) -> None:  # noqa: FBT001 - a condition
    """StripeError, in words that help, for a member that does not have this form."""
    if not fits:
        raise StripeError(Refusal.STATE, param=name, reason=f"{name} must be {form}.")
