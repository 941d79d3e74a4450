"""What a paid checkout session bills: now, once, from an anchor on, or nothing without a card."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import stripe

from billproof.sandbox.client import Sandbox, SandboxRefused
from billproof.sandbox.models import CheckoutSession
from tests.suite.sandbox.conftest import OpenSession

DAY = 86_400
SETUP = {
    "price_data": {
        "currency": "eur",
        "unit_amount": 700,
        "product_data": {"name": "Setup"},
    },
    "quantity": 1,
}
ANCHOR = "subscription_data[billing_cycle_anchor]"
PRO = {"price": "price_pro", "quantity": 2}
CARDLESS = {
    "payment_method_collection": "if_required",
    "subscription_data": {
        "trial_period_days": 7,
        "trial_settings": {"end_behavior": {"missing_payment_method": "cancel"}},
    },
}


def _bought(sandbox: Sandbox, sdk: stripe.StripeClient, session: CheckoutSession) -> Any:
    """The paid session, with its subscription and its invoice."""
    sandbox.pay(session.id)
    found = {"expand": ["subscription", "invoice", "line_items"]}
    return sdk.v1.checkout.sessions.retrieve(session.id, found)  # type: ignore[arg-type]  # a dict by hand


def _due(sdk: stripe.StripeClient, session: CheckoutSession) -> int:
    """What an open session says will be paid."""
    return sdk.v1.checkout.sessions.retrieve(session.id).amount_total or 0


@pytest.mark.parametrize("trial", [{}, {"trial_period_days": 7}], ids=["now", "trial"])
def test_what_is_paid_once_is_on_the_first_invoice(
    sandbox: Sandbox, sdk: stripe.StripeClient, open_session: OpenSession, trial: dict[str, int]
) -> None:
    """Also when a trial makes the rest free; the subscription has only what comes again."""
    session = open_session(line_items=[SETUP, PRO], subscription_data={"metadata": {}, **trial})
    due = 700 if trial else 4500
    assert _due(sdk, session) == due

    paid = _bought(sandbox, sdk, session)

    assert paid.amount_total == due
    assert (paid.invoice.amount_paid, paid.payment_status) == (due, "paid")
    assert [each.price.id for each in paid.subscription["items"].data] == ["price_pro"]
    assert [each.description for each in paid.line_items.data] == ["Setup", "Pro"]
    assert paid.subscription.status == ("trialing" if trial else "active")


def test_a_basket_needs_something_that_comes_again(open_session: OpenSession) -> None:
    """Alone, what is paid once makes no subscription."""
    assert open_session(line_items=[SETUP, PRO]).status == "open"

    with pytest.raises(SandboxRefused, match="at least one recurring price"):
        open_session(line_items=[SETUP])


def test_periods_begin_at_the_anchor(
    sandbox: Sandbox, sdk: stripe.StripeClient, open_session: OpenSession
) -> None:
    """The time before is paid for in part, as the session said."""
    anchor = int(time.time()) + 10 * DAY
    session = open_session(subscription_data={"billing_cycle_anchor": anchor})
    due = _due(sdk, session)

    paid = _bought(sandbox, sdk, session)

    assert paid.subscription.billing_cycle_anchor == anchor
    assert paid.subscription["items"].data[0].current_period_end == anchor
    assert 0 < due < 1900
    assert paid.invoice.amount_paid == due == paid.amount_total


def test_the_time_before_the_anchor_can_be_free(
    sandbox: Sandbox, sdk: stripe.StripeClient, open_session: OpenSession
) -> None:
    """Then nothing is due, and nothing was required."""
    anchor = int(time.time()) + 10 * DAY
    free = {"billing_cycle_anchor": anchor, "proration_behavior": "none"}

    paid = _bought(sandbox, sdk, open_session(subscription_data=free))

    assert (paid.amount_total, paid.invoice.total) == (0, 0)
    assert paid.payment_status == "no_payment_required"


def test_no_card_is_needed_for_what_is_free(
    sandbox: Sandbox, sdk: stripe.StripeClient, open_session: OpenSession
) -> None:
    """With `if_required`; without it the card is kept for the end of the trial."""
    usual = _bought(sandbox, sdk, open_session(subscription_data={"trial_period_days": 7}))
    assert usual.subscription.default_payment_method

    paid = _bought(sandbox, sdk, open_session(**CARDLESS))

    assert (paid.subscription.status, paid.payment_status) == ("trialing", "no_payment_required")
    assert paid.subscription.default_payment_method is None
    assert sdk.v1.customers.payment_methods.list(paid.customer).data == []
    ending = paid.subscription.trial_settings.end_behavior
    assert ending.missing_payment_method == "cancel"


def test_the_page_asks_for_no_card_when_none_is_needed(
    visitor: httpx.Client, sandbox: Sandbox, open_session: OpenSession
) -> None:
    """An address is enough; one that is none is still refused."""
    session, usual = open_session(**CARDLESS), open_session()
    assert 'name="number"' in visitor.get(f"/c/pay/{usual.id}").text
    assert 'name="number"' not in visitor.get(f"/c/pay/{session.id}").text
    wrong = visitor.post(f"/c/pay/{session.id}", data={"email": "nobody"})
    assert wrong.status_code == 422

    done = visitor.post(f"/c/pay/{session.id}", data={"email": "ada@shop.test"})

    assert done.status_code == 303
    assert sandbox.session(session.id).status == "complete"


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"line_items": [{"price": "price_pro"}]}, "line_items[0][quantity]"),
        ({"line_items": [{"price": "price_pro", "quantity": 0}]}, "line_items[0][quantity]"),
        ({"payment_intent_data": {"description": "x"}}, "payment_intent_data"),
        ({"customer_update": {"name": "auto"}}, "customer_update"),
        ({"currency": "gbp"}, "currency"),
        ({"discounts": [{"coupon": "HALF"}]}, "discounts[0][coupon]"),
        (
            {"subscription_data": {"billing_cycle_anchor": 1}},
            "subscription_data[billing_cycle_anchor]",
        ),
    ],
)
def test_what_stripe_would_refuse_is_refused(
    open_session: Callable[..., CheckoutSession], params: dict[str, object], param: str
) -> None:
    """Each by its name."""
    assert open_session(currency="eur").status == "open"

    with pytest.raises(SandboxRefused) as caught:
        open_session(**params)

    assert (caught.value.status, caught.value.param) == (400, param)
