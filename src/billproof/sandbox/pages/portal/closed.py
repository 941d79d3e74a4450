"""What is said where a door stays shut."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from billproof.sandbox.billing.features import Feature
from billproof.sandbox.pages.portal.flow import Flow
from billproof.sandbox.pages.portal.visit import Visit
from billproof.sandbox.pages.rendering import SEE_OTHER, notice, page

BARRED, NOT_FOUND, CONFLICT, GONE = 403, 404, 409, 410
CLOSED = {
    Feature.CUSTOMER: "Your information cannot be changed here.",
    Feature.INVOICES: "Invoices are not shown here.",
    Feature.CARD: "Payment methods cannot be changed here.",
    Feature.CANCEL: "Subscriptions cannot be canceled here.",
    Feature.PAUSE: "Subscriptions cannot be paused here.",
    Feature.UPDATE: "Plans cannot be changed here.",
}
"""What a disabled feature says to whoever asks for it nevertheless."""


async def no_session() -> Response:
    """The address is of no session."""
    text = "There is no such portal session."
    return await notice(NOT_FOUND, "Page not found", text, None)


async def no_subscription(visit: Visit) -> Response:
    """It names no subscription of this customer."""
    text = "There is no such subscription here."
    return await notice(NOT_FOUND, "Page not found", text, _back(visit))


async def no_customer(visit: Visit) -> Response:
    """He has been deleted."""
    text = "The customer of this session is no more, so there is nothing to manage here."
    way = (visit.home.label, visit.home.url) if visit.home else None
    return await notice(GONE, "This page has expired", text, way)


async def disabled(visit: Visit, feature: Feature) -> Response:
    """The configuration does not have it."""
    return await notice(BARRED, "Not available", CLOSED[feature], _back(visit))


async def other_than(visit: Visit, flow: Flow, feature: Feature | None) -> Response:
    """A deep link is for something else; from the overview it leads there."""
    if feature is None:
        return RedirectResponse(visit.at(flow.path), SEE_OTHER)
    text = "This link is for one thing only, and this is not it."
    return await notice(BARRED, "Not available", text, _back(visit))


async def impossible(visit: Visit, text: str, title: str = "Not possible") -> Response:
    """As things are, that cannot be done."""
    return await notice(CONFLICT, title, text, _back(visit))


async def done(visit: Visit, flow: Flow) -> Response:
    """What a finished deep link shows, and answers whatever is sent to it once more."""
    if flow.redirect:
        return RedirectResponse(flow.redirect, SEE_OTHER)
    if visit.posted:
        return RedirectResponse(visit.at(), SEE_OTHER)
    text = flow.message or visit.news or "Everything is done. You can close this page."
    return await page("portal/done.html", text=text, home=visit.home)


def _back(visit: Visit) -> tuple[str, str] | None:
    return (visit.back.label, visit.back.url) if visit.back else None
