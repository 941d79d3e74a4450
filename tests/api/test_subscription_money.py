"""Money and pages give and take nothing by themselves: the subscription's state decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from billproof.trials import check_that, clause
from fixtures.api import RETURN, expect_members
from fixtures.events import Draft

if TYPE_CHECKING:
    from billproof.sandbox.client import Event
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

NOTHING = {"plan": "free", "effective_plan": "free", "status": "none", "access": False}


def deliver_everything(stripe: Stripe, customer: str, told: set[str]) -> list[str]:
    """Deliver all that the customer's events say and `told` has not, of every type; the types."""
    fresh = [one for one in stripe.sandbox.events(customer=customer) if one.id not in told]
    for event in fresh:
        stripe.deliver_event(event).expect_success()
    return [event.type for event in fresh]


@clause("SUB-026")
@pytest.mark.parametrize("part", [None, 100], ids=["in full", "in part"])
def test_a_refund_takes_nothing(api: Api, stripe: Stripe, user: User, part: int | None) -> None:
    """Stripe leaves the subscription active; when it ends, access ends."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, status="active", access=True)
    told = {event.id for event in stripe.events(user)}
    amount = {} if part is None else {"amount": part}
    stripe.sandbox.stripe("POST", "/v1/refunds", {"charge": charge_of(stripe, user), **amount})
    kinds = deliver_everything(stripe, subscription.customer, told)
    check_that("events", "charge.refunded" in kinds, expected="charge.refunded", got=kinds)
    api.settle()
    expect_members(api.subscription(user).expect(200), plan="pro", status="active", access=True)

    stripe.sandbox.cancel_subscription(subscription.id)
    stripe.deliver(user)
    api.subscription_becomes(user, status="canceled", access=False)


@clause("SUB-026")
@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_a_dispute_takes_nothing(api: Api, stripe: Stripe, user: User, outcome: Any) -> None:
    """Neither when it comes nor when it is decided; when Stripe says unpaid, access ends."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, status="active", access=True)
    told = {event.id for event in stripe.events(user)}
    dispute = stripe.sandbox.dispute(charge_of(stripe, user))
    stripe.sandbox.settle_dispute(dispute.id, outcome)
    kinds = deliver_everything(stripe, subscription.customer, told)
    check_that("events", "charge.dispute.created" in kinds, expected="a dispute", got=kinds)
    api.settle()
    expect_members(api.subscription(user).expect(200), plan="pro", status="active", access=True)

    stripe.change(subscription, status="unpaid")
    stripe.deliver(user)
    api.subscription_becomes(user, status="unpaid", access=False)


def charge_of(stripe: Stripe, user: User) -> str:
    """The charge that the user has paid."""
    customer = stripe.customer(user)
    [charge] = stripe.sandbox.stripe("GET", "/v1/charges", {"customer": customer.id})["data"]
    return str(charge["id"])


@clause("SUB-027")
def test_a_paid_invoice_gives_nothing_by_itself(api: Api, stripe: Stripe, user: User) -> None:
    """Of no subscription, or of one that is unpaid, canceled or paused all the same."""
    kinds = deliver_everything(stripe, paid_by_hand(api, stripe, user), set())
    check_that("events", "invoice.paid" in kinds, expected="invoice.paid", got=kinds)
    api.settle()
    expect_members(api.subscription(user).expect(200), **NOTHING)

    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, status="active", access=True)
    [paid] = [event for event in stripe.events(user, "invoice.paid") if of(event, subscription.id)]
    for status in ("unpaid", "paused", "canceled"):
        stripe.change(subscription, status=status)
        stripe.deliver(user)
        api.subscription_becomes(user, status=status, access=False)
        api.webhook(Draft(paid).body).expect_success()
        api.settle()
        expect_members(api.subscription(user).expect(200), status=status, access=False)


def paid_by_hand(api: Api, stripe: Stripe, user: User) -> str:
    """Have the user pay an invoice of no subscription; his customer, made by a checkout."""
    api.checkout(user, "pro").expect(201)
    customer = stripe.customer(user)
    call = stripe.sandbox.stripe
    invoice = call("POST", "/v1/invoices", {"customer": customer.id, "currency": "eur"})
    item = {"customer": customer.id, "invoice": invoice["id"], "currency": "eur", "amount": 1234}
    call("POST", "/v1/invoiceitems", item)
    call("POST", f"/v1/invoices/{invoice['id']}/finalize")
    call("POST", f"/v1/invoices/{invoice['id']}/pay", {"paid_out_of_band": True})
    return customer.id


