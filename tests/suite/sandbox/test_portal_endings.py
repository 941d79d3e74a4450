"""The portal cancels, takes it back, pauses and resumes, as its configuration says."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from billproof.sandbox.client import Sandbox
from tests.suite.sandbox.portal import PortalCustomer

DAY = 86_400
REASONS = {"enabled": True, "options": ["too_expensive", "unused", "other"]}


@pytest.fixture
def ada(sandbox: Sandbox, visitor: httpx.Client) -> PortalCustomer:
    """A customer ten days into his month."""
    found = PortalCustomer.with_card(sandbox, visitor)
    sandbox.run_ahead(found.id, 10 * DAY)
    return found


def _cancel(ada: PortalCustomer, **how: Any) -> None:
    ada.open({"subscription_cancel": {"enabled": True, **how}})


def test_canceling_keeps_what_is_paid_for(ada: PortalCustomer) -> None:
    """By default at the period's end; the API and the event say so too."""
    _cancel(ada)

    page = ada.after("/cancel")

    assert "Your subscription will be canceled." in page
    assert ada.shown().cancel_at_period_end
    assert ada.shown().status == "active"
    assert ada.told()[-1] == "customer.subscription.updated"


def test_it_can_be_taken_back(ada: PortalCustomer) -> None:
    """However the end was set; the button is there only then."""
    _cancel(ada)
    assert "Don't cancel subscription" not in ada.see()
    for end in ({"cancel_at_period_end": True}, {"cancel_at": ada.shown().current_period_end + 9}):
        ada.sandbox.update_subscription(ada.subscription, **end)
        assert "Don't cancel subscription" in ada.see()

        page = ada.after("/resume")

        assert "Your subscription will not be canceled." in page
        assert (ada.shown().cancel_at_period_end, ada.shown().cancel_at) == (False, None)


@pytest.mark.parametrize(
    ("behavior", "invoices", "waiting"),
    [("none", 1, 0), ("create_prorations", 1, 1), ("always_invoice", 2, 1)],
)
def test_canceling_at_once_ends_it(
    ada: PortalCustomer, behavior: str, invoices: int, waiting: int
) -> None:
    """With a credit for the rest, or a last invoice, where that is configured."""
    _cancel(ada, mode="immediately", proration_behavior=behavior)
    assert "ends at once" in ada.see("/cancel")
    assert ("credited" in ada.see("/cancel")) == (behavior != "none")

    page = ada.after("/cancel")

    assert "Your subscription has been canceled." in page
    assert ada.shown().status == "canceled"
    assert "customer.subscription.deleted" in ada.told()
    asked = {"customer": ada.id}
    assert len(ada.sandbox.stripe("GET", "/v1/invoices", asked)["data"]) == invoices
    items = ada.sandbox.stripe("GET", "/v1/invoiceitems", asked)["data"]
    assert [each["amount"] < 0 for each in items] == [True] * waiting


@pytest.mark.parametrize("mode", ["at_period_end", "immediately"])
def test_a_reason_is_kept(ada: PortalCustomer, mode: str) -> None:
    """In Stripe's words on the page, by its name in the API, with a comment."""
    _cancel(ada, mode=mode, cancellation_reason=REASONS)
    page = ada.see("/cancel")
    assert "It's too expensive" in page
    assert "Some features are missing" not in page

    ada.after("/cancel", feedback="unused", comment=" Too many seats ")

    details = ada.shown().model_dump()["cancellation_details"]
    assert details["feedback"] == "unused"
    assert details["comment"] == "Too many seats"
    assert details["reason"] == "cancellation_requested"


def test_no_reason_is_taken_that_was_not_asked_for(ada: PortalCustomer) -> None:
    """By hand neither another one, nor one where none is asked; without one it works too."""
    _cancel(ada, cancellation_reason=REASONS)
    ada.after("/cancel", feedback="low_quality")
    assert ada.shown().model_dump()["cancellation_details"]["feedback"] is None
    ada.after("/resume")
    _cancel(ada)
    assert "Why are you canceling?" not in ada.see("/cancel")

    ada.after("/cancel", feedback="unused", comment="x")

    details = ada.shown().model_dump()["cancellation_details"]
    assert (details["feedback"], details["comment"]) == (None, None)
    assert ada.shown().cancel_at_period_end


