"""Walking through invoices: all of them, once, in order, however they are paged."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

import pytest

from billproof.trials import Answer, check, check_that, clause
from fixtures.invoices import (
    Ledger,
    check_walked,
    open_ledger,
    page_ids,
    seen_ledger,
    walk,
    walked,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from billproof.sandbox.client import Invoice
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

USUAL = 20
BEYOND = ("0", "101", "-1", "1000", "99999999999999999999")
BAD_LIMITS = (*BEYOND, "ten", "1.5", "1e1", "", "null", "1_0", "5abc", "0x10", "\u0665")


def bill_some(ledger: Ledger, count: int) -> list[str]:
    """Make so many open invoices, and tell; the ids of all there are."""
    for number in range(count):
        ledger.bill(1000 + number)
    ledger.tell()
    return ledger.ids()


def check_pages(pages: list[Answer], limit: int) -> None:
    """All but the last are full and lead on; the last has something, and leads nowhere."""
    sizes = [len(page["invoices"]) for page in pages]
    check("sizes of all pages but the last", sizes[:-1], [limit] * (len(pages) - 1))
    some = 0 < sizes[-1] <= limit
    check_that("size of the last page", some, expected=f"1 to {limit}", got=f"{sizes[-1]}")
    check("next_cursor of the last page", pages[-1]["next_cursor"], None)


@clause("INV-011")
def test_newest_first(api: Api, stripe: Stripe, user: User) -> None:
    """Over a year, with several of one instant; whichever way it is paged.

    One of them was begun before most others, and got its number after all of them.
    """
    ledger = open_ledger(api, stripe, user)
    draft = ledger.draft(500)
    ids = [ledger.shown()[0].id, draft.id]
    for ahead in (100, 3600, 3600, 86_400):
        stripe.sandbox.run_ahead(ledger.customer.id, ahead)
        # What is owed stands beside what is paid, and so before and behind it.
        ids += [ledger.move(ledger.bill(1000), "pay").id, ledger.bill(2000).id]
    ledger.move(draft, "finalize")
    ledger.tell()

    for limit in (100, 2):
        created = [invoice["created"] for invoice in walked(walk(api, user, limit))]
        check("created along the list", created, sorted(created, reverse=True))
        instants = len(set(created))
        check_that("instants in the list", instants >= 4, expected="4 or more", got=instants)
    check_walked(walk(api, user, 3), ids)


@clause("INV-012")
def test_a_limit_is_one_to_a_hundred(api: Api, stripe: Stripe, user: User) -> None:
    """What is given counts, twenty is usual, and what is beyond is refused rather than cut."""
    ledger = open_ledger(api, stripe, user)
    ids = bill_some(ledger, 22)

    for limit, size in ((1, 1), (19, 19), (22, 22), (23, 23), (100, 23)):
        check(f"size of a page of {limit}", len(page_ids(api.invoices(user, limit=limit))), size)
    usual = api.invoices(user)
    check("size of the usual page", len(page_ids(usual)), USUAL)
    check_that("next_cursor", usual["next_cursor"] is not None, expected="a text", got="null")
    short = api.invoices(user, limit=2).expect(200)["next_cursor"]
    usual_behind = len(page_ids(api.invoices(user, cursor=short)))
    check("size of the usual page behind a cursor", usual_behind, USUAL)
    for wrong in BAD_LIMITS:
        refused = api.invoices(user, limit=wrong, invalid=True)
        refused.expect_problem(422, "validation-failed")
    check("ids on one page", sorted(page_ids(api.invoices(user, limit=100))), ids)


@clause("INV-013")
def test_a_walk_meets_each_once(api: Api, stripe: Stripe, user: User) -> None:
    """Twelve invoices, several of one second, in pages that do and do not divide them."""
    ledger = open_ledger(api, stripe, user)
    ids = bill_some(ledger, 11)
    check_equal_instants(ledger)
    whole = order(walk(api, user))

    for limit in (1, 2, 5, 7, 11, 12):
        pages = walk(api, user, limit)
        check_walked(pages, ids)
        check(f"order of a walk by {limit}", order(pages), whole)


def check_equal_instants(ledger: Ledger) -> None:
    """At least two are of one second: else the trial would prove less than it says."""
    created = [invoice.created for invoice in ledger.shown()]
    most = max(created.count(instant) for instant in created)
    check_that("invoices of one second", most >= 2, expected="2 at least", got=f"{most}")


def order(pages: list[Answer]) -> list[str]:
    """The ids in the order of the walk."""
    return [invoice["id"] for invoice in walked(pages)]


@clause("INV-014")
def test_a_hundred_and_more_are_reached(api: Api, stripe: Stripe, user: User) -> None:
    """Stripe's own pages end at a hundred; a user's history does not."""
    ledger = open_ledger(api, stripe, user)
    ids = bill_some(ledger, 101)

    for limit in (100, 35):
        pages = walk(api, user, limit)
        check_walked(pages, ids)
        check_pages(pages, limit)


@clause("INV-014")
def test_behind_hundreds_of_drafts_there_is_more(api: Api, stripe: Stripe, user: User) -> None:
    """They fill two pages of Stripe's, and none of ours."""
    ledger = open_ledger(api, stripe, user)
    for count in (2, 201, 3):
        for _ in range(count):
            ledger.draft()
        ledger.bill(1100)
    ledger.tell()

    for limit in (1, 2, 100):
        check_walked(walk(api, user, limit), ledger.ids())


