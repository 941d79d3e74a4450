"""Where the portal's pages are."""

from __future__ import annotations

from starlette.routing import Route

from billproof.sandbox.billing.features import Feature
from billproof.sandbox.pages.portal import (
    canceling,
    cards,
    details,
    overview,
    pausing,
    payment_method,
    plan_bank,
    plan_confirm,
    plans,
)
from billproof.sandbox.pages.portal.doors import POST, Door, Portal
from billproof.sandbox.tenants.tenants import Tenants

GET = ("GET",)
ONE = "/subscriptions/{subscription}"
DOORS = (
    Door("", None, overview.show, GET),
    Door("/customer", Feature.CUSTOMER, details.answer),
    Door("/payment-method", Feature.CARD, payment_method.answer),
    Door("/payment-method/default", Feature.CARD, cards.make_default, POST),
    Door("/payment-method/delete", Feature.CARD, cards.delete),
    Door(f"{ONE}/update", Feature.UPDATE, plans.show, GET),
    Door(f"{ONE}/confirm", Feature.UPDATE, plan_confirm.answer),
    Door(f"{ONE}/bank", Feature.UPDATE, plan_bank.answer),
    Door(f"{ONE}/cancel", Feature.CANCEL, canceling.answer),
    Door(f"{ONE}/resume", Feature.CANCEL, canceling.keep, POST),
    Door(f"{ONE}/pause", Feature.PAUSE, pausing.answer),
    Door(f"{ONE}/unpause", Feature.PAUSE, pausing.resume, POST),
)


def portal_routes(tenants: Tenants) -> list[Route]:
    """All of them."""
    return Portal(tenants, DOORS).routes()
