"""The lever on subscriptions: setting the truth by hand."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from billproof.sandbox.billing import truth
from billproof.sandbox.billing.subscription import Subscription
from billproof.sandbox.control.levers import Lever
from billproof.sandbox.objects.resource import Body
from billproof.sandbox.tenants.tenants import Tenant

MEMBERS = frozenset({*truth.PERIOD, *truth.PLAIN})
"""All that can be set."""
LONGEST_TEXT = 500


async def _amend(request: Request, tenant: Tenant, sent: Body) -> Body:
    subscription = tenant.account.get(Subscription, request.path_params["id"])
    _check(sent)
    truth.apply(tenant.account, subscription, sent)
    return subscription.body()


def _check(changes: Body) -> None:
    """What `truth` leaves open: names, texts, metadata, and how collection pauses."""
    for name in changes:
        truth.refuse_unless(name in MEMBERS, name, "left alone")
    for name in ("description", "default_payment_method"):
        truth.refuse_unless(
            changes.get(name) is None or _text(changes[name]), name, "a text or null"
        )
    if "metadata" in changes:
        held = changes["metadata"]
        fits = isinstance(held, dict) and all(_text(each) for each in held.values())
        truth.refuse_unless(fits, "metadata", "an object of texts")
    pause = changes.get("pause_collection")
    truth.refuse_unless(
        pause is None or _is_pause(pause), "pause_collection", "null or an object of Stripe's"
    )


def _is_pause(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() <= {"behavior", "resumes_at"}
        and value.get("behavior") in ("keep_as_draft", "mark_uncollectible", "void")
        and type(value.get("resumes_at")) in {int, type(None)}
    )


def _text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_TEXT


LEVERS = (
    Lever(
        "POST",
        "/subscriptions/{id}",
        _amend,
        "Set members of a subscription, `current_period_end` too, and emit the event",
        "Object",
        open=True,
    ),
)
