"""Devices on the billing page: from the form to the limit, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from billproof.trials import check, check_that, clause
from fixtures.api import DEVICES
from fixtures.pages import Part, see, see_no, tap
from fixtures.registering import read, register

if TYPE_CHECKING:
    from fixtures.api import Api
    from fixtures.page_object import PageObject
    from fixtures.stripe import Stripe
    from fixtures.users import User
    from fixtures.visits import Visit

pytestmark = pytest.mark.usefixtures("whole_backend")

KEPT = """async () => JSON.stringify([
  location.href, document.cookie, document.documentElement.outerHTML,
  { ...localStorage }, { ...sessionStorage },
  [...document.querySelectorAll("input, textarea")].map((field) => field.value),
  history.state, await indexedDB.databases(), await caches.keys(),
])"""


@clause("APP-009")
def test_a_secret_is_shown_once_and_kept_nowhere(
    visit: Visit, api: Api, user: User, pages: PageObject
) -> None:
    """It is on the page until the page is loaded anew."""
    page = visit(user)
    secret = register(page, pages, "Living room", "a1b2c3d4e5")
    expect(read(page, secret).first).to_be_visible()
    stored = page.evaluate(
        "JSON.stringify([{...localStorage}, {...sessionStorage}, location.href])"
    )
    check("the secret is kept while it is shown", secret in stored, expected=False)

    page.reload()

    expect(pages.devices(page).filter(has_text="Living room")).to_be_visible()
    check("the secret is still there after a reload", secret in page.evaluate(KEPT), expected=False)
    [device] = api.call("GET", DEVICES, user).expect(200)["devices"]
    check(
        "name and fingerprint",
        [device["name"], device["fingerprint"]],
        ["Living room", "a1b2c3d4e5"],
    )


@clause("APP-010")
def test_a_device_is_removed_only_by_whoever_is_sure(
    visit: Visit, api: Api, user: User, pages: PageObject
) -> None:
    """Asked and declined it stays, asked and confirmed it goes."""
    device = {"name": "Kitchen radio", "fingerprint": "kitchen-1"}
    api.call("POST", DEVICES, user, json_body=device).expect(201)
    page = visit(user)
    row = pages.devices(page).filter(has_text="Kitchen radio")

    tap(page, pages.remove(page, "Kitchen radio"))
    count = len(api.call("GET", DEVICES, user).expect(200)["devices"])
    check("devices while the question stands", count, 1)
    pages.answer_removing(page, sure=False)
    expect(row).to_be_visible()

    tap(page, pages.remove(page, "Kitchen radio"))
    pages.answer_removing(page, sure=True)
    expect(row).to_have_count(0)
    check("devices", api.call("GET", DEVICES, user).expect(200)["devices"], [])


@clause("APP-011")
def test_at_the_limit_no_further_device_is_offered(
    visit: Visit, api: Api, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """Two devices on Basic; one less, and there is room again."""
    stripe.subscribe(user, "basic")
    api.subscription_becomes(user, plan="basic", access=True)
    page = visit(user)
    register(page, pages, "First", "first-device")
    page.reload()
    register(page, pages, "Second", "second-device")
    page.reload()

    see(page, Part("text", text="2 of 2"))
    see(page, Part("text", text="limit reached"))
    see_no(page, Part("button", name="Register"))
    told = api.call("GET", DEVICES, user).expect(200)
    check("devices and limit", [len(told["devices"]), told["limit"]], [2, 2])

    tap(page, pages.remove(page, "First"))
    pages.answer_removing(page, sure=True)
    expect(pages.devices(page)).to_have_count(1)
    secret = register(page, pages, "Third", "third-device")
    check_that("a secret", bool(secret), expected="a text", got=secret)
    see(page, Part("heading", name="Basic"))
