"""Every status of tables/access.yaml, under each circumstance that it can be put in."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from billproof.errors import Violation
from billproof.law import load_law
from billproof.trials import Answer, becomes, check, clause
from fixtures.api import expect_members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from billproof.law.tables import AccessCase, Status
    from billproof.sandbox.client import Subscription
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

TABLE = load_law().tables.access
NONE, *SUBSCRIBED = TABLE.statuses
NEVER_BOUGHT_HERE = ("active", "unpaid")
"""Of which statuses the doors are tried by who has not gone through checkout."""
BEFORE_THE_PERIODS_END_SECONDS = 12_345


def cells(statuses: list[Status]) -> Iterator[AccessCase]:
    """All of a status that grants; of others the plain one, and the one with most at once.

    Those that another clause's trials look at need a moment to pass.
    """
    rows = [row for row in TABLE.circumstances if row.judged_by is None]
    for status in statuses:
        for circumstance in rows if status.grants else (rows[0], rows[-1]):
            yield TABLE.case(status, circumstance)


def truth(case: AccessCase, subscription: Subscription) -> dict[str, Any]:
    """The members of Stripe's subscription that make the case; its dates all differ."""
    status, circumstance = case.status, case.circumstance
    assert circumstance is not None
    end = subscription.current_period_end
    cancels_at = {
        "at-instant": end - BEFORE_THE_PERIODS_END_SECONDS,
        "at-period-end": end,
    }.get(circumstance.cancellation)
    over = subscription.items.data[0].current_period_start + 1 if status.over else None
    return {
        "status": status.example or status.status,
        "pause_collection": {"behavior": "void"} if circumstance.collection_paused else None,
        "cancel_at_period_end": circumstance.cancellation == "at-period-end",
        "cancel_at": cancels_at,
        "ended_at": over,
    }


def expect_cell(answer: Answer, case: AccessCase, made: Subscription) -> None:
    """GET subscription says of the subscription `made` what the table does."""
    expect_members(
        answer.expect(200),
        plan="pro",
        status=made.status,
        access=case.access,
        effective_plan="pro" if case.access else "free",
        cancels=case.cancels,
        ends_at={
            None: None,
            "period-end": made.current_period_end,
            "cancel-at": made.cancel_at,
            "ended-at": made.ended_at,
        }[case.ends_at],
        current_period_end=made.current_period_end,
    )


def becomes_cell(api: Api, user: User, case: AccessCase, made: Subscription) -> None:
    """Within the settle time it says so."""

    def agrees(answer: Answer) -> bool:
        try:
            expect_cell(answer, case, made)
        except Violation:
            return False
        return True

    answer = becomes(lambda: api.subscription(user), agrees, within=api.settle_seconds)
    expect_cell(answer, case, made)


GRANTING = [row for row in SUBSCRIBED if row.grants]
OTHERS = [row for row in SUBSCRIBED if not row.grants]


@clause("SUB-040")
@pytest.mark.parametrize(
    "statuses",
    [*([row] for row in GRANTING), OTHERS],
    ids=[*(row.status for row in GRANTING), "without access"],
)
def test_a_status_under_each_circumstance(
    api: Api, stripe: Stripe, user: User, statuses: list[Status]
) -> None:
    """One subscription lives through them; Stripe says each time that it changed."""
    subscription = stripe.subscribe(user, "pro")
    for case in cells(statuses):
        made = stripe.change(subscription, **truth(case, subscription))
        stripe.deliver(user)
        becomes_cell(api, user, case, made)


@clause("SUB-041")
def test_what_each_status_lets_its_owner_do(api: Api, stripe: Stripe, user: User) -> None:
    """Checkout opens for who has nothing living, the portal for everybody."""
    subscription = stripe.subscribe(user, "pro")
    for status in SUBSCRIBED:
        case = TABLE.case(status, TABLE.circumstances[0])
        made = stripe.change(subscription, **truth(case, subscription))
        stripe.deliver(user)
        becomes_cell(api, user, case, made)
        before = {session.id for session in stripe.sessions(user)}

        check_doors(api, user, status)

        if status.checkout == "opens":
            check(f"open sessions of {status.status}", len(stripe.sessions(user, "open")), 1)
        else:
            # One that an earlier status opened may still be open: no clause asks to expire it.
            made_now = [one.id for one in stripe.sessions(user) if one.id not in before]
            check(f"new sessions of {status.status}", made_now, [])


@clause("SUB-041")
def test_what_a_newcomer_may_do(api: Api, user: User) -> None:
    """He has nothing to manage, and may buy."""
    answer = api.subscription(user).expect(200)
    expect_members(answer, status=NONE.status, access=False, cancels=False, ends_at=None)

    check_doors(api, user, NONE)


@clause("SUB-041")
def test_what_who_never_bought_here_may_do(api: Api, stripe: Stripe, user: User) -> None:
    """Stripe's customer names him and was made by hand: his doors are those of his status."""
    subscription = stripe.subscribe_by_hand(user)
    for status in (row for row in SUBSCRIBED if row.status in NEVER_BOUGHT_HERE):
        stripe.change(subscription, status=status.status)
        stripe.deliver(user)
        api.subscription_becomes(user, plan="pro", status=status.status)

        check_doors(api, user, status)


@clause("SUB-041")
def test_what_may_do_whose_end_has_passed(api: Api, stripe: Stripe, user: User) -> None:
    """The clock has ended his access, and Stripe has not ended what he has: it is the status' row.

    It began without a checkout, so that no session of his tells of it.
    """
    [active] = [row for row in SUBSCRIBED if row.status == "active"]
    subscription = stripe.subscribe_by_hand(user)
    passed = int(time.time()) - 60
    of_the_period = {"cancel_at": None, "current_period_end": passed - 7}
    for ends_at, truth in (
        (passed, {"cancel_at": passed}),
        (passed - 7, {"cancel_at_period_end": True, **of_the_period}),
    ):
        stripe.change(subscription, **truth)
        stripe.deliver(user)
        api.subscription_becomes(user, plan="pro", status="active", access=False, ends_at=ends_at)

        check_doors(api, user, active)


@clause("SUB-041")
def test_what_may_do_whose_collection_is_paused(api: Api, stripe: Stripe, user: User) -> None:
    """What he has gives no access for now, and is his all the same: it is the status' row.

    It began without a checkout, so that no session of his tells of it.
    """
    [active] = [row for row in SUBSCRIBED if row.status == "active"]
    subscription = stripe.subscribe_by_hand(user)
    stripe.change(subscription, pause_collection={"behavior": "void"})
    stripe.deliver(user)
    api.subscription_becomes(user, plan="pro", status="active", access=False)

    check_doors(api, user, active)


def check_doors(api: Api, user: User, status: Status) -> None:
    """Portal and checkout open or refuse as the status' row says."""
    if api.declares("portal"):
        _check_door(api.portal(user), status.portal)
    _check_door(api.checkout(user, "basic"), status.checkout)


def _check_door(answer: Answer, row: str) -> None:
    if row == "opens":
        answer.expect(201)
    else:
        answer.expect_problem(409, row)
