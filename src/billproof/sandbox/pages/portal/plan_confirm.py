"""Confirming another plan: what it costs, then doing it."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from billproof.sandbox.billing.features import Feature
from billproof.sandbox.billing.plan_change import PlanChange
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.pages.portal import plans
from billproof.sandbox.pages.portal.quote import Quote
from billproof.sandbox.pages.portal.visit import Done, Visit
from billproof.sandbox.pages.portal.wish import wished
from billproof.sandbox.pages.rendering import SEE_OTHER, page

DECLINED = 402
NO_CARD = "You have no payment method yet. Add one first."


async def answer(visit: Visit) -> Response:
    """The preview; `POST` makes the change."""
    change = await wished(visit)
    if isinstance(change, Response):
        return change
    if visit.posted:
        return await _make(visit, change)
    return await show(visit, change)


async def _make(visit: Visit, change: PlanChange) -> Response:
    try:
        change.make(visit.account)
    except StripeError as error:
        if error.refusal is Refusal.SUBSCRIPTION_ACTION:
            bank = f"{visit.of(change.subscription, '/bank')}?{said(change)}"
            return RedirectResponse(bank, SEE_OTHER)
        missing = error.refusal is Refusal.NO_PAYMENT_METHOD
        return await show(visit, change, NO_CARD if missing else error.message)
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
    flow = visit.flow
    fixed = flow is not None and flow.wanted is not None
    return await page(
        "portal/confirm.html",
        DECLINED if wrong else 200,
        visit=visit,
        quote=quote,
        change=change,
        action=visit.of(change.subscription, "/confirm"),
        choose=None if fixed else visit.of(visit.subscription, "/update"),
        add_card=quote.card is None and flow is None and visit.offers(Feature.CARD),
        wrong=wrong,
    )
