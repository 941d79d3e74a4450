"""Which plan a visitor wants, and whether he may have it."""

from __future__ import annotations

from starlette.responses import Response

from billproof.sandbox.billing.features import Updating
from billproof.sandbox.billing.plan_change import PlanChange
from billproof.sandbox.billing.subscription import Subscription
from billproof.sandbox.objects.price import Price
from billproof.sandbox.pages.portal import closed, plans
from billproof.sandbox.pages.portal.abilities import Choice, choices, may_update
from billproof.sandbox.pages.portal.visit import Done, Visit

DIGITS = 12
FRESH_SECONDS = 3600
"""For how long what a page has shown is what is charged."""


async def wished(visit: Visit) -> PlanChange | Response:
    """The change that a visitor wants and may have; else the page that answers him."""
    change = _wish(visit)
    if isinstance(change, str):
        return await plans.show(visit, change)
    if change.is_none and visit.posted:
        return visit.finished(Done.UPDATED)  # a second tap on the button
    if not may_update(visit, visit.subscription):
        return await closed.impossible(visit, plans.STUCK)
    if change.is_none:
        return await plans.show(visit, "This is your plan already.")
    return change


def _wish(visit: Visit) -> PlanChange | str:
    """What a visitor, or his deep link, wants; or what is wrong with it."""
    subscription = visit.subscription
    current = subscription.items[0]
    if visit.flow is not None and visit.flow.wanted is not None:
        wanted = visit.flow.wanted
        price = visit.account.find(Price, wanted.price or current.price.id)
        quantity = wanted.quantity or current.quantity
        return _change(visit, subscription, price, quantity) if price else "Choose a plan."
    choice = next(
        (each for each in choices(visit, subscription) if each.price.id == visit.said.get("price")),
        None,
    )
    if choice is None:
        return "Choose a plan."
    quantity = current.quantity
    if choice.offered is not None and choice.offered.countable:
        quantity = _number(visit.said.get("quantity", str(quantity))) or 0
        if not choice.offered.fits(quantity):
            return _range(choice)
    return _change(visit, subscription, choice.price, quantity)


def _range(choice: Choice) -> str:
    least, most = (choice.offered.least, choice.offered.most) if choice.offered else (1, None)
    return f"Choose a quantity from {least} to {most}." if most else f"Choose at least {least}."


def _change(visit: Visit, subscription: Subscription, price: Price, quantity: int) -> PlanChange:
    now = visit.now
    at = _number(visit.said.get("at", "")) or now
    return PlanChange(
        subscription=subscription,
        price=price,
        quantity=quantity,
        at=at if now - FRESH_SECONDS <= at <= now else now,
        updating=Updating.of(visit.configuration),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS else None
