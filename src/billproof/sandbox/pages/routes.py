"""Where the pages are."""

from __future__ import annotations

from starlette.routing import Route

from billproof.sandbox.billing.checkout import Buyer
from billproof.sandbox.pages.challenge_page import ChallengePage
from billproof.sandbox.pages.checkout_page import CheckoutPage
from billproof.sandbox.pages.invoice_page import InvoicePage
from billproof.sandbox.pages.keeping import keeping
from billproof.sandbox.pages.portal.routes import portal_routes
from billproof.sandbox.pages.start.start_page import StartPage
from billproof.sandbox.tenants.tenants import Tenants


def page_routes(tenants: Tenants) -> list[Route]:
    """All pages."""
    asked: dict[str, Buyer] = {}
    checkout, challenge = CheckoutPage(tenants, asked), ChallengePage(tenants, asked)
    invoice = InvoicePage(tenants)
    routes = [
        *StartPage(tenants).routes(),
        Route("/c/pay/{id}", checkout.__call__, methods=["GET", "POST"]),
        *portal_routes(tenants),
        Route("/3ds/{id}", challenge.__call__, methods=["GET", "POST"]),
        Route("/invoice/{id}", invoice.show, methods=["GET", "POST"]),
        Route("/invoice/{id}/pdf", invoice.document),
    ]
    return [keeping(tenants, each) for each in routes]
