"""Test clocks and what they drive: trials, renewals, failures, ends."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from billproof.sandbox.objects.errors import StripeError
from billproof.sandbox.objects.settings import AfterRetries, BillingSettings
from billproof.sandbox.tenants.ticking import tick
from tests.suite.sandbox.local import DAY, START, Local

HOUR = 3600
FAILS = "pm_card_chargeCustomerFail"


@pytest.fixture
def stripe() -> Local:
    """An account on a clock of its own."""
    return Local()


def _instant(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def _status(stripe: Local, subscription: dict[str, str]) -> str:
    return str(stripe.get(f"subscriptions/{subscription['id']}")["status"])


def _latest(stripe: Local, subscription: dict[str, str]) -> dict[str, object]:
    found = stripe.get(f"subscriptions/{subscription['id']}", expand=["latest_invoice"])
    return dict(found["latest_invoice"])


def _turn_bad(stripe: Local, customer: str, subscription: dict[str, str]) -> None:
    """From now on the customer's card fails."""
    card = stripe.post(f"payment_methods/{FAILS}/attach", customer=customer)
    stripe.post(f"subscriptions/{subscription['id']}", default_payment_method=card["id"])


# The clock itself


def test_a_clock_goes_with_its_customers_when_its_time_is_over(stripe: Local) -> None:
    """A week of real time after it was made, as if somebody had deleted it."""
    clock = stripe.clock()
    customer = stripe.customer(test_clock=clock)
    stripe.subscribe(customer)
    other = stripe.customer()
    life = stripe.get(f"test_helpers/test_clocks/{clock}")["deletes_after"]
    stripe.at = life - 1
    stripe.tenant.tick()
    told = stripe.told()

    stripe.at = life
    stripe.tenant.tick()

    assert stripe.types(told) == [
        "customer.subscription.deleted",
        "customer.deleted",
        "test_helpers.test_clock.deleted",
    ]
    assert stripe.get(f"customers/{customer}").get("deleted")
    assert not stripe.get(f"customers/{other}").get("deleted")


def test_a_clock_advances_and_is_then_ready(stripe: Local) -> None:
    """It is advancing until what had to happen has happened."""
    clock = stripe.clock()

    moving = stripe.post(f"test_helpers/test_clocks/{clock}/advance", frozen_time=START + DAY)

    assert (moving["status"], moving["frozen_time"]) == ("advancing", START)
    assert moving["status_details"] == {"advancing": {"target_frozen_time": START + DAY}}
    stripe.tenant.tick()
    arrived = stripe.get(f"test_helpers/test_clocks/{clock}")
    assert (arrived["status"], arrived["frozen_time"]) == ("ready", START + DAY)
    assert stripe.types()[-3:] == [
        "test_helpers.test_clock.created",
        "test_helpers.test_clock.advancing",
        "test_helpers.test_clock.ready",
    ]


@pytest.mark.parametrize("to", [START, START - 1])
def test_a_clock_goes_forward_only(stripe: Local, to: int) -> None:
    """Neither back nor nowhere; a second ahead will do."""
    clock = stripe.clock()

    with pytest.raises(StripeError, match="must be after"):
        stripe.advance(clock, to)

    stripe.advance(clock, START + 1)


def test_a_clock_goes_two_intervals_at_most(stripe: Local) -> None:
    """Two months of a monthly price, and not a second more."""
    clock = stripe.clock(_instant("2027-01-15"))
    stripe.subscribe(stripe.customer(test_clock=clock))
    farthest = _instant("2027-03-15")

    with pytest.raises(StripeError, match="two intervals"):
        stripe.advance(clock, farthest + 1)

    stripe.advance(clock, farthest)


def test_a_clock_that_advances_cannot_be_advanced(stripe: Local) -> None:
    """Until it is ready."""
    clock = stripe.clock()
    path = f"test_helpers/test_clocks/{clock}/advance"
    stripe.post(path, frozen_time=START + 1)

    with pytest.raises(StripeError, match="advancing already"):
        stripe.post(path, frozen_time=START + 2)

    stripe.tenant.tick()
    stripe.post(path, frozen_time=START + 2)


