"""The hosted invoice, where it can be paid, and its PDF."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from billproof.sandbox.billing import collection
from billproof.sandbox.billing.invoice_calls import OWED
from billproof.sandbox.objects import payment_methods
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.cards import known
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.invoice import Invoice
from billproof.sandbox.objects.payment_intents import PaymentIntent
from billproof.sandbox.pages.card_form import CardForm
from billproof.sandbox.pages.invoice_sheet import Sheet
from billproof.sandbox.pages.rendering import SEE_OTHER, notice, page, templates
from billproof.sandbox.tenants.tenants import Tenants

WRONG = 422
DECLINED = 402


class InvoicePage:
    """`/invoice/{id}` and `/invoice/{id}/pdf`; drafts have neither."""

    def __init__(self, tenants: Tenants) -> None:
        self._tenants = tenants

    async def show(self, request: Request) -> Response:
        """The page; `POST` pays."""
        await asyncio.to_thread(templates)
        body = await request.body()
        found = self._find(request)
        if found is None:
            return await _gone()
        account, invoice = found
        if request.method == "POST" and invoice.status in OWED:
            return await _pay(account, invoice, body)
        if request.method == "POST":
            return RedirectResponse(f"/invoice/{invoice.id}", SEE_OTHER)
        return await show(account, invoice, CardForm(), 200)

    async def document(self, request: Request) -> Response:
        """The PDF."""
        found = self._find(request)
        if found is None:
            return await _gone()
        sheet = Sheet.of(found[1])
        # Off the event loop: a long invoice takes longer to lay out than calls may wait.
        content = await asyncio.to_thread(_printed, sheet)
        name = f'attachment; filename="Invoice-{sheet.number}.pdf"'
        headers = {"Content-Disposition": name}
        return Response(content, headers=headers, media_type="application/pdf")

    def _find(self, request: Request) -> tuple[Account, Invoice] | None:
        identifier = request.path_params["id"]
        tenant = self._tenants.holding(Invoice, identifier)
        if tenant is None:
            return None
        invoice = tenant.account.get(Invoice, identifier)
        return (tenant.account, invoice) if invoice.page else None


async def _pay(account: Account, invoice: Invoice, body: bytes) -> Response:
    form = CardForm.sent(body, account.now(invoice.customer), invoice.email or "")
    if form.errors:
        return await show(account, invoice, form, WRONG)
    try:
        error = _charge(account, invoice, form)
    except StripeError as refused:
        error = refused
    intent = account.get(PaymentIntent, invoice.payment_intent or "")
    if error is not None and error.refusal is Refusal.AUTHENTICATION and intent.next_url:
        return RedirectResponse(f"/3ds/{intent.id}", SEE_OTHER)
    if error is not None:
        return await show(account, invoice, form.declined(error.message), DECLINED)
    return RedirectResponse(f"/invoice/{invoice.id}", SEE_OTHER)


def _charge(account: Account, invoice: Invoice, form: CardForm) -> StripeError | None:
    """Charge what was typed; what can be kept becomes one of the customer's cards."""
    card = known(form.number)
    customer = account.get(Customer, invoice.customer)
    keeper = None if card.refused or customer.is_deleted else customer
    method = payment_methods.store(account, keeper, card, form.name, form.expires)
    return collection.collect(account, invoice, method, on_session=True)


async def show(account: Account, invoice: Invoice, form: CardForm, status: int) -> Response:
    """The page of an invoice; with the form as long as something is owed."""
    intent = account.find(PaymentIntent, invoice.payment_intent)
    return await page(
        "invoice.html",
        status,
        sheet=Sheet.of(invoice),
        form=form if invoice.status in OWED else None,
        challenge=intent.next_url if intent else None,
    )


def _printed(sheet: Sheet) -> bytes:
    from billproof.sandbox.pages import pdf  # noqa: PLC0415 - slow to import: not at start

    return pdf.document(sheet)


async def _gone() -> Response:
    return await notice(404, "Page not found", "There is no such invoice.", None)
