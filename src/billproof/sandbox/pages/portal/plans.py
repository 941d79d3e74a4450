"""Choosing another plan."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from billproof.sandbox.objects.product import Product, product_name
from billproof.sandbox.pages.money import every, money
from billproof.sandbox.pages.portal import closed
from billproof.sandbox.pages.portal.abilities import Choice, choices, may_update
from billproof.sandbox.pages.portal.visit import Visit
from billproof.sandbox.pages.rendering import page

WRONG = 422
STUCK = "This subscription cannot be changed as it is now."


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A price to choose, in words."""

    id: str
    name: str
    description: str
    amount: str
    is_current: bool
    is_open: bool
    is_chosen: bool

    @classmethod
    def of(cls, visit: Visit, choice: Choice, chosen: str) -> PlanRow:
        """What a choice says."""
        price = choice.price
        product = visit.account.find(Product, price.product)
        return cls(
            id=price.id,
            name=product_name(visit.account, price.product),
            description=(product.description if product else None) or "",
            amount=f"{money(price.amount, price.currency)} "
            + every(price.interval, price.interval_count),
            is_current=choice.is_current,
            is_open=choice.is_open,
            is_chosen=price.id == chosen and choice.is_open,
        )


async def show(visit: Visit, wrong: str = "") -> Response:
    """The page, with what is wrong about what was chosen."""
    subscription = visit.subscription
    fixed = visit.flow is not None and visit.flow.wanted is not None
    if fixed or not may_update(visit, subscription):
        return await closed.impossible(visit, STUCK)
    found = choices(visit, subscription)
    current = subscription.items[0]
    return await page(
        "portal/plans.html",
        WRONG if wrong else 200,
        visit=visit,
        action=visit.of(subscription, "/confirm"),
        plans=[
            PlanRow.of(visit, each, visit.said.get("price", current.price.id)) for each in found
        ],
        counts=any(each.offered is not None and each.offered.countable for each in found),
        quantity=visit.said.get("quantity", str(current.quantity)),
        wrong=wrong,
    )
