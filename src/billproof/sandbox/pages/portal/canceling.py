"""Canceling a subscription, and thinking better of it."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from billproof.sandbox.billing import subscriptions
from billproof.sandbox.billing.features import Canceling
from billproof.sandbox.billing.subscription import OVER, Subscription
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.resource import Body
from billproof.sandbox.pages.money import day
from billproof.sandbox.pages.portal import closed
from billproof.sandbox.pages.portal.abilities import may_cancel
from billproof.sandbox.pages.portal.rows import SubscriptionRow
from billproof.sandbox.pages.portal.visit import Done, Visit
from billproof.sandbox.pages.rendering import page

LONGEST_COMMENT = 500
REASONS = {
    "too_expensive": "It's too expensive",
    "missing_features": "Some features are missing",
    "switched_service": "I'm switching to a different service",
    "unused": "I don't use the service enough",
    "customer_service": "Customer service was less than expected",
    "too_complex": "Ease of use was less than expected",
    "low_quality": "Quality was less than expected",
    "other": "Other reason",
}
"""In Stripe's words and order."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One to choose."""

    name: str
    words: str


async def answer(visit: Visit) -> Response:
    """The question; `POST` cancels."""
    subscription = visit.subscription
    if visit.posted and subscription.ends is not None:
        return visit.finished(Done.ENDING)  # a second tap on the button
    if visit.posted and subscription.status in OVER:
        return visit.finished(Done.CANCELED)
    if not may_cancel(visit, subscription):
        text = "This subscription is canceled already."
        return await closed.impossible(visit, text, "Nothing to cancel")
    if visit.posted:
        return await _cancel(visit, subscription)
    return await _ask(visit, subscription)


async def _ask(visit: Visit, subscription: Subscription) -> Response:
    wanted = Canceling.of(visit.configuration)
    return await page(
        "portal/cancel.html",
        visit=visit,
        row=SubscriptionRow.of(visit.account, subscription),
        until=None if _at_once(visit, subscription, wanted) else day(subscription.period_end),
        credits=wanted.proration != "none" and subscription.status != "trialing",
        reasons=[Reason(each, REASONS[each]) for each in REASONS if each in wanted.reasons],
    )


def _at_once(visit: Visit, subscription: Subscription, wanted: Canceling) -> bool:
    """As configured; and what is in no period any more has no end to wait for."""
    return wanted.at_once or subscription.period_end <= visit.now


async def _cancel(visit: Visit, subscription: Subscription) -> Response:
    wanted = Canceling.of(visit.configuration)
    at_once = _at_once(visit, subscription, wanted)
    said: Body = {"cancellation_details": _feedback(visit, wanted)}
    if at_once:
        prorates = wanted.proration != "none"
        said |= {"prorate": prorates, "invoice_now": wanted.proration == "always_invoice"}
        subscriptions.cancel(visit.account, Params(said), subscription.id)
        return visit.finished(Done.CANCELED)
    said["cancel_at_period_end"] = True
    subscriptions.update(visit.account, Params(said), subscription.id)
    return visit.finished(Done.ENDING)


def _feedback(visit: Visit, wanted: Canceling) -> dict[str, str]:
    """Why he goes, where he is asked."""
    given: dict[str, str] = {}
    reason, comment = visit.said.get("feedback"), visit.said.get("comment", "").strip()
    if reason in wanted.reasons:
        given["feedback"] = reason
    if comment and wanted.reasons:
        given["comment"] = comment[:LONGEST_COMMENT]
    return given


async def keep(visit: Visit) -> Response:
    """Do not cancel it after all."""
    subscription = visit.subscription
    if subscription.ends is not None:
        said = Params({"cancel_at_period_end": False})
        subscriptions.update(visit.account, said, subscription.id)
    elif subscription.status in OVER:
        text = "This subscription has ended, and cannot be brought back here."
        return await closed.impossible(visit, text)
    return visit.finished(Done.KEPT)