@clause("INV-015")
@pytest.mark.parametrize("drafts", [False, True], ids=["no drafts", "drafts between"])
def test_only_the_last_page_leads_nowhere(
    api: Api, stripe: Stripe, user: User, *, drafts: bool
) -> None:
    """Also where the pages divide the list exactly, and where drafts lie between or behind."""
    ledger = open_ledger(api, stripe, user)
    for number in range(5):
        ledger.bill(1000 + number)
        for _ in range(number if drafts else 0):
            ledger.draft()
    ledger.tell()

    for limit in (1, 2, 3, 5, 6, 7):
        pages = walk(api, user, limit)
        check_walked(pages, ledger.ids())
        check_pages(pages, limit)


@clause("INV-015")
def test_a_hundred_are_one_whole_page(api: Api, stripe: Stripe, user: User) -> None:
    """As many as a page may have, and Stripe's own pages have: nothing is behind them.

    In smaller pages each but the last is full, the first and those behind it.
    """
    ledger = open_ledger(api, stripe, user)
    ids = bill_some(ledger, 99)

    pages = walk(api, user, 100)

    check_walked(pages, ids)
    check("pages of a hundred", len(pages), 1)
    check_pages(walk(api, user, 30), 30)
    check_pages(walk(api, user), USUAL)


@clause("INV-015")
def test_drafts_alone_are_an_empty_list(api: Api, stripe: Stripe, user: User) -> None:
    """A draft behind the last invoice is no reason for another page, nor one before the first."""
    begun = api.checkout(user, "pro").expect(201)
    # Older than the first invoice.
    Ledger(api, stripe, user).draft()
    stripe.pay(begun)
    stripe.deliver(user)
    ledger = seen_ledger(api, stripe, user, "pro")
    [paid] = ledger.ids()
    for _ in range(3):
        ledger.draft()
    ledger.tell()

    answer = api.invoices(user, limit=1)

    check("ids on the page", page_ids(answer), [paid])
    check("next_cursor", answer["next_cursor"], None)


