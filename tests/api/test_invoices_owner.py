"""Whose invoices they are, and what becomes of them with their customer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from billproof.trials import check, check_that, clause, one_of, together
from fixtures.api import INVOICES
from fixtures.invoices import check_walked, open_ledger, page_ids, seen_ledger, walk

if TYPE_CHECKING:
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User


@clause("INV-020")
def test_a_list_is_its_users_own(api: Api, stripe: Stripe, user: User, other: User) -> None:
    """Two users with several each, whose invoices come in turns; each sees all of his."""
    mine, his = open_ledger(api, stripe, user), open_ledger(api, stripe, other, "basic")
    for number in range(3):
        mine.bill(1000 + number)
        his.bill(2000 + number)
    mine.tell()
    his.tell()

    for limit in (1, 3, 100):
        check_walked(walk(api, user, limit), mine.ids())
        check_walked(walk(api, other, limit), his.ids())


@clause("INV-020")
def test_naming_another_shows_nothing_of_his(
    api: Api, stripe: Stripe, user: User, other: User
) -> None:
    """In query, header or cookie; also to somebody who has no customer himself."""
    his = open_ledger(api, stripe, other)
    names = {
        "customer": his.customer.id,
        "customer_id": his.customer.id,
        "user_id": other.id,
        "telegram_user_id": other.id,
        "subscription": his.shown()[0].id,
        "id": his.ids()[0],
    }
    headers = {
        "X-User-Id": str(other.id),
        "X-Customer-Id": his.customer.id,
        "Cookie": f"user_id={other.id}; customer={his.customer.id}",
    }

    check("ids without a customer", page_ids(api.invoices(user, invalid=True, **names)), [])
    mine = open_ledger(api, stripe, user, "basic")

    told = api.invoices(user, invalid=True, **names)
    check("ids, naming another in the query", page_ids(told), mine.ids())
    told = api.call("GET", INVOICES, user, headers=headers)
    check("ids, naming another in headers", page_ids(told), mine.ids())
    for invoice_id in his.ids():
        for path in (f"{INVOICES}/{invoice_id}", f"{INVOICES}/{invoice_id}/pdf"):
            # The path has an id in it, and is none of the contract's: it names no check.
            told = api.call("GET", path, user, invalid=True)
            told.show()
            check("status of another's invoice by its id", told.status, one_of(401, 404))
    check("ids of the other", page_ids(api.invoices(other)), his.ids())


@clause("INV-020")
def test_who_could_not_begin_to_buy_sees_nothing_of_anybody(
    api: Api, stripe: Stripe, user: User, other: User
) -> None:
    """He is known, and has no customer: invoices of no customer in particular are not his."""
    his = open_ledger(api, stripe, other)
    with stripe.failing("create", user=user, kind="customer", effect="status", status=500):
        api.checkout(user, "pro")

    check("ids of whoever could not begin", page_ids(api.invoices(user)), [])
    check("ids of the other", page_ids(api.invoices(other)), his.ids())


@clause("INV-020")
def test_lists_at_the_same_moment_are_each_their_users_own(
    api: Api, stripe: Stripe, user: User, other: User
) -> None:
    """Two users who look at once, four times each: none sees what is the other's."""
    expected = {
        user: open_ledger(api, stripe, user).ids(),
        other: open_ledger(api, stripe, other, "basic").ids(),
    }
    asked = [user, other] * 4
    # Several workers may answer, of which one has shown it.
    api.settle()

    answers = together([partial(api.invoices, one) for one in asked])

    for one, answer in zip(asked, answers, strict=True):
        check("ids of one of two who look at once", page_ids(answer), expected[one])


@clause("INV-022")
@pytest.mark.parametrize("told", [True, False], ids=["told by event", "not told"])
def test_a_deleted_customer_is_no_error(
    api: Api, stripe: Stripe, user: User, *, told: bool
) -> None:
    """Nothing is shown that was not his; with the next customer he has his invoices again."""
    before = open_ledger(api, stripe, user)
    before.bill(1200)
    before.tell()
    was = before.ids()
    cursor = api.invoices(user, limit=1).expect(200)["next_cursor"]
    stripe.sandbox.delete_customer(before.customer.id)
    if told:
        before.tell()

    left = page_ids(api.invoices(user))
    check_that("ids left", set(left) <= set(was), expected=f"some of {was}", got=repr(left))
    before.tell()

    after = open_ledger(api, stripe, user, "basic")
    check_that(
        "the new customer", after.customer.id != before.customer.id, expected="another", got="same"
    )
    seen = page_ids(api.invoices(user))
    check("ids of the new customer's", sorted(set(seen) - set(was)), after.ids())
    # What came since is before all that the cursor leads to: there may be nothing behind it.
    api.invoices(user, cursor=cursor).expect(200, 400)


@clause("INV-002")
def test_whoever_could_not_begin_to_buy_has_no_invoices(
    api: Api, stripe: Stripe, user: User, other: User
) -> None:
    """He has called before, and has no customer: whose invoices he has, Stripe is not asked."""
    open_ledger(api, stripe, other)
    with stripe.failing("create", user=user, kind="customer", effect="status", status=500):
        api.checkout(user, "pro").expect(503)
    check("customers of the user", stripe.sandbox.customers(user=user.id), [])

    answer = api.invoices(user)

    check("invoices", page_ids(answer), [])
    check("next_cursor", answer["next_cursor"], None)
    check("customers of the user", stripe.sandbox.customers(user=user.id), [])
    check("invoices of the other", len(page_ids(api.invoices(other))), 1)


@clause("INV-001")
def test_who_looked_before_he_paid_sees_it_afterwards(api: Api, stripe: Stripe, user: User) -> None:
    """He has a customer and no invoice yet: that this was so is not what he is shown later."""
    begun = api.checkout(user, "pro").expect(201)
    check("ids before it is paid", page_ids(api.invoices(user)), [])

    stripe.pay(begun)
    stripe.deliver(user)

    ledger = seen_ledger(api, stripe, user, "pro")
    check("ids once it is paid", page_ids(api.invoices(user)), ledger.ids())