def test_a_customer_on_a_clock_lives_in_its_time(stripe: Local) -> None:
    """Whatever is his was made at the clock's instant; lists do not show him unasked."""
    past = _instant("2020-02-01")
    clock = stripe.clock(past)

    customer = stripe.customer(test_clock=clock)
    subscription = stripe.subscribe(customer)

    assert stripe.get(f"customers/{customer}")["created"] == past
    assert (subscription["created"], subscription["test_clock"]) == (past, clock)
    assert stripe.get("customers")["data"] == []
    assert stripe.get("subscriptions")["data"] == []
    assert [each["id"] for each in stripe.get("customers", test_clock=clock)["data"]] == [customer]
    assert len(stripe.get("subscriptions", customer=customer)["data"]) == 1


def test_an_existing_customer_is_put_on_a_clock(stripe: Local) -> None:
    """With all that he has; a second clock cannot have him."""
    customer = stripe.customer()
    subscription = stripe.subscribe(customer)

    clock = stripe.post("test_helpers/test_clocks", frozen_time=START + 60, customer=customer)

    assert stripe.get(f"customers/{customer}")["test_clock"] == clock["id"]
    assert stripe.get(f"subscriptions/{subscription['id']}")["test_clock"] == clock["id"]
    with pytest.raises(StripeError, match="already attached"):
        stripe.post("test_helpers/test_clocks", frozen_time=START, customer=customer)


def test_advancing_one_clock_moves_nobody_else(stripe: Local) -> None:
    """Neither those on another clock nor those in real time."""
    mine, other = stripe.clock(), stripe.clock()
    moved = stripe.subscribe(stripe.customer(test_clock=mine))
    still = stripe.subscribe(stripe.customer(test_clock=other))
    real = stripe.subscribe(stripe.customer())

    stripe.advance(mine, START + 40 * DAY)

    ends = [
        stripe.get(f"subscriptions/{each['id']}")["items"]["data"][0]["current_period_end"]
        - each["items"]["data"][0]["current_period_end"]
        for each in (moved, still, real)
    ]
    assert ends == [28 * DAY, 0, 0]


def test_a_deleted_clock_takes_its_customers_along(stripe: Local) -> None:
    """They are deleted, and what they subscribe to ends."""
    clock = stripe.clock()
    customer = stripe.customer(test_clock=clock)
    subscription = stripe.subscribe(customer)

    stripe.call("DELETE", f"test_helpers/test_clocks/{clock}")

    assert _status(stripe, subscription) == "canceled"
    assert stripe.get(f"customers/{customer}")["deleted"] is True


def test_a_clock_that_is_deleted_on_its_way_does_not_arrive(stripe: Local) -> None:
    """Others are served while it advances; nothing more happens on it then."""
    clock = stripe.clock()
    subscription = stripe.subscribe(stripe.customer(test_clock=clock))
    stripe.post(f"test_helpers/test_clocks/{clock}/advance", frozen_time=START + 50 * DAY)
    steps = stripe.tenant.ticking()
    next(steps)
    moving = stripe.get(f"test_helpers/test_clocks/{clock}")
    assert (moving["status"], moving["frozen_time"] > START) == ("advancing", True)

    stripe.call("DELETE", f"test_helpers/test_clocks/{clock}")
    told = stripe.told()
    list(steps)

    assert stripe.types(told) == []
    assert _status(stripe, subscription) == "canceled"


def test_a_thousand_clocks_do_not_hold_up_a_call(stripe: Local) -> None:
    """Between two of their steps another call is served."""
    clocks = [stripe.clock() for _ in range(3)]
    for clock in clocks:
        stripe.subscribe(stripe.customer(test_clock=clock))
        stripe.post(f"test_helpers/test_clocks/{clock}/advance", frozen_time=START + 40 * DAY)
    served: list[str] = []

    async def others() -> None:
        while len(served) < len(clocks):
            served.append(stripe.get(f"test_helpers/test_clocks/{clocks[-1]}")["status"])
            await asyncio.sleep(0)

    async def both() -> None:
        await asyncio.gather(tick([stripe.tenant]), others())

    asyncio.run(both())
    assert served == ["advancing"] * len(clocks)
    assert stripe.get(f"test_helpers/test_clocks/{clocks[-1]}")["status"] == "ready"


