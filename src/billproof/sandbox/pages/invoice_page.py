"""The hosted invoice, and its PDF."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from billproof.sandbox.objects.invoice import Invoice
from billproof.sandbox.objects.product import Product
from billproof.sandbox.pages.invoice_sheet import Sheet
from billproof.sandbox.pages.rendering import notice, page
from billproof.sandbox.tenants.tenants import Tenants


class InvoicePage:
    """`/invoice/{id}` and `/invoice/{id}/pdf`; drafts have neither."""

    def __init__(self, tenants: Tenants) -> None:
        self._tenants = tenants

    async def show(self, request: Request) -> Response:
        """The page."""
        invoice = self._invoice(request)
        if invoice is None:
            return await notice(404, "Page not found", "There is no such invoice.", None)
        return await page("invoice.html", invoice=invoice, lines=self._lines(invoice))

    async def document(self, request: Request) -> Response:
        """The PDF."""
        invoice = self._invoice(request)
        if invoice is None:
            return await notice(404, "Page not found", "There is no such invoice.", None)
        name = f'attachment; filename="Invoice-{invoice.number}.pdf"'
        # Off the event loop: a long invoice takes longer to lay out than calls may wait.
        content = await asyncio.to_thread(_printed, Sheet.of(invoice))
        headers = {"Content-Disposition": name}
        return Response(content, headers=headers, media_type="application/pdf")

    def _invoice(self, request: Request) -> Invoice | None:
        identifier = request.path_params["id"]
        tenant = self._tenants.holding(Invoice, identifier)
        invoice = tenant.account.get(Invoice, identifier) if tenant else None
        return invoice if invoice and invoice.page else None

    def _lines(self, invoice: Invoice) -> list[dict[str, object]]:
        tenant = self._tenants.holding(Invoice, invoice.id)
        products = tenant.account if tenant else None
        rows = []
        for line in invoice.lines:
            product = products.find(Product, line.product) if products else None
            name = product.name if product else line.product
            rows.append({"name": name, "line": line})
        return rows


def _printed(sheet: Sheet) -> bytes:
    from billproof.sandbox.pages import pdf  # noqa: PLC0415 - slow to import: not at start

    return pdf.document(sheet)
