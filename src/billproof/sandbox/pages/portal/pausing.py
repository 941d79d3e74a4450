"""Pausing the payments of a subscription, and resuming them."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from billproof.sandbox.billing import subscriptions
from billproof.sandbox.billing.features import Pausing, Span
from billproof.sandbox.billing.periods import next_end
from billproof.sandbox.billing.subscription import Subscription
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.resource import Body
from billproof.sandbox.pages.money import day
from billproof.sandbox.pages.portal import closed
from billproof.sandbox.pages.portal.abilities import may_pause
from billproof.sandbox.pages.portal.rows import SubscriptionRow
from billproof.sandbox.pages.portal.visit import Done, Visit
from billproof.sandbox.pages.rendering import page

WRONG = 422


@dataclass(frozen=True, slots=True)
class SpanRow:
    """A length to choose, in words."""

    name: str
    words: str
    until: str

    @classmethod
    def of(cls, span: Span, now: int) -> SpanRow:
        """What a span says."""
        unit = span.interval if span.count == 1 else f"{span.interval}s"
        return cls(_name(span), f"{span.count} {unit}", day(_end(span, now)))


def _name(span: Span) -> str:
    return f"{span.count}-{span.interval}"


def _end(span: Span, now: int) -> int:
    return next_end(now, now, span.interval, span.count)


async def answer(visit: Visit) -> Response:
    """The question; `POST` pauses."""
    subscription = visit.subscription
    if visit.posted and subscription.pause_collection is not None:
        return visit.finished(Done.PAUSED)  # a second tap on the button
    if not may_pause(visit, subscription):
        return await closed.impossible(visit, "This subscription cannot be paused as it is now.")
    if visit.posted:
        return await _pause(visit, subscription)
    return await _ask(visit, subscription, "")


async def _ask(visit: Visit, subscription: Subscription, wrong: str) -> Response:
    return await page(
        "portal/pause.html",
        WRONG if wrong else 200,
        visit=visit,
        row=SubscriptionRow.of(visit.account, subscription),
        spans=[SpanRow.of(each, visit.now) for each in Pausing.of(visit.configuration).spans],
        wrong=wrong,
    )


async def _pause(visit: Visit, subscription: Subscription) -> Response:
    spans = Pausing.of(visit.configuration).spans
    chosen = next((each for each in spans if _name(each) == visit.said.get("duration")), None)
    if spans and chosen is None:
        return await _ask(visit, subscription, "Choose how long to pause.")
    pause: Body = {"behavior": "void"}
    if chosen is not None:
        pause["resumes_at"] = _end(chosen, visit.now)
    subscriptions.update(visit.account, Params({"pause_collection": pause}), subscription.id)
    return visit.finished(Done.PAUSED)


async def resume(visit: Visit) -> Response:
    """Collect payments again."""
    if visit.subscription.pause_collection is not None:
        said = Params({"pause_collection": ""})
        subscriptions.update(visit.account, said, visit.subscription.id)
    return visit.finished(Done.RESUMED)
