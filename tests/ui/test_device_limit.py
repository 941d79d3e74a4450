"""Devices: when there is no room for a further one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from billproof.trials import check, check_that, clause
from fixtures.api import DEVICES
from fixtures.asking import settle_after
from fixtures.pages import has_badge, rest, see, see_no, tap
from fixtures.registering import leave_sheet, register, send
from fixtures.returning import come_back
from fixtures.words import Part

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from fixtures.api import Api
    from fixtures.page_object import PageObject
    from fixtures.stripe import Stripe
    from fixtures.users import User
    from fixtures.visits import Visit

pytestmark = pytest.mark.usefixtures("whole_backend")


@clause("APP-011")
def test_at_the_limit_no_further_device_is_offered(
    visit: Visit, api: Api, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """Five devices on Pro; one less, and there is room again."""
    stripe.subscribe_and_see(user, "pro")
    for fingerprint in ("third-device", "fourth-device", "fifth-device"):
        api.register(user, fingerprint, fingerprint.partition("-")[0]).expect(201)
    page = visit(user)
    register(page, pages, "First", "first-device")
    page.reload()
    register(page, pages, "Second", "second-device")
    leave_sheet(page)
    check_full(page, 5)
    page.reload()
    check_full(page, 5)
    told = api.call("GET", DEVICES, user).expect(200)
    check("devices and limit", [len(told["devices"]), told["limit"]], [5, 5])

    tap(page, pages.remove(page, "First"))
    settle_after(page, lambda: pages.answer_removing(page, sure=True))
    expect(pages.devices(page)).to_have_count(4)
    pages.open_device_form(page)
    see_no(page, Part("text", text="limit reached"))
    pages.fill_device_form(page, "Sixth", "sixth-device")
    secret = send(page, pages.submit_device_form(page))
    check_that("a secret", bool(secret), expected="a text", got=secret)
    leave_sheet(page)


@clause("APP-011")
def test_above_the_limit_no_further_device_is_offered(
    visit: Visit, api: Api, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """Whoever has lost his plan keeps his devices, and has no room before they are fewer.

    Where he has bought another meanwhile, the page has his new limit once it says so.
    """
    subscription = stripe.subscribe_and_see(user, "basic")
    for name, fingerprint in (("First", "first-device"), ("Second", "second-device")):
        api.register(user, fingerprint, name).expect(201)
    stripe.change(subscription, status="canceled")
    stripe.deliver(user)
    api.subscription_becomes(user, status="canceled", access=False)
    told = api.call("GET", DEVICES, user).expect(200)
    check("devices above the limit", [len(told["devices"]), told["limit"]], [2, 1])

    page = visit(user)
    expect(pages.devices(page)).to_have_count(2)
    rest(page)
    see_no(page, Part("button", name="Register"))
    see(page, Part("heading", name="Basic"))

    for left, name in ((1, "First"), (0, "Second")):
        tap(page, pages.remove(page, name))
        settle_after(page, lambda: pages.answer_removing(page, sure=True))
        expect(pages.devices(page)).to_have_count(left)
        if left:
            # The one that the free plan has room for.
            check_full(page, left)
    secret = register(page, pages, "Third", "third-device")
    check_that("a secret", bool(secret), expected="a text", got=secret)

    leave_sheet(page)
    check_full(page, 1)
    stripe.subscribe_and_see(user, "pro")
    settle_after(page, lambda: come_back(page))
    # It may stay as it was, but not by half.
    if has_badge(page, "active"):
        pages.open_device_form(page)
        see_no(page, Part("text", text="limit reached"))


def check_full(page: Page, limit: int) -> None:
    """The page says that so many of so many devices are there, and offers no further one."""
    see(page, Part("text", text=f"{limit} of {limit}"))
    see(page, Part("text", text="limit reached"))
    see_no(page, Part("button", name="Register"))
