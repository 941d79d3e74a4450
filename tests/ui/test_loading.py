"""What the billing page says of what it could not load."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from billproof.trials import clause
from fixtures.api import DEVICES, INVOICES, SUBSCRIPTION
from fixtures.pages import BILLING, Part, see, see_no, see_state, state, tap

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from fixtures.api import Api
    from fixtures.page_object import PageObject
    from fixtures.stripe import Stripe
    from fixtures.users import User
    from fixtures.visits import Visit

pytestmark = pytest.mark.usefixtures("whole_backend")


@clause("APP-039")
@pytest.mark.parametrize(
    ("path", "untrue"),
    [
        (SUBSCRIPTION, Part("status", text="Free")),
        (INVOICES, Part("text", text="No invoices yet")),
        (DEVICES, Part("text", text="No devices yet")),
    ],
    ids=["subscription", "invoices", "devices"],
)
def test_what_could_not_be_loaded_is_not_shown_as_none(
    visit: Visit,
    page: Page,
    api: Api,
    stripe: Stripe,
    user: User,
    pages: PageObject,
    path: str,
    untrue: Part,
) -> None:
    """The connection fails for one of the three; once it is back, Try again shows all."""
    stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro", access=True)
    api.register(user, "a1b2c3d4e5").expect(201)
    page.route(f"**{path}*", lambda route: route.abort("connectionfailed"))

    visit(user)

    see_state(page, state(BILLING, "it could not be loaded"))
    see_no(page, untrue)
    see_no(page, Part("button", name="Upgrade"))

    page.unroute_all()
    tap(page, pages.try_again(page))

    see_state(page, state(BILLING, "a subscription with access"))
    expect(pages.invoices(page)).to_have_count(1)
    expect(pages.devices(page)).to_have_count(1)
    see(page, Part("heading", name="Devices"))
