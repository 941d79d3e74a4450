"""Confirming another plan: what it costs, then doing it."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from billproof.sandbox.billing.plan_change import PlanChange
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.pages.portal import plans
from billproof.sandbox.pages.portal.quote import Quote
from billproof.sandbox.pages.portal.visit import Done, Visit
from billproof.sandbox.pages.rendering import SEE_OTHER, page

DECLINED = 402


async def answer(visit: Visit) -> Response:
    """The preview; `POST` makes the change."""
    change = await plans.wished(visit)
    if isinstance(change, Response):
        return change
    if visit.posted:
        return await _make(visit, change)
    return await show(visit, change)


async def _make(visit: Visit, change: PlanChange) -> Response:
    try:
        change.make(visit.account)
    except StripeError as error:
        if error.refusal is not Refusal.AUTHENTICATION:
            return await show(visit, change, error.message)
        return RedirectResponse(
            f"{visit.of(change.subscription, '/bank')}?{said(change)}", SEE_OTHER
        )
    return visit.finished(Done.UPDATED)


def said(change: PlanChange) -> str:
    """A change as an address says it."""
    values = {"price": change.price.id, "quantity": change.quantity, "at": change.at}
    return urlencode(values)


async def show(visit: Visit, change: PlanChange, wrong: str = "") -> Response:
    """The page, with what stood in the way."""
    try:
        quote = Quote.of(visit.account, change)
    except StripeError as error:
        return await plans.show(visit, error.message)
    return await page(
        "portal/confirm.html",
        DECLINED if wrong else 200,
        visit=visit,
        quote=quote,
        change=change,
        action=visit.of(change.subscription, "/confirm"),
        choose=None
        if visit.flow and visit.flow.wanted
        else visit.of(visit.subscription, "/update"),
        wrong=wrong,
    )