# Renewal


def test_a_period_renews_at_its_end(stripe: Local) -> None:
    """The period moves at once; its invoice is a draft for an hour, then paid."""
    clock = stripe.clock()
    subscription = stripe.subscribe(stripe.customer(test_clock=clock))
    end = subscription["items"]["data"][0]["current_period_end"]

    stripe.advance(clock, end)

    item = stripe.get(f"subscriptions/{subscription['id']}")["items"]["data"][0]
    draft = _latest(stripe, subscription)
    assert item["current_period_start"] == end
    assert (draft["status"], draft["billing_reason"]) == ("draft", "subscription_cycle")
    assert (draft["created"], draft["automatically_finalizes_at"]) == (end, end + HOUR)
    stripe.advance(clock, end + HOUR)
    paid = _latest(stripe, subscription)
    assert (paid["status"], paid["amount_paid"], paid["id"]) == ("paid", 1900, draft["id"])


def test_two_periods_renew_in_their_order(stripe: Local) -> None:
    """Each has its own invoice, made in its own instant."""
    clock = stripe.clock(_instant("2027-01-31"))
    customer = stripe.customer(test_clock=clock)
    stripe.subscribe(customer)

    stripe.advance(clock, _instant("2027-03-31"))

    made = [each["created"] for each in stripe.get("invoices", customer=customer)["data"]]
    assert made == [_instant("2027-03-31"), _instant("2027-02-28"), _instant("2027-01-31")]


def test_real_time_renews_too(stripe: Local) -> None:
    """Nobody needs a clock for it."""
    subscription = stripe.subscribe(stripe.customer())
    end = subscription["items"]["data"][0]["current_period_end"]

    stripe.wait(end - START - 1)
    assert _latest(stripe, subscription)["billing_reason"] == "subscription_create"
    stripe.wait(1)
    assert _latest(stripe, subscription)["created"] == end
    stripe.wait(HOUR)

    assert _latest(stripe, subscription)["status"] == "paid"


def test_a_customer_may_live_ahead_of_real_time(stripe: Local) -> None:
    """By an offset: his period ends in two seconds, and nobody else's does."""
    customer, other = stripe.customer(), stripe.customer()
    mine, theirs = stripe.subscribe(customer), stripe.subscribe(other)
    end = mine["items"]["data"][0]["current_period_end"]

    stripe.account.timeline.run_ahead(customer, end - START - 2)
    stripe.wait(1)
    assert _latest(stripe, mine)["billing_reason"] == "subscription_create"
    stripe.wait(1)

    assert _latest(stripe, mine)["created"] == end
    assert _latest(stripe, theirs)["billing_reason"] == "subscription_create"


def test_everything_of_a_customer_ahead_comes_in_its_second(stripe: Local) -> None:
    """What was expected before he was put ahead, the second thing no later than the first."""
    customer = stripe.customer()
    first = stripe.subscribe(customer)
    stripe.wait(3)
    second = stripe.subscribe(customer)
    end = first["items"]["data"][0]["current_period_end"]
    stripe.account.timeline.run_ahead(customer, end - int(stripe.at) - 2)

    made = []
    for _ in range(6):
        stripe.wait(1)
        made.append([_latest(stripe, each)["billing_reason"] for each in (first, second)])

    renewed = ["subscription_cycle", "subscription_create"]
    assert made[:5] == [["subscription_create"] * 2, *[renewed] * 3, ["subscription_cycle"] * 2]


# Trials


