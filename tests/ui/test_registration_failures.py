"""A registration that fails or is refused: what is said, and what is typed once alone."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Route, expect

from billproof.trials import check, check_that, clause
from fixtures.asking import (
    REFUSALS,
    Acts,
    answer_to,
    is_act,
    refuse,
    settle_after,
)
from fixtures.offline import is_shut_offline
from fixtures.pages import see, tap, until
from fixtures.reading import text_of
from fixtures.registering import leave_sheet, read, secret_of, send, way_to_send
from fixtures.words import BILLING, Part, state

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from fixtures.api import Api
    from fixtures.page_object import PageObject
    from fixtures.users import User
    from fixtures.visits import Visit

pytestmark = pytest.mark.usefixtures("whole_backend")

NAME, OTHER_NAME, FINGERPRINT = "Living room", "Kitchen", "a1b2c3d4e5"
TOO_SHORT = FINGERPRINT[:7]
"""By openapi.yaml."""
FULL = Part("text", text="limit reached")


@clause("APP-038")
def test_a_registration_that_fails_can_be_sent_again(
    visit: Visit, page: Page, api: Api, user: User, pages: PageObject
) -> None:
    """Without a connection it says so and nothing is lost; with one again the same form works.

    So it does after a slip of the finger, and after failures of the server of every kind, at which
    nothing is sent again by itself.
    """
    visit(user)
    pages.open_device_form(page)
    pages.fill_device_form(page, NAME, FINGERPRINT)
    fail(page, pages, NAME, FINGERPRINT, partial(refuse, name="validation-failed", status=422))
    # Until something is typed, a page may not send again what was not accepted.
    for fingerprint in (TOO_SHORT, FINGERPRINT):
        pages.fill_device_form(page, NAME, fingerprint)
        fail(page, pages, NAME, fingerprint)
    for name, status in REFUSALS:
        fail(page, pages, NAME, FINGERPRINT, partial(refuse, name=name, status=status))
    acts = Acts(page)
    page.context.set_offline(offline=True)
    if not is_shut_offline(page, way_to_send(page, pages)):
        tap(page, way_to_send(page, pages))
    # The form's own button may be the way to try again.
    see(page, state(BILLING, "it is offline after a tap").shows[0])
    check("what was typed is still there", pages.read_device_form(page), [NAME, FINGERPRINT])
    check("devices so far", api.devices(user).expect(200)["devices"], [])
    # A second answer to the same form has no secret; a page may know that nobody would hear it.
    if acts.are_made:
        check("requests of a registration that is not answered", len(acts.repeated()), 1)

    page.context.set_offline(offline=False)
    secret = send(page, pages.try_again(page).or_(pages.submit_device_form(page)).first)

    expect(read(page, secret).first).to_be_visible()
    leave_sheet(page)
    expect(pages.devices(page).filter(has_text=NAME)).to_have_count(1)


def fail(
    page: Page,
    pages: PageObject,
    name: str,
    fingerprint: str,
    deny: Callable[[Route], None] = refuse,
) -> None:
    """Send the form in vain, if it can be sent; it is there with what was typed, and was sent once.

    What is refused by the page itself never comes to the server, which fails.
    """
    submit, acts = way_to_send(page, pages), Acts(page)
    page.route("**/*", lambda route: (deny if is_act(route.request) else Route.fallback)(route))
    if submit.is_enabled():
        settle_after(page, lambda: tap(page, submit))
    page.unroute_all()
    there = pages.read_device_form(page)
    check("what was typed is there after a failure", there, [name, fingerprint])
    if acts.are_made:
        check("requests of a registration that fails", len(acts.repeated()), 1)


@clause("APP-038")
def test_a_registration_that_is_refused_can_be_sent_again(
    visit: Visit, page: Page, api: Api, user: User, pages: PageObject
) -> None:
    """The last place was taken meanwhile, elsewhere; once it is free, the same form works."""
    visit(user)
    pages.open_device_form(page)
    pages.fill_device_form(page, NAME, FINGERPRINT)
    taken = api.register(user, "taken-meanwhile", "Elsewhere").expect(201)["device"]
    before = text_of(page)
    submit = pages.submit_device_form(page)
    settle_after(page, lambda: answer_to(page, lambda: tap(page, submit)))
    until(page, lambda: text_of(page) != before)
    says = text_of(page) != before
    check_that("what the page says of it", says, expected="a word more", got="what it said before")
    # Whoever knows by now that the limit is reached offers no registration: the form waits unseen.
    waits = FULL.on(page).count() > 0 and submit.filter(visible=True).count() == 0
    if not waits:
        check("what was typed is still there", pages.read_device_form(page), [NAME, FINGERPRINT])
    kept = [one["id"] for one in api.devices(user).expect(200)["devices"]]
    check("devices meanwhile", kept, [taken["id"]])

    corrected = not waits and submit.is_visible()
    if waits and pages.try_again(page).count() == 0:
        tap(page, pages.remove(page, "Elsewhere"))
        settle_after(page, lambda: pages.answer_removing(page, sure=True))
        pages.open_device_form(page)
        check("what was typed is there again", pages.read_device_form(page), [NAME, FINGERPRINT])
    else:
        api.revoke(user, taken["id"]).expect_success()
    if corrected:
        # Whoever is refused may have mistyped: the fields are still fields.
        pages.fill_device_form(page, OTHER_NAME, FINGERPRINT)
        secret = send(page, submit)
    else:
        secret = secret_of(page, lambda: send_again(page, pages, waits=waits))

    expect(read(page, secret).first).to_be_visible()
    told = api.devices(user).expect(200)["devices"]
    named = (OTHER_NAME if corrected else NAME, FINGERPRINT)
    check("devices", [(one["name"], one["fingerprint"]) for one in told], [named])


def send_again(page: Page, pages: PageObject, *, waits: bool) -> None:
    """Tap what sends the form once more; to try again may only bring up one that waits unseen."""
    acts = Acts(page)
    tap(page, pages.try_again(page).or_(pages.submit_device_form(page)).first)
    if not waits:
        return
    until(page, lambda: acts.are_made or pages.submit_device_form(page).first.is_visible())
    if not acts.are_made:
        tap(page, pages.submit_device_form(page))
