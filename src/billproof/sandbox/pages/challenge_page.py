"""Where a bank asks its customer whether a payment is his: 3D Secure, as Stripe's test page."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from billproof.sandbox.billing import checkout, collection, setup_intents
from billproof.sandbox.billing.checkout import Buyer
from billproof.sandbox.billing.checkout_session import Session
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.invoice import Invoice
from billproof.sandbox.objects.payment_intents import PaymentIntent
from billproof.sandbox.objects.payment_methods import PaymentMethod
from billproof.sandbox.objects.setup_intents import SetupIntent
from billproof.sandbox.pages import checkout_page, invoice_page
from billproof.sandbox.pages.bank import Answer, Challenge
from billproof.sandbox.pages.card_form import CardForm
from billproof.sandbox.pages.money import money
from billproof.sandbox.pages.rendering import SEE_OTHER, notice, page, templates
from billproof.sandbox.tenants.tenants import Tenants

DECLINED = 402
ACTION = "requires_action"


class ChallengePage:
    """`/3ds/{id}`, for a checkout session, a payment intent or a setup intent that waits."""

    def __init__(self, tenants: Tenants, asked: dict[str, Buyer]) -> None:
        self._tenants = tenants
        self._asked = asked

    async def __call__(self, request: Request) -> Response:
        """The question; `POST` answers it."""
        await asyncio.to_thread(templates)
        body = await request.body()
        identifier = request.path_params["id"]
        answer = Answer.sent(body) if request.method == "POST" else None
        return await (
            self._session(identifier, answer)
            or self._payment(identifier, answer)
            or self._setup(identifier, answer)
            or _gone(None)
        )

    def _session(self, identifier: str, answer: Answer | None) -> Awaitable[Response] | None:
        tenant = self._tenants.holding(Session, identifier)
        if tenant is None:
            return None
        session = tenant.account.get(Session, identifier)
        buyer = self._asked.get(identifier)
        if session.status != "open" or buyer is None:
            return _lead(f"/c/pay/{session.id}")  # reloaded, or gone back to, when all was answered
        if answer is None:
            amount = money(session.due_today, session.lines[0].price.currency)
            return _ask(amount, buyer.card)
        del self._asked[identifier]
        return _buy(
            tenant.account, session, replace(buyer, authenticated=answer is Answer.COMPLETE)
        )

    def _payment(self, identifier: str, answer: Answer | None) -> Awaitable[Response] | None:
        tenant = self._tenants.holding(PaymentIntent, identifier)
        if tenant is None:
            return None
        intent = tenant.account.get(PaymentIntent, identifier)
        if intent.status != ACTION and intent.invoice and not intent.return_url:
            return _lead(f"/invoice/{intent.invoice}")
        if intent.status != ACTION:
            return _gone(intent.return_url)
        if answer is None:
            card = tenant.account.get(PaymentMethod, intent.payment_method or "").card
            return _ask(money(intent.amount, intent.currency), card.number)
        return _answer(tenant.account, intent, agreed=answer is Answer.COMPLETE)

    def _setup(self, identifier: str, answer: Answer | None) -> Awaitable[Response] | None:
        tenant = self._tenants.holding(SetupIntent, identifier)
        if tenant is None:
            return None
        intent = tenant.account.get(SetupIntent, identifier)
        if intent.status != ACTION:
            return _gone(intent.return_url)
        if answer is None:
            card = tenant.account.get(PaymentMethod, intent.payment_method or "").card
            return _ask("Nothing due now", card.number)
        return _set_up(tenant.account, intent, agreed=answer is Answer.COMPLETE)


async def _ask(amount: str, number: str) -> Response:
    return await page("challenge.html", challenge=Challenge(amount, number.strip()[-4:]))


async def _buy(account: Account, session: Session, buyer: Buyer) -> Response:
    try:
        checkout.pay(account, session, buyer)
    except StripeError as error:
        form = CardForm.of(buyer).declined(error.message)
        return await checkout_page.show(account, session, form, DECLINED)
    return RedirectResponse(session.landing, SEE_OTHER)


async def _answer(account: Account, intent: PaymentIntent, *, agreed: bool) -> Response:
    error = collection.authenticate(account, intent, agreed=agreed)
    invoice = account.find(Invoice, intent.invoice)
    if intent.return_url:
        return RedirectResponse(intent.return_url, SEE_OTHER)
    if invoice is not None and error is not None:
        form = CardForm().declined(error.message)
        return await invoice_page.show(account, invoice, form, DECLINED)
    if invoice is not None:
        return RedirectResponse(f"/invoice/{invoice.id}", SEE_OTHER)
    return await _said(error)


async def _set_up(account: Account, intent: SetupIntent, *, agreed: bool) -> Response:
    (setup_intents.finish if agreed else setup_intents.refuse)(account, intent)
    if intent.return_url:
        return RedirectResponse(intent.return_url, SEE_OTHER)
    return await _said(None if agreed else StripeError(Refusal.SETUP_NOT_AUTHENTICATED))


async def _said(error: StripeError | None) -> Response:
    if error is not None:
        return await notice(DECLINED, "That did not work", error.message, None)
    return await notice(
        200, "Thank you", "Your bank knows that it was you. You can close this.", None
    )


async def _lead(path: str) -> Response:
    return RedirectResponse(path, SEE_OTHER)


async def _gone(back: str | None) -> Response:
    text = "No payment waits for your answer here."
    way = ("Continue", back) if back else None
    return await notice(404, "Nothing to authenticate", text, way)