def test_a_trial_ends_in_a_paid_period(stripe: Local) -> None:
    """Announced three days before; active at its end, and billed."""
    clock = stripe.clock()
    customer = stripe.customer(test_clock=clock)
    subscription = stripe.subscribe(customer, trial_period_days=14)
    begun = stripe.told()

    stripe.advance(clock, START + 11 * DAY)
    assert "customer.subscription.trial_will_end" in stripe.types(begun)
    stripe.advance(clock, START + 14 * DAY)

    assert _status(stripe, subscription) == "active"
    assert _latest(stripe, subscription)["amount_due"] == 1900
    stripe.advance(clock, START + 14 * DAY + HOUR)
    assert _latest(stripe, subscription)["status"] == "paid"


def test_a_short_trial_is_announced_at_once(stripe: Local) -> None:
    """Three days are not left; it is said once."""
    clock = stripe.clock()
    stripe.subscribe(stripe.customer(test_clock=clock), trial_period_days=2)

    stripe.advance(clock, START + DAY)

    assert stripe.types().count("customer.subscription.trial_will_end") == 1


@pytest.mark.parametrize(
    ("behavior", "status", "event"),
    [
        ("pause", "paused", "customer.subscription.paused"),
        ("cancel", "canceled", "customer.subscription.deleted"),
        ("create_invoice", "active", "customer.subscription.updated"),
    ],
)
def test_a_trial_without_a_card_ends_as_it_says(
    stripe: Local, behavior: str, status: str, event: str
) -> None:
    """Paused, canceled, or billed all the same."""
    clock = stripe.clock()
    customer = stripe.customer(card=None, test_clock=clock)
    settings = {"end_behavior": {"missing_payment_method": behavior}}
    subscription = stripe.subscribe(customer, trial_period_days=14, trial_settings=settings)

    stripe.advance(clock, START + 14 * DAY)

    assert _status(stripe, subscription) == status
    assert event in stripe.types()[-4:]


def test_a_paused_subscription_resumes_with_a_card(stripe: Local) -> None:
    """It makes no invoices while it is paused; then a new period begins, paid for."""
    clock = stripe.clock()
    customer = stripe.customer(card=None, test_clock=clock)
    settings = {"end_behavior": {"missing_payment_method": "pause"}}
    subscription = stripe.subscribe(customer, trial_period_days=3, trial_settings=settings)
    stripe.advance(clock, START + 33 * DAY)
    assert len(stripe.get("invoices", customer=customer)["data"]) == 1
    with pytest.raises(StripeError, match="no attached payment source"):
        stripe.post(f"subscriptions/{subscription['id']}/resume")

    card = stripe.post("payment_methods/pm_card_visa/attach", customer=customer)
    stripe.post(f"subscriptions/{subscription['id']}", default_payment_method=card["id"])
    resumed = stripe.post(f"subscriptions/{subscription['id']}/resume")

    assert resumed["status"] == "active"
    assert resumed["items"]["data"][0]["current_period_start"] == START + 33 * DAY
    assert stripe.types()[-1] == "customer.subscription.resumed"


# Failure


def test_a_renewal_that_fails_is_past_due_and_tried_again(stripe: Local) -> None:
    """The failed invoice says when; a good card in the meantime brings it back."""
    clock = stripe.clock()
    customer = stripe.customer(test_clock=clock)
    subscription = stripe.subscribe(customer)
    end = subscription["items"]["data"][0]["current_period_end"]
    _turn_bad(stripe, customer, subscription)
    stripe.advance(clock, end + HOUR)
    assert _status(stripe, subscription) == "past_due"
    failed = _latest(stripe, subscription)
    assert (failed["status"], failed["attempt_count"]) == ("open", 1)
    assert failed["next_payment_attempt"] == end + HOUR + 3 * DAY

    card = stripe.post("payment_methods/pm_card_visa/attach", customer=customer)
    stripe.post(f"subscriptions/{subscription['id']}", default_payment_method=card["id"])
    stripe.advance(clock, end + HOUR + 3 * DAY)

    paid = _latest(stripe, subscription)
    assert (paid["status"], paid["attempt_count"]) == ("paid", 2)
    assert paid["next_payment_attempt"] is None
    assert _status(stripe, subscription) == "active"


