"""The portal: what a customer subscribes to, cancelling and keeping it, his invoices."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from billproof.sandbox.billing import subscriptions
from billproof.sandbox.billing.portal import PortalSession
from billproof.sandbox.billing.subscription import OVER, Subscription
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.objects.errors import StripeError
from billproof.sandbox.objects.invoice import Invoice
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.payment_methods import PaymentMethod
from billproof.sandbox.objects.product import Product
from billproof.sandbox.pages.rendering import SEE_OTHER, notice, page, templates
from billproof.sandbox.tenants.tenants import Tenants


class PortalPage:
    """The portal's three routes: the overview, the question before cancelling, the change."""

    def __init__(self, tenants: Tenants) -> None:
        self._tenants = tenants

    async def overview(self, request: Request) -> Response:
        """All that a customer has."""
        found = await self._session(request)
        if found is None:
            return await _gone()
        account, session = found
        customer = account.get(Customer, session.customer)
        mine = [each for each in account.all(Subscription) if each.customer == customer.id]
        invoices = [each for each in account.all(Invoice) if each.customer == customer.id]
        return await page(
            "portal.html",
            session=session,
            email=customer.email,
            running=[_row(account, each) for each in reversed(mine) if each.status not in OVER],
            over=[_row(account, each) for each in reversed(mine) if each.status in OVER],
            invoices=[each for each in reversed(invoices) if each.status != "draft"],
            site=_site(session.return_url),
        )

    async def question(self, request: Request) -> Response:
        """Whether to cancel, and what that means."""
        found = await self._session(request)
        subscription = _mine(request, found)
        if found is None or subscription is None:
            return await _gone()
        row = _row(found[0], subscription)
        return await page("portal_cancel.html", session=found[1], row=row)

    async def change(self, request: Request) -> Response:
        """Cancel at the end of the period, or keep it after all."""
        found = await self._session(request)
        subscription = _mine(request, found)
        if found is None or subscription is None:
            return await _gone()
        account, session = found
        ending = request.path_params["verb"] == "cancel"
        try:
            params = Params({"cancel_at_period_end": ending})
            subscriptions.update(account, params, subscription.id)
        except StripeError as error:
            way = ("Back to the portal", session.url)
            return await notice(409, "That did not work", error.message, way)
        return RedirectResponse(f"/p/session/{session.id}", SEE_OTHER)

    async def _session(self, request: Request) -> tuple[Account, PortalSession] | None:
        await asyncio.to_thread(templates)
        identifier = request.path_params["id"]
        tenant = self._tenants.holding(PortalSession, identifier)
        if tenant is None:
            return None
        session = tenant.account.get(PortalSession, identifier)
        customer = tenant.account.find(Customer, session.customer)
        gone = customer is None or customer.is_deleted
        return None if gone else (tenant.account, session)


def _mine(request: Request, found: tuple[Account, PortalSession] | None) -> Subscription | None:
    if found is None:
        return None
    account, session = found
    subscription = account.find(Subscription, request.path_params["subscription"])
    return subscription if subscription and subscription.customer == session.customer else None


def _row(account: Account, subscription: Subscription) -> dict[str, object]:
    """A subscription as the page shows it."""
    item = subscription.items[0]
    product = account.find(Product, item.price.product)
    card = account.find(PaymentMethod, subscription.default_payment_method)
    return {
        "id": subscription.id,
        "name": product.name if product else item.price.product,
        "price": item.price,
        "amount": item.price.amount * item.quantity,
        "status": subscription.status,
        "ends": subscription.ends,
        "ended_at": subscription.ended_at,
        "trial_end": subscription.trial_end if subscription.status == "trialing" else None,
        "period_end": subscription.period_end,
        "paused": subscription.pause_collection is not None,
        "brand": card.card.brand.capitalize() if card else None,
        "last4": card.card.number[-4:] if card else None,
    }


async def _gone() -> Response:
    return await notice(404, "Page not found", "There is no such portal session.", None)


def _site(url: str | None) -> str:
    return (urlsplit(url).hostname or "the shop") if url else "the shop"
