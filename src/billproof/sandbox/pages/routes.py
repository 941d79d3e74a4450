"""Where the pages are."""

from __future__ import annotations

from starlette.routing import Route

from billproof.sandbox.pages.checkout_page import CheckoutPage
from billproof.sandbox.pages.invoice_page import InvoicePage
from billproof.sandbox.pages.portal_page import PortalPage
from billproof.sandbox.tenants.tenants import Tenants


def page_routes(tenants: Tenants) -> list[Route]:
    """All pages."""
    checkout, portal, invoice = CheckoutPage(tenants), PortalPage(tenants), InvoicePage(tenants)
    one = "/p/session/{id}/subscriptions/{subscription}"
    return [
        Route("/c/pay/{id}", checkout.__call__, methods=["GET", "POST"]),
        Route("/p/session/{id}", portal.overview),
        Route(f"{one}/cancel", portal.question),
        Route(f"{one}/{{verb:str}}", portal.change, methods=["POST"]),
        Route("/invoice/{id}", invoice.show),
        Route("/invoice/{id}/pdf", invoice.document),
    ]