@pytest.mark.parametrize(
    ("then", "status"),
    [
        (AfterRetries.CANCEL, "canceled"),
        (AfterRetries.UNPAID, "unpaid"),
        (AfterRetries.PAST_DUE, "past_due"),
    ],
)
def test_after_the_last_attempt_the_setting_decides(
    stripe: Local, then: AfterRetries, status: str
) -> None:
    """Four attempts in all; then canceled, unpaid, or past due for good."""
    stripe.account.settings = BillingSettings(after_retries=then)
    clock = stripe.clock()
    customer = stripe.customer(test_clock=clock)
    subscription = stripe.subscribe(customer)
    end = subscription["items"]["data"][0]["current_period_end"]
    _turn_bad(stripe, customer, subscription)

    stripe.advance(clock, end + HOUR + 14 * DAY)
    assert _status(stripe, subscription) == "past_due"
    stripe.advance(clock, end + HOUR + 15 * DAY)

    assert _status(stripe, subscription) == status
    invoice = _latest(stripe, subscription)
    assert (invoice["status"], invoice["attempt_count"]) == ("open", 4)
    assert invoice["next_payment_attempt"] is None
    assert stripe.types().count("invoice.payment_failed") == 4


def test_an_unpaid_subscription_makes_drafts_until_it_is_paid(stripe: Local) -> None:
    """Nothing is charged; paying its latest invoice makes it active."""
    stripe.account.settings = BillingSettings(retry_days=(), after_retries=AfterRetries.UNPAID)
    clock = stripe.clock()
    customer = stripe.customer(test_clock=clock)
    subscription = stripe.subscribe(customer)
    end = subscription["items"]["data"][0]["current_period_end"]
    _turn_bad(stripe, customer, subscription)
    stripe.advance(clock, end + HOUR)
    assert _status(stripe, subscription) == "unpaid"

    stripe.advance(clock, end + 40 * DAY)
    draft = _latest(stripe, subscription)
    assert (draft["status"], draft["auto_advance"]) == ("draft", False)
    stripe.post(f"invoices/{draft['id']}/pay", payment_method="pm_card_visa")

    assert _status(stripe, subscription) == "active"


def test_an_incomplete_subscription_expires_after_23_hours(stripe: Local) -> None:
    """Not a second before; its invoice is then void, and nothing brings it back."""
    clock = stripe.clock()
    customer = stripe.customer(card=FAILS, test_clock=clock)
    subscription = stripe.subscribe(customer)
    assert subscription["status"] == "incomplete"

    stripe.advance(clock, START + 23 * HOUR - 1)
    assert _status(stripe, subscription) == "incomplete"
    stripe.advance(clock, START + 23 * HOUR)

    assert _status(stripe, subscription) == "incomplete_expired"
    invoice = _latest(stripe, subscription)
    assert invoice["status"] == "void"
    with pytest.raises(StripeError, match="is void"):
        stripe.post(f"invoices/{invoice['id']}/pay", payment_method="pm_card_visa")


def test_an_incomplete_subscription_that_is_paid_stays(stripe: Local) -> None:
    """Its 23 hours pass without effect."""
    clock = stripe.clock()
    customer = stripe.customer(card=FAILS, test_clock=clock)
    subscription = stripe.subscribe(customer)
    invoice = subscription["latest_invoice"]
    stripe.post(f"invoices/{invoice}/pay", payment_method="pm_card_visa")

    stripe.advance(clock, START + 24 * HOUR)

    assert _status(stripe, subscription) == "active"


# Ends and pauses


def test_a_cancellation_comes_at_the_stated_second(stripe: Local) -> None:
    """With the instant in `ended_at` and in its event, and no invoice."""
    clock = stripe.clock()
    customer = stripe.customer(test_clock=clock)
    subscription = stripe.subscribe(customer, cancel_at=START + 777)

    stripe.advance(clock, START + 776)
    assert _status(stripe, subscription) == "active"
    stripe.advance(clock, START + 5000)

    ended = stripe.get(f"subscriptions/{subscription['id']}")
    assert (ended["status"], ended["ended_at"]) == ("canceled", START + 777)
    assert len(stripe.get("invoices", customer=customer)["data"]) == 1


