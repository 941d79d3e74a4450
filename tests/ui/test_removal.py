"""Removing a device on the billing page: asked first, and really gone afterwards."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Error, expect

from billproof.trials import check, clause
from fixtures.pages import BILLING, part, see, state, tap, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from fixtures.api import Api
    from fixtures.page_object import PageObject
    from fixtures.stripe import Stripe
    from fixtures.users import User
    from fixtures.visits import Visit

pytestmark = pytest.mark.usefixtures("whole_backend")


@clause("APP-010")
def test_a_device_is_removed_only_by_whoever_is_sure(
    visit: Visit, api: Api, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """Asked and declined it stays, asked and confirmed it goes, and the one beside it stays.

    Escape is no yes, either.
    """
    stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro", access=True)
    for name, fingerprint in (("Hall", "hall-0001"), ("Kitchen radio", "kitchen-1")):
        api.register(user, fingerprint, name).expect(201)
    page = visit(user)
    row = pages.devices(page).filter(has_text="Kitchen radio")

    tap(page, pages.remove(page, "Kitchen radio"))
    check("devices while the question stands", names_of(api, user), ["Hall", "Kitchen radio"])
    page.keyboard.press("Escape")
    page.reload()
    expect(row).to_be_visible()
    tap(page, pages.remove(page, "Kitchen radio"))
    pages.answer_removing(page, sure=False)
    expect(row).to_be_visible()
    check("devices that are kept", names_of(api, user), ["Hall", "Kitchen radio"])

    tap(page, pages.remove(page, "Kitchen radio"))
    pages.answer_removing(page, sure=True)
    expect(row).to_have_count(0)
    expect(pages.devices(page)).to_have_count(1)
    check("devices", names_of(api, user), ["Hall"])


def names_of(api: Api, user: User) -> list[str]:
    """The names of the user's devices, as the backend has them."""
    return sorted(one["name"] for one in api.devices(user).expect(200)["devices"])


@clause("APP-041")
def test_a_removal_that_fails_is_said_and_can_be_tried_again(
    visit: Visit, api: Api, user: User, pages: PageObject
) -> None:
    """Without a connection the device is still there, and the page does not say otherwise."""
    api.register(user, "kitchen-1", "Kitchen radio").expect(201)
    page = visit(user)
    row = pages.devices(page).filter(has_text="Kitchen radio")
    tap(page, pages.remove(page, "Kitchen radio"))
    page.context.set_offline(offline=True)
    pages.answer_removing(page, sure=True)
    see(page, state(BILLING, "it is offline after a tap").shows[0])
    # Below a sheet that says so the list may be out of reach, but it is to be seen.
    expect(page.get_by_text("Kitchen radio").filter(visible=True).first).to_be_visible()
    check("devices so far", names_of(api, user), ["Kitchen radio"])

    page.context.set_offline(offline=False)
    go_on_removing(page, pages, "Kitchen radio")

    expect(row).to_have_count(0)
    check("devices", names_of(api, user), [])


def go_on_removing(page: Page, pages: PageObject, device: str) -> None:
    """By what the page offers: trying again, the question that still stands, or from the start."""
    question, row = part("question").on(page), pages.devices(page).filter(has_text=device)
    if pages.try_again(page).count():
        tap(page, pages.try_again(page))
        until(page, lambda: row.count() == 0 or question.is_visible())
    elif not question.is_visible():
        tap(page, pages.remove(page, device))
        question.wait_for()
    if question.is_visible():
        # It may stand there while the page tries again by itself.
        with suppress(Error):
            pages.answer_removing(page, sure=True)
