"""What falls due by itself, with a clock in the test's hand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from billproof.sandbox.api import schema
from billproof.sandbox.billing import checkout, subscriptions
from billproof.sandbox.billing.checkout import Buyer
from billproof.sandbox.billing.checkout_session import Session
from billproof.sandbox.billing.periods import period_end
from billproof.sandbox.billing.subscription import Subscription
from billproof.sandbox.objects import customers
from billproof.sandbox.objects.catalogue import Plan
from billproof.sandbox.objects.errors import StripeError
from billproof.sandbox.objects.events import Event
from billproof.sandbox.objects.params import Params
from billproof.sandbox.tenants.tenants import Tenant, Tenants
from billproof.sandbox.webhooks.delivery import Courier

START = 1_800_000_000
PLANS = (Plan(price="price_pro", name="Pro", amount=1900, currency="eur", interval="month"),)


class Clock:
    """Seconds that only the test moves."""

    def __init__(self) -> None:
        self.at = float(START)

    def __call__(self) -> float:
        """The instant."""
        return self.at


@pytest.fixture
def clock() -> Clock:
    """The clock of the test's accounts."""
    return Clock()


@pytest.fixture
def tenant(clock: Clock) -> Tenant:
    """An account on that clock."""
    tenants = Tenants(origin="http://own", plans=PLANS, clock=clock, courier=Courier())
    return tenants.of("sk_test_clock")


def _session(tenant: Tenant, **extra: object) -> Session:
    raw = {
        "mode": "subscription",
        "success_url": "https://shop.test",
        "line_items": {"0": {"price": "price_pro", "quantity": "1"}},
        **extra,
    }
    return checkout.create(tenant.account, Params(schema.checked("checkout.session.create", raw)))


def _types(tenant: Tenant) -> list[str]:
    return [event.type for event in tenant.account.all(Event)]


def test_a_session_expires_at_its_instant(clock: Clock, tenant: Tenant) -> None:
    """Not a second before; then the event says so and it cannot be paid."""
    session = _session(tenant, expires_at=str(START + 1800))
    clock.at = START + 1799
    tenant.catch_up()
    assert session.status == "open"

    clock.at = START + 1800
    tenant.catch_up()

    assert session.status == "expired"
    assert _types(tenant) == ["checkout.session.expired"]
    with pytest.raises(StripeError, match="is expired and cannot be paid"):
        checkout.pay(tenant.account, session, Buyer("4242424242424242"))


def test_a_paid_session_does_not_expire(clock: Clock, tenant: Tenant) -> None:
    """Its instant passes without effect."""
    session = _session(tenant)
    checkout.pay(tenant.account, session, Buyer("4242424242424242"))

    clock.at = session.expires_at + 1
    tenant.catch_up()

    assert session.status == "complete"


def test_a_trial_in_days_begins_with_the_payment(clock: Clock, tenant: Tenant) -> None:
    """The session may wait for hours; the trial does not shrink."""
    session = _session(tenant, subscription_data={"trial_period_days": "14"})
    clock.at = START + 3600

    checkout.pay(tenant.account, session, Buyer("4242424242424242"))

    subscription = tenant.account.get(Subscription, session.subscription or "")
    assert subscription.trial_end == START + 3600 + 14 * 86_400


def test_a_cancellation_that_was_taken_back_does_not_come(clock: Clock, tenant: Tenant) -> None:
    """The period ends, and the subscription goes on."""
    session = _session(tenant)
    checkout.pay(tenant.account, session, Buyer("4242424242424242"))
    subscription = tenant.account.get(Subscription, session.subscription or "")
    for wish in (True, False):
        params = Params({"cancel_at_period_end": wish})
        subscriptions.update(tenant.account, params, subscription.id)

    clock.at = subscription.period_end + 1
    tenant.catch_up()

    assert subscription.status == "active"


def test_a_customer_of_now_was_created_now(clock: Clock, tenant: Tenant) -> None:
    """Instants are the clock's whole seconds."""
    clock.at = START + 7.9

    assert customers.create(tenant.account, Params({})).created == START + 7


@pytest.mark.parametrize(
    ("start", "interval", "count", "end"),
    [
        ("2027-01-31", "month", 1, "2027-02-28"),
        ("2028-01-31", "month", 1, "2028-02-29"),
        ("2027-12-15", "month", 1, "2028-01-15"),
        ("2027-11-30", "month", 3, "2028-02-29"),
        ("2028-02-29", "year", 1, "2029-02-28"),
        ("2027-03-01", "week", 2, "2027-03-15"),
        ("2027-03-27", "day", 3, "2027-03-30"),
    ],
)
def test_a_period_ends_on_the_same_day_or_the_months_last(
    start: str, interval: str, count: int, end: str
) -> None:
    """Months are calendar months in UTC."""
    begun = int(datetime.fromisoformat(start).replace(tzinfo=UTC).timestamp())

    assert period_end(begun, interval, count) == int(
        datetime.fromisoformat(end).replace(tzinfo=UTC).timestamp()
    )