def test_cancelling_at_the_end_of_the_period_makes_no_further_invoice(stripe: Local) -> None:
    """The end comes first."""
    clock = stripe.clock()
    customer = stripe.customer(test_clock=clock)
    subscription = stripe.subscribe(customer)
    end = subscription["items"]["data"][0]["current_period_end"]
    stripe.post(f"subscriptions/{subscription['id']}", cancel_at_period_end=True)

    stripe.advance(clock, end)

    assert _status(stripe, subscription) == "canceled"
    assert len(stripe.get("invoices", customer=customer)["data"]) == 1


def test_a_cancelled_subscription_is_not_tried_again(stripe: Local) -> None:
    """Its open invoice stays, without a next attempt."""
    clock = stripe.clock()
    customer = stripe.customer(test_clock=clock)
    subscription = stripe.subscribe(customer)
    end = subscription["items"]["data"][0]["current_period_end"]
    _turn_bad(stripe, customer, subscription)
    stripe.advance(clock, end + HOUR)

    stripe.call("DELETE", f"subscriptions/{subscription['id']}")
    stripe.advance(clock, end + 20 * DAY)

    invoice = _latest(stripe, subscription)
    assert (invoice["status"], invoice["attempt_count"]) == ("open", 1)
    assert invoice["next_payment_attempt"] is None


@pytest.mark.parametrize(
    ("behavior", "status"),
    [("keep_as_draft", "draft"), ("void", "void"), ("mark_uncollectible", "uncollectible")],
)
def test_a_pause_of_collection_decides_what_becomes_of_invoices(
    stripe: Local, behavior: str, status: str
) -> None:
    """The subscription stays active; after `resumes_at` it is collected again."""
    clock = stripe.clock(_instant("2027-01-15"))
    customer = stripe.customer(test_clock=clock)
    subscription = stripe.subscribe(customer)
    resumes = _instant("2027-03-01")
    stripe.post(
        f"subscriptions/{subscription['id']}",
        pause_collection={"behavior": behavior, "resumes_at": resumes},
    )

    stripe.advance(clock, _instant("2027-02-16"))

    assert _status(stripe, subscription) == "active"
    assert _latest(stripe, subscription)["status"] == status
    stripe.advance(clock, _instant("2027-03-16"))
    assert stripe.get(f"subscriptions/{subscription['id']}")["pause_collection"] is None
    assert _latest(stripe, subscription)["status"] == "paid"


# Authentication


@pytest.mark.parametrize(
    ("card", "status", "event"),
    [
        ("pm_card_authenticationRequiredOnSetup", "past_due", "invoice.payment_action_required"),
        ("pm_card_authenticationRequiredSetupForOffSession", "active", "invoice.paid"),
    ],
)
def test_a_renewal_may_need_its_owner(stripe: Local, card: str, status: str, event: str) -> None:
    """A card that always asks stops the renewal; one that is set up does not."""
    clock = stripe.clock()
    customer = stripe.customer(test_clock=clock)
    subscription = stripe.subscribe(customer)
    end = subscription["items"]["data"][0]["current_period_end"]
    method = stripe.post(f"payment_methods/{card}/attach", customer=customer)
    stripe.post(f"subscriptions/{subscription['id']}", default_payment_method=method["id"])
    begun = stripe.told()

    stripe.advance(clock, end + HOUR)

    assert _status(stripe, subscription) == status
    assert event in stripe.types(begun)


def test_an_invoice_that_is_sent_falls_due(stripe: Local) -> None:
    """The subscription is active at once, and past due when it is not paid in time."""
    clock = stripe.clock()
    customer = stripe.customer(card=None, test_clock=clock)
    subscription = stripe.subscribe(customer, collection_method="send_invoice", days_until_due=10)
    assert (subscription["status"], subscription["days_until_due"]) == ("active", 10)

    stripe.advance(clock, START + 10 * DAY - 1)
    assert _status(stripe, subscription) == "active"
    stripe.advance(clock, START + 10 * DAY)

    assert _status(stripe, subscription) == "past_due"
