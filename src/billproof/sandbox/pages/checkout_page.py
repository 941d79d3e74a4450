"""The checkout page: an order, a card form, a way back."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from billproof.sandbox.billing import checkout
from billproof.sandbox.billing.checkout import Buyer
from billproof.sandbox.billing.checkout_session import Session
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.pages.card_form import CardForm
from billproof.sandbox.pages.order import Order
from billproof.sandbox.pages.rendering import SEE_OTHER, notice, page, templates
from billproof.sandbox.tenants.tenants import Tenants

WRONG = 422
DECLINED = 402


class CheckoutPage:
    """`GET` shows it, `POST` pays; `asked` are the buyers whose banks have asked them, by session.

    Until he has answered, nothing of a buyer is in the account, as at Stripe.
    """

    def __init__(self, tenants: Tenants, asked: dict[str, Buyer]) -> None:
        self._tenants = tenants
        self._asked = asked

    async def __call__(self, request: Request) -> Response:
        """The page, or where it leads."""
        await asyncio.to_thread(templates)
        body = await request.body()
        tenant = self._tenants.holding(Session, request.path_params["id"])
        if tenant is None:
            return await notice(404, "Page not found", "There is no such checkout session.", None)
        account = tenant.account
        session = account.get(Session, request.path_params["id"])
        if session.status != "open":
            return await over(request, session)
        if request.method == "POST":
            return await self._pay(account, session, body)
        email = known_email(account, session)
        return await show(account, session, CardForm(email=email or ""), 200)

    async def _pay(self, account: Account, session: Session, body: bytes) -> Response:
        email = known_email(account, session)
        form = CardForm.sent(
            body, account.now(session.customer), email, asks_card=session.needs_card
        )
        if form.errors:
            return await show(account, session, form, WRONG)
        buyer = Buyer(form.number, form.email, form.name, form.expires)
        try:
            checkout.pay(account, session, buyer)
        except StripeError as error:
            if error.refusal is not Refusal.AUTHENTICATION:
                return await show(account, session, form.declined(error.message), DECLINED)
            self._asked[session.id] = buyer
            return RedirectResponse(f"/3ds/{session.id}", SEE_OTHER)
        return RedirectResponse(session.landing, SEE_OTHER)


async def over(request: Request, session: Session) -> Response:
    """The page of a session that can no longer be paid."""
    if session.status == "complete" and request.method == "POST":
        return RedirectResponse(session.landing, SEE_OTHER)  # a second tap on the button
    back = session.asked.text("cancel_url")
    if session.status == "complete":
        return await notice(
            200,
            "You're all done here",
            "This checkout session is complete. Nothing more is due.",
            ("Continue", session.landing),
        )
    return await notice(
        410,
        "This page has expired",
        "The checkout session is no longer open. Go back and start again.",
        (f"Back to {_site(back)}", back) if back else None,
    )


async def show(account: Account, session: Session, form: CardForm, status: int) -> Response:
    """The page of an open session, with what has been typed and what is wrong with it."""
    cancel = session.asked.text("cancel_url")
    return await page(
        "checkout.html",
        status,
        session=session,
        order=Order.of(account, session),
        form=form,
        locked=known_email(account, session) is not None,
        cancel_url=cancel,
        site=_site(cancel),
    )


def known_email(account: Account, session: Session) -> str | None:
    """The buyer's address when the merchant gave it; then it cannot be changed."""
    customer = account.find(Customer, session.customer)
    return session.customer_email or (customer.email if customer else None)


def _site(url: str | None) -> str:
    return (urlsplit(url).hostname or "the shop") if url else "the shop"
