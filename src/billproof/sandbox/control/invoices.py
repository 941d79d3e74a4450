"""The lever on invoices: what Stripe may show of one some day, or not at all."""

from __future__ import annotations

from starlette.requests import Request

from billproof.sandbox.control.levers import TEXT, Lever, choice
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.invoice import Invoice
from billproof.sandbox.objects.resource import Body, nulls
from billproof.sandbox.tenants.tenants import Tenant

STATUSES = ("draft", "open", "paid", "void", "uncollectible")
"""Those that Stripe's own calls lead to."""
WITHHELD = ("number", "hosted_invoice_url", "invoice_pdf")


async def _disguise(request: Request, tenant: Tenant, sent: Body) -> Body:
    """Show a status that nobody knows, or no number and no links; all else goes on as before."""
    invoice = tenant.account.get(Invoice, request.path_params["id"])
    if sent.get("status") in STATUSES:
        reason = "status must be one that Stripe has not yet; its own come by its own calls."
        raise StripeError(Refusal.STATE, param="status", reason=reason)
    status = {"status": sent["status"]} if "status" in sent else {}
    with tenant.account.updating(invoice, "invoice.updated"):
        invoice.extra = {**invoice.extra, **status, **nulls(" ".join(sent.get("withhold", ())))}
    return invoice.body()


LEVERS = (
    Lever(
        "POST",
        "/invoices/{id}",
        _disguise,
        "Have an invoice show a status that Stripe has not yet, or null where it shows a text",
        "Object",
        takes={
            "status": TEXT,
            "withhold": {
                "type": "array",
                "maxItems": len(WITHHELD),
                "items": choice(*WITHHELD),
            },
        },
    ),
)
