"""The checkout page: an order, a card form, a way back."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from billproof.sandbox.billing import checkout
from billproof.sandbox.billing.checkout_session import Session
from billproof.sandbox.billing.periods import DAY
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.objects.errors import StripeError
from billproof.sandbox.objects.product import Product
from billproof.sandbox.pages.card_form import CardForm
from billproof.sandbox.pages.rendering import notice, page, templates
from billproof.sandbox.tenants.tenants import Tenants

SEE_OTHER = 303
WRONG = 422
DECLINED = 402


class CheckoutPage:
    """`GET` shows it, `POST` pays."""

    def __init__(self, tenants: Tenants) -> None:
        self._tenants = tenants

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
            return await _over(request, session)
        if request.method == "POST":
            return await _pay(account, session, body)
        return await _show(
            account, session, CardForm(email=known_email(account, session) or ""), 200
        )


async def _pay(account: Account, session: Session, body: bytes) -> Response:
    form = CardForm.sent(body, known_email(account, session), account.now(session.customer))
    if form.errors:
        return await _show(account, session, form, WRONG)
    try:
        buyer = checkout.Buyer(form.number, form.email, form.name)
        checkout.pay(account, session, buyer)
    except StripeError as error:
        return await _show(account, session, form.declined(error.message), DECLINED)
    return RedirectResponse(session.landing, SEE_OTHER)


async def _over(request: Request, session: Session) -> Response:
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


async def _show(account: Account, session: Session, form: CardForm, status: int) -> Response:
    lines = [
        {
            "name": _name(account, line.price.product),
            "quantity": line.quantity,
            "amount": line.amount,
            "interval": line.price.interval,
            "count": line.price.interval_count,
        }
        for line in session.lines
    ]
    cancel = session.asked.text("cancel_url")
    return await page(
        "checkout.html",
        status,
        session=session,
        lines=lines,
        currency=session.lines[0].price.currency,
        total=sum(line.amount for line in session.lines),
        trial_days=_trial_days(account, session),
        form=form,
        locked=known_email(account, session) is not None,
        cancel_url=cancel,
        site=_site(cancel),
    )


def known_email(account: Account, session: Session) -> str | None:
    """The buyer's address when the merchant gave it; then it cannot be changed."""
    customer = account.find(Customer, session.customer)
    return session.customer_email or (customer.email if customer else None)


def _trial_days(account: Account, session: Session) -> int | None:
    if session.trial_days is not None:
        return session.trial_days
    if session.trial_end is None:
        return None
    return max(1, -((account.now(session.customer) - session.trial_end) // DAY))


def _name(account: Account, product: str) -> str:
    found = account.find(Product, product)
    return found.name if found else product


def _site(url: str | None) -> str:
    return (urlsplit(url).hostname or "the shop") if url else "the shop"
