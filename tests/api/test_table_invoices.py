"""Every row of tables/invoices.yaml, shown as it says."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from billproof.law import load_law
from billproof.sandbox.client import SandboxRefused
from billproof.trials import becomes, check, check_that, clause
from billproof.trials.pace import pause
from fixtures.api import INVOICES
from fixtures.instants import check_instant
from fixtures.stripe import RENEWED_SECONDS

if TYPE_CHECKING:
    from billproof.law.tables import InvoiceRow
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

TABLE = load_law().tables.invoices
HOUR = 3600
A_LITTLE_LATER_SECONDS = 1.1
MOVES = {"paid": "pay", "void": "void", "uncollectible": "mark_uncollectible"}
"""How an open invoice comes to another status."""


class Merchant:
    """Whoever writes invoices to one customer, as a program of the merchant's would."""

    def __init__(self, stripe: Stripe, customer: str) -> None:
        """`customer` is his id."""
        self._account = stripe
        self._stripe = stripe.sandbox
        self._customer = customer

    def draft(self, amount: int, *, overdue: bool) -> str:
        """A draft of one line; its id."""
        due = int(time.time()) + (-HOUR if overdue else HOUR)
        terms = {"collection_method": "send_invoice", "due_date": due}
        whose = {"customer": self._customer, "currency": "eur"}
        invoice = str(self._stripe.stripe("POST", "/v1/invoices", {**whose, **terms})["id"])
        line = {**whose, "invoice": invoice, "amount": amount}
        self._stripe.stripe("POST", "/v1/invoiceitems", line)
        return invoice

    def move_on(self, invoice: str, row: InvoiceRow, *, attempted: bool) -> None:
        """Make of the draft what the row has."""
        if row.status == "draft":
            return
        self._move(invoice, "finalize")
        if attempted:
            self._decline(invoice)
        if row.status in MOVES:
            outside = {"paid_out_of_band": True} if row.status == "paid" else {}
            self._move(invoice, MOVES[row.status], **outside)

    def shown(self, invoice: str) -> dict[str, Any]:
        """The invoice as it is at Stripe now."""
        return self._stripe.stripe("GET", f"/v1/invoices/{invoice}")

    def _move(self, invoice: str, how: str, **params: Any) -> None:
        self._stripe.stripe("POST", f"/v1/invoices/{invoice}/{how}", params)

    def _decline(self, invoice: str) -> None:
        card = self._account.attach_failing_card(self._customer)
        try:
            self._move(invoice, "pay", payment_method=card)
        except SandboxRefused as refused:
            check("status of a declined payment at Stripe", refused.status, 402)


def listed(api: Api, user: User) -> dict[str, dict[str, Any]]:
    """The user's invoices by id; there are fewer than one page holds."""
    answer = api.call("GET", f"{INVOICES}?limit=100", user).expect(200)
    return {invoice["id"]: invoice for invoice in answer["invoices"]}


@clause("INV-040")
def test_each_row_is_shown_as_it_says(api: Api, stripe: Stripe, user: User) -> None:
    """All of them in one list: where attempts and due date are all the same, with both."""
    subscription = stripe.subscribe(user, "pro")
    merchant = Merchant(stripe, subscription.customer)
    made = {}
    for number, row in enumerate(TABLE.rows, start=1):
        made[merchant.draft(1000 + number, overdue=row.overdue is not False)] = row
    # What was made in one second is finalised in another: `created` is the first of them.
    pause(A_LITTLE_LATER_SECONDS)
    for invoice, row in made.items():
        merchant.move_on(invoice, row, attempted=row.attempted is not False)
    hidden = {one for one, row in made.items() if row.display_status is None}
    stripe.deliver(user)

    shown = becomes(
        lambda: listed(api, user),
        lambda now: {*made} - hidden <= {*now},
        within=api.settle_seconds,
    )

    check("rows that are listed and are not to be", sorted(hidden & {*shown}), [])
    for invoice, row in made.items():
        if row.display_status is not None:
            what = f"whether {row.name!r} is listed"
            check_that(what, invoice in shown, expected=invoice, got=[*shown])
            check_row(shown[invoice], row, merchant.shown(invoice))


@clause("INV-040")
def test_a_renewal_is_shown_as_the_first_one(api: Api, stripe: Stripe, user: User) -> None:
    """It closes a month and is made at its end: that is when it is of."""
    subscription = stripe.subscribe(user, "pro")
    stripe.sandbox.run_ahead(subscription.customer, RENEWED_SECONDS)
    stripe.deliver(user)
    made = stripe.sandbox.stripe("GET", "/v1/invoices", {"customer": subscription.customer})["data"]
    [paid] = [row for row in TABLE.rows if row.status == "paid"]
    what = "invoices that are paid at Stripe"
    check(what, [each["status"] for each in made], [paid.status] * 2)

    shown = becomes(
        lambda: listed(api, user),
        lambda now: {each["id"] for each in made} <= {*now},
        within=api.settle_seconds,
    )

    for each in made:
        is_there = each["id"] in shown
        check_that(f"whether {paid.name!r} is listed", is_there, expected=each["id"], got=[*shown])
        check_row(shown[each["id"]], paid, each)


def check_row(shown: dict[str, Any], row: InvoiceRow, truth: dict[str, Any]) -> None:
    """The invoice has the display status of its row, and its members are Stripe's."""
    check(f"display_status of {row.name!r}", shown.get("display_status"), row.display_status)
    for each in TABLE.members:
        what = f"{each.member} of {row.name!r}"
        if each.member == "created":
            check_instant(what, shown.get(each.member), truth[each.stripes])
        else:
            check(what, shown.get(each.member), truth[each.stripes])