@pytest.mark.parametrize("mode", ["at_period_end", "immediately"])
def test_a_second_tap_does_no_harm(ada: PortalCustomer, mode: str) -> None:
    """It leads to the same page, and nothing more is told."""
    _cancel(ada, mode=mode)
    first = ada.send("/cancel").headers["location"]
    told, shown = ada.told(), ada.shown()

    again = ada.send("/cancel").headers["location"]

    assert again == first
    assert ada.told() == told
    assert ada.shown() == shown


def test_what_has_ended_does_not_come_back(ada: PortalCustomer) -> None:
    """A button from before is answered in plain words."""
    _cancel(ada)
    ada.sandbox.cancel_subscription(ada.subscription)

    answer = ada.send("/resume")

    assert answer.status_code == 409
    assert "cannot be brought back" in answer.text
    assert ada.shown().status == "canceled"
    assert "Past subscriptions" in ada.see()


def _pausing(ada: PortalCustomer, **duration: Any) -> None:
    ada.open({"subscription_pause": {"enabled": True, "duration": duration}})


def test_a_pause_lasts_until_it_is_ended(ada: PortalCustomer) -> None:
    """What would be charged in it is void; then it is charged again."""
    _pausing(ada, type="indefinite")

    page = ada.after("/pause")

    assert "Payment collection is paused until you resume it." in page
    assert ada.shown().pause_collection == {"behavior": "void", "resumes_at": None}
    assert ada.told()[-1] == "customer.subscription.updated"
    ada.sandbox.run_ahead(ada.id, 32 * DAY)
    latest = ada.sandbox.stripe("GET", f"/v1/invoices/{ada.shown().latest_invoice}")
    assert latest["status"] == "void"
    assert "Your subscription has been resumed." in ada.after("/unpause")
    assert ada.shown().pause_collection is None
    ada.sandbox.run_ahead(ada.id, 64 * DAY)
    latest = ada.sandbox.stripe("GET", f"/v1/invoices/{ada.shown().latest_invoice}")
    assert latest["status"] == "paid"


def test_a_pause_may_have_lengths_to_choose(ada: PortalCustomer) -> None:
    """One of them has to be chosen, and it ends by itself."""
    spans = [{"interval": "month", "interval_count": 1}, {"interval": "month", "interval_count": 3}]
    _pausing(ada, type="interval_options", interval_options=spans)
    page = ada.see("/pause")
    assert ("1 month" in page, "3 months" in page) == (True, True)
    refused = ada.send("/pause", duration="9-year")
    assert (refused.status_code, ada.shown().pause_collection) == (422, None)
    assert "Choose how long to pause." in refused.text

    ada.after("/pause", duration="3-month")

    pause = ada.shown().pause_collection
    assert pause is not None
    asked = ada.sandbox.events(customer=ada.id)[-1].created
    assert 89 * DAY < pause["resumes_at"] - asked < 93 * DAY
    ada.sandbox.run_ahead(ada.id, 110 * DAY)
    assert ada.shown().pause_collection is None


def test_pausing_twice_is_pausing_once(ada: PortalCustomer) -> None:
    """And resuming twice, resuming once."""
    _pausing(ada, type="indefinite")
    ada.after("/pause")
    told = ada.told()
    ada.after("/pause")
    assert ada.told() == told
    ada.after("/unpause")
    told = ada.told()

    ada.after("/unpause")

    assert ada.told() == told


def test_the_buttons_are_those_that_work(ada: PortalCustomer) -> None:
    """Each shows when it can do something, and not otherwise."""
    everything = {
        "subscription_cancel": {"enabled": True},
        "subscription_pause": {"enabled": True},
    }
    ada.open(everything)

    def buttons() -> list[str]:
        found = re.findall(r'class="button[^>]*>([^<]+)<', ada.see())
        return [each for each in found if "subscription" in each]

    assert buttons() == ["Pause subscription", "Cancel subscription"]
    ada.after("/pause")
    assert buttons() == ["Resume subscription", "Cancel subscription"]
    ada.after("/unpause")
    ada.after("/cancel")
    assert buttons() == ["Don't cancel subscription"]
