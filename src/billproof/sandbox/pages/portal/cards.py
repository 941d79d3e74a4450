"""The cards that a customer has already: which one pays, and which is not to be kept."""

from __future__ import annotations

from starlette.responses import Response

from billproof.sandbox.billing import setup_intents
from billproof.sandbox.billing.features import Feature
from billproof.sandbox.billing.subscription import OVER, Subscription
from billproof.sandbox.objects import payment_methods
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.payment_methods import PaymentMethod
from billproof.sandbox.pages.portal import closed
from billproof.sandbox.pages.portal.rows import CardRow
from billproof.sandbox.pages.portal.visit import Done, Visit
from billproof.sandbox.pages.rendering import page

NOT_YOURS = "You have no such payment method."
IN_USE = "Your subscription is paid with it. Make another one your default first."


def rows(visit: Visit) -> tuple[CardRow, ...]:
    """All of them; the default one first."""
    used = _in_use(visit)
    mine = visit.account.of(visit.customer.id, PaymentMethod)
    found = [CardRow.of(each, visit.customer, is_in_use=each.id in used) for each in mine]
    return tuple(sorted(found, key=lambda card: not card.is_default))


def _in_use(visit: Visit) -> set[str | None]:
    """What something that goes on is charged to."""
    mine = visit.account.of(visit.customer.id, Subscription)
    own = {each.default_payment_method for each in mine if each.status not in OVER}
    return {visit.customer.default_payment_method, *own}


def _named(visit: Visit) -> PaymentMethod | None:
    method = visit.account.find(PaymentMethod, visit.said.get("method"))
    return method if method is not None and method.customer == visit.customer.id else None


async def make_default(visit: Visit) -> Response:
    """Have what is due from now on charged to a card."""
    if visit.flow:
        return await closed.other_than(visit, visit.flow, Feature.CARD)
    method = _named(visit)
    if method is None:
        return await closed.impossible(visit, NOT_YOURS)
    setup_intents.make_default(visit.account, method)
    return visit.finished(Done.DEFAULT)


async def delete(visit: Visit) -> Response:
    """The question; `POST` takes the card away."""
    if visit.flow:
        return await closed.other_than(visit, visit.flow, Feature.CARD)
    method = _named(visit)
    if method is None and visit.posted:
        return visit.finished(Done.DELETED)  # a second tap on the button
    if method is None:
        return await closed.impossible(visit, NOT_YOURS)
    if method.id in _in_use(visit):
        return await closed.impossible(visit, IN_USE)
    if visit.posted:
        payment_methods.detach(visit.account, Params({}), method.id)
        return visit.finished(Done.DELETED)
    card = CardRow.of(method, visit.customer)
    return await page("portal/delete_card.html", visit=visit, card=card)
