"""What changes at Stripe is seen in the list of invoices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billproof.trials import check, check_that, clause
from fixtures.invoices import (
    SETTLED,
    Ledger,
    Move,
    check_walked,
    display_of,
    open_ledger,
    page_ids,
    walk,
    walked,
)

if TYPE_CHECKING:
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User


@clause("INV-010")
def test_a_change_is_seen(api: Api, stripe: Stripe, user: User) -> None:
    """Looked at before and after; nothing is shown as it was."""
    ledger = open_ledger(api, stripe, user)
    invoices = {how: ledger.bill(1200) for how in SETTLED}
    again = ledger.bill(1300)
    ledger.tell()
    before = display_of(api, user)
    for invoice in (*invoices.values(), again):
        check("display_status before", before.get(invoice.id), "open")

    for how, invoice in invoices.items():
        ledger.move(invoice, how)
    ledger.decline(again)
    new = ledger.bill(1400)
    ledger.tell()

    after = display_of(api, user)
    for how, status in SETTLED.items():
        check(f"display_status after {how}", after.get(invoices[how].id), status)
    check("display_status after a declined card", after.get(again.id), "past_due")
    check("display_status of what is new", after.get(new.id), "open")

    given_up = invoices["mark_uncollectible"]
    ledger.move(given_up, "pay")
    ledger.tell()
    check("display_status once paid after all", display_of(api, user).get(given_up.id), "paid")


@clause("INV-010")
@pytest.mark.parametrize("how", SETTLED)
def test_a_change_is_seen_by_itself(api: Api, stripe: Stripe, user: User, how: Move) -> None:
    """Nothing else has happened since the list was last looked at, and nothing else is told."""
    ledger = open_ledger(api, stripe, user)
    invoice = ledger.bill(1200)
    ledger.tell()
    check("display_status before", display_of(api, user)[invoice.id], "open")

    ledger.move(invoice, how)
    ledger.tell()

    check(f"display_status after {how} alone", display_of(api, user)[invoice.id], SETTLED[how])


@clause("INV-010")
def test_a_change_is_seen_behind_the_first_page(api: Api, stripe: Stripe, user: User) -> None:
    """What is old changes, too: it is paid or given up months later."""
    ledger = open_ledger(api, stripe, user)
    invoices = {how: ledger.bill(1200) for how in SETTLED}
    ledger.bill(1300)
    ledger.tell()
    before = walk(api, user, 1)
    check_that("pages of one", len(before) > 1, expected="more than one", got=len(before))

    for how, invoice in invoices.items():
        ledger.move(invoice, how)
    ledger.tell()

    after = {one["id"]: one["display_status"] for one in walked(walk(api, user, 1))}
    for how, status in SETTLED.items():
        check(f"display_status after {how}", after.get(invoices[how].id), status)


@clause("INV-010")
def test_who_has_subscribed_to_nothing_sees_what_is_billed(
    api: Api, stripe: Stripe, user: User
) -> None:
    """He has begun to buy, and so has a customer; what he is billed by hand is there."""
    api.checkout(user, "pro").expect(201)
    ledger = Ledger(api, stripe, user)
    billed = ledger.bill(1400)
    ledger.tell()

    check("ids without a subscription", page_ids(api.invoices(user)), [billed.id])


@clause("INV-013")
def test_a_walk_meets_what_has_no_number(api: Api, stripe: Stripe, user: User) -> None:
    """Several of them are several, whatever they lack."""
    ledger = open_ledger(api, stripe, user)
    for amount in (1100, 1200, 1300):
        ledger.bill_without_a_number(amount)
    ledger.tell()

    for limit in (1, 3, 100):
        check_walked(walk(api, user, limit), ledger.ids())