@clause("INV-016")
def test_nothing_is_lost_while_invoices_change(api: Api, stripe: Stripe, user: User) -> None:
    """After each page something comes, is settled, finalised or deleted."""
    ledger = open_ledger(api, stripe, user)
    drafts = [ledger.draft(1700) for _ in range(3)]
    for number in range(5):
        ledger.bill(1000 + number)
        drafts.append(ledger.draft(2000 + number))
    ledger.tell()
    there = ledger.ids()
    happenings: list[Callable[[], object]] = [
        partial(ledger.bill, 3000),
        partial(forget_all, ledger, drafts[1:]),
        partial(ledger.move, drafts[0], "finalize"),
        partial(void_all, ledger),
    ]

    seen = page_ids(page := api.invoices(user, limit=1))
    for happens in happenings:
        happens()
        ledger.tell()
        check_that("a further page", page["next_cursor"] is not None, expected="one", got="none")
        page = api.invoices(user, limit=1, cursor=page["next_cursor"])
        seen += page_ids(page)
    seen += order(walk(api, user, 1, page["next_cursor"]))

    check("ids seen, each once", len(set(seen)), len(seen))
    check("ids of those that were there all the time", sorted(set(seen) & set(there)), there)
    check_walked(walk(api, user, 2), ledger.ids())


def forget_all(ledger: Ledger, drafts: list[Invoice]) -> None:
    """Delete the drafts."""
    for draft in drafts:
        ledger.forget(draft)


def void_all(ledger: Ledger) -> None:
    """Void whatever is open."""
    for invoice in ledger.shown():
        if invoice.status == "open":
            ledger.move(invoice, "void")


DAY_SECONDS = 86_400
STEP_SECONDS = 50 * DAY_SECONDS
"""Stripe's clocks advance by two periods at most."""


@clause("INV-023")
def test_what_is_old_is_listed_too(api: Api, stripe: Stripe, user: User) -> None:
    """A subscriber for more than a year, as Stripe shows him: every month of it."""
    now = int(time.time())
    begun = now - 8 * STEP_SECONDS
    frozen = {"frozen_time": begun}
    clock = str(stripe.sandbox.stripe("POST", "/v1/test_helpers/test_clocks", frozen)["id"])
    owner = {"telegram_user_id": str(user.id)}
    customer = stripe.sandbox.create_customer(metadata=owner, test_clock=clock)
    stripe.sandbox.subscribe(customer.id, "price_billproof_pro", metadata=owner)
    for instant in range(begun + STEP_SECONDS, now + 1, STEP_SECONDS):
        stripe.sandbox.advance(clock, instant)
    stripe.deliver(user)
    api.subscription_becomes(user, plan="pro", status="active")
    # Whoever keeps invoices himself may have the last of many events still before him.
    api.settle()
    ledger = Ledger(api, stripe, user)

    newest, *older = (invoice.id for invoice in ledger.shown())
    check_that("months", len(older) >= 12, expected="12 at least", got=f"{len(older)}")
    check("ids of the newest", page_ids(api.invoices(user, limit=1)), [newest])
    for limit in (5, 100):
        check_walked(walk(api, user, limit), [newest, *older])


@clause("INV-023")
def test_what_is_very_old_is_listed_too(api: Api, stripe: Stripe, user: User) -> None:
    """Bills as old as Stripe: of a subscription that it still calls active, and by hand."""
    begun = int(time.time()) - 15 * 365 * DAY_SECONDS
    frozen = {"frozen_time": begun}
    clock = str(stripe.sandbox.stripe("POST", "/v1/test_helpers/test_clocks", frozen)["id"])
    owner = {"telegram_user_id": str(user.id)}
    customer = stripe.sandbox.create_customer(metadata=owner, test_clock=clock)
    stripe.sandbox.subscribe(customer.id, "price_billproof_pro", metadata=owner)
    ledger = Ledger(api, stripe, user)
    ledger.bill(1100)
    ledger.tell()
    api.subscription_becomes(user, plan="pro", status="active")

    created = {one.created for one in ledger.shown()}
    check("when they were made", created, {begun})
    for limit in (1, 100):
        check_walked(walk(api, user, limit), ledger.ids())