def of(event: Event, subscription: str) -> bool:
    """Whether the event speaks of that subscription."""
    return subscription in event.body


TROUBLE = ("invoice.payment_failed", "invoice.payment_action_required", "invoice.voided")


@clause("SUB-027")
def test_a_failed_invoice_takes_nothing_by_itself(api: Api, stripe: Stripe, user: User) -> None:
    """A late word of a payment that failed, of a subscription that is paid again."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, status="active", access=True)
    [paid] = stripe.events(user, "invoice.paid")
    for kind in TROUBLE:
        api.webhook(Draft(paid).changed(type=kind).body).expect_success()
        api.settle()
        shown = api.subscription(user).expect(200)
        expect_members(shown, plan="pro", status="active", access=True)

    stripe.change(subscription, status="past_due")
    stripe.deliver_event(stripe.undelivered(user)[-1]).expect_success()
    api.subscription_becomes(user, status="past_due", access=True)


@clause("SUB-028")
def test_a_completed_session_that_is_unpaid_gives_nothing(
    api: Api, stripe: Stripe, user: User
) -> None:
    """A bank's transfer is under way, and fails, and is tried again, and comes in."""
    session = stripe.pay(api.checkout(user, "pro").expect(201))
    subscription = stripe.sandbox.subscription(str(session.subscription))
    # The sandbox knows cards alone: what a slow payment leaves behind is made true by hand.
    stripe.change(subscription, status="incomplete")
    [completed] = stripe.events(user, "checkout.session.completed")
    slow = Draft(completed).about(payment_status="unpaid")
    failed = slow.changed(type="checkout.session.async_payment_failed")
    for draft in (slow, failed):
        api.webhook(draft.body).expect_success()
        api.settle()
        shown = api.subscription(user).expect(200)
        expect_members(shown, access=False, effective_plan="free")

    stripe.change(subscription, status="active")
    made = stripe.undelivered(user)[-1]
    paid = slow.changed(type="checkout.session.async_payment_succeeded").about(
        payment_status="paid"
    )
    api.webhook(paid.under_its_own_id(made).body).expect_success()

    api.subscription_becomes(user, plan="pro", status="active", access=True)


@clause("SUB-029")
def test_coming_back_from_checkout_proves_nothing(
    api: Api, stripe: Stripe, user: User, other: User
) -> None:
    """Whatever the return page's address says; what was paid for is seen by Stripe's word."""
    paid = stripe.pay(api.checkout(other, "pro").expect(201))
    session = stripe.session(api.checkout(user, "pro").expect(201))
    # WHK-031: it names the user, and its customer is the other's.
    disagrees = stripe.pay_by_hand(stripe.customer(other), user)
    for query, further in (
        (f"session_id={session.id}", False),
        (f"session_id={session.id}&success=true&status=complete&payment_status=paid", True),
        (f"session_id={paid.id}", False),
        (f"session_id={disagrees.id}", False),
        ("session_id=cs_test_nobody_has_this_one&free=1", True),
        (f"success=1&plan=pro&user={user.id}", True),
    ):
        for who in (None, user):
            api.call("GET", f"{RETURN}?{query}", who, invalid=further)
    api.settle()
    expect_members(api.subscription(user).expect(200), **NOTHING)

    stripe.sandbox.pay(session.id)
    stripe.deliver(user)
    api.subscription_becomes(user, plan="pro", status="active", access=True)


@clause("SUB-029")
def test_coming_back_once_more_brings_nothing_back(api: Api, stripe: Stripe, user: User) -> None:
    """His session is paid for ever, as Stripe says, and its subscription has ended since."""
    session = stripe.pay(api.checkout(user, "pro").expect(201))
    stripe.deliver(user)
    api.subscription_becomes(user, plan="pro", status="active", access=True)
    stripe.sandbox.cancel_subscription(str(session.subscription))
    stripe.deliver(user)
    api.subscription_becomes(user, plan="pro", status="canceled", access=False)

    for who in (None, user):
        api.call("GET", f"{RETURN}?session_id={session.id}", who)
    api.settle()

    expect_members(api.subscription(user).expect(200), plan="pro", status="canceled", access=False)
