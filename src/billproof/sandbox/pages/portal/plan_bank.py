"""A bank that wants to know, before a plan is changed, whether its payment is its owner's."""

from __future__ import annotations

from starlette.responses import Response

from billproof.sandbox.billing.plan_change import PlanChange
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.payment_methods import usual
from billproof.sandbox.pages.bank import Answer, Challenge
from billproof.sandbox.pages.money import money
from billproof.sandbox.pages.portal import plan_confirm
from billproof.sandbox.pages.portal.visit import Done, Visit
from billproof.sandbox.pages.portal.wish import wished
from billproof.sandbox.pages.rendering import page


async def answer(visit: Visit) -> Response:
    """The question; `POST` answers it. Nothing has changed before he agrees."""
    change = await wished(visit)
    if isinstance(change, Response):
        return change
    if not visit.posted:
        return await _ask(visit, change)
    if Answer.sent(visit.body) is Answer.FAIL:
        error = StripeError(Refusal.NOT_AUTHENTICATED)
        return await plan_confirm.show(visit, change, error.message)
    try:
        change.make(visit.account, authenticated=True)
    except StripeError as error:
        return await plan_confirm.show(visit, change, error.message)
    return visit.finished(Done.UPDATED)


async def _ask(visit: Visit, change: PlanChange) -> Response:
    coming = change.preview(visit.account)
    amount = money(coming.invoice.due, coming.invoice.currency)
    card = usual(visit.account, visit.customer, visit.subscription.default_payment_method)
    last4 = card.card.number[-4:] if card else ""
    return await page("challenge.html", challenge=Challenge(amount, last4))
