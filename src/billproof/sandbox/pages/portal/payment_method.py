"""Another card."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from billproof.sandbox.billing import card_update
from billproof.sandbox.objects.cards import known
from billproof.sandbox.objects.errors import StripeError
from billproof.sandbox.objects.identifiers import long_id
from billproof.sandbox.objects.setup_intents import SetupIntent
from billproof.sandbox.pages.card_form import CardForm
from billproof.sandbox.pages.portal.visit import Done, Visit
from billproof.sandbox.pages.rendering import SEE_OTHER, page

WRONG, DECLINED = 422, 402
LONGEST_NAME = 64


async def answer(visit: Visit) -> Response:
    """The form; `POST` has the card saved, maybe by way of its bank."""
    if visit.posted:
        return await _save(visit)
    returned = _returned(visit)
    if returned is not None and returned.status == "succeeded":
        return visit.finished(Done.CARD)
    if returned is not None and returned.last_error:
        return await show(visit, CardForm().declined(returned.last_error["message"]), DECLINED)
    return await show(visit, CardForm(), 200)


def _returned(visit: Visit) -> SetupIntent | None:
    """The intent about which a bank has just asked."""
    intent = visit.account.find(SetupIntent, visit.said.get("setup_intent"))
    mine = intent is not None and intent.form and intent.customer == visit.customer.id
    return intent if mine else None


async def _save(visit: Visit) -> Response:
    form = CardForm.sent(visit.body, visit.now, visit.customer.email or "")
    if form.errors:
        return await show(visit, form, WRONG)
    try:
        intent = _set_up(visit, form)
    except StripeError as error:
        return await show(visit, form.declined(error.message), DECLINED)
    if intent.status == "requires_action":
        return RedirectResponse(f"/3ds/{intent.id}", SEE_OTHER)
    return visit.finished(Done.CARD)


def _set_up(visit: Visit, form: CardForm) -> SetupIntent:
    card = known(form.number)
    token = visit.said.get("form", "")[:LONGEST_NAME] or long_id("")
    intent = card_update.intent_of(visit.account, visit.customer, token)
    # The button may have been pressed twice.
    if intent.status != "succeeded" and not card_update.asks_about(visit.account, intent, card):
        back = f"{visit.session.url}/payment-method?setup_intent={intent.id}"
        card_update.set_up(visit.account, intent, card, form.name, form.expires, back)
    return intent


async def show(visit: Visit, form: CardForm, status: int) -> Response:
    """The page, with what has been typed and what is wrong with it."""
    token = visit.said.get("form") or long_id("")
    return await page("portal/card.html", status, visit=visit, form=form, token=token)
