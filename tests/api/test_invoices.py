"""Invoices as they are shown: their status, amounts and links."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from billproof.trials import becomes, check, check_that, clause, one_of
from fixtures.instants import check_instant
from fixtures.invoices import (
    SETTLED,
    display_of,
    only_of,
    open_ledger,
    page_ids,
    page_of,
)

if TYPE_CHECKING:
    from billproof.sandbox.models import Withheld
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

COPIED = ("number", "amount_due", "amount_paid", "currency", "hosted_invoice_url", "invoice_pdf")
"""Members that are Stripe's own."""

HOUR = 3600
TOLERANCE_SECONDS = 2


@clause("INV-001")
def test_what_was_paid_at_checkout_is_listed(api: Api, stripe: Stripe, user: User) -> None:
    """One invoice, and every member of it is Stripe's; he had looked before there was any."""
    check("ids before", page_ids(api.invoices(user)), [])
    ledger = open_ledger(api, stripe, user)
    [truth] = ledger.shown()

    answer = api.invoices(user)

    shown = only_of(answer)
    check("id of the invoice", shown["id"], truth.id)
    check("display_status", shown["display_status"], "paid")
    check_instant("created", shown["created"], truth.created)
    for member in COPIED:
        check(member, shown[member], getattr(truth, member))
    check("amount_paid in the catalogue's cents", shown["amount_paid"], 1900)
    check("next_cursor", answer["next_cursor"], None)


@clause("INV-001")
def test_whoever_comes_back_has_old_and_new(api: Api, stripe: Stripe, user: User) -> None:
    """What was paid stays in the list when the subscription ends, and beside the next one."""
    ledger = open_ledger(api, stripe, user)
    [subscription] = stripe.sandbox.subscriptions(user=user.id)
    stripe.sandbox.cancel_subscription(subscription.id)
    ledger.tell()
    check("ids after the end", page_ids(api.invoices(user)), ledger.ids())

    again = open_ledger(api, stripe, user, "basic")

    check("invoices at Stripe", len(again.ids()), 2)
    check("ids of both", sorted(page_ids(api.invoices(user))), again.ids())


@clause("INV-002")
def test_nobody_has_no_invoices(api: Api, stripe: Stripe, user: User, other: User) -> None:
    """Asking makes no customer, and another's invoices are not his."""
    open_ledger(api, stripe, other)

    answer = api.invoices(user, limit=5)

    check("invoices", page_of(answer), [])
    check("next_cursor", answer["next_cursor"], None)
    check("customers of the user", stripe.sandbox.customers(user=user.id), [])
    check("writes at Stripe for the user", [call.path for call in stripe.writes(user)], [])
    check("invoices of the other", len(page_ids(api.invoices(other))), 1)


@clause("INV-003")
def test_a_draft_is_not_shown(api: Api, stripe: Stripe, user: User) -> None:
    """It may change or vanish, before an invoice or behind it; once it is final it is there."""
    ledger = open_ledger(api, stripe, user)
    ledger.draft(2400)
    ledger.bill(1100)
    before = ledger.ids()
    draft = ledger.draft(2500)
    ledger.tell()
    # What is finalised later was created when it was.
    stripe.sandbox.run_ahead(ledger.customer.id, 600)
    check("ids beside drafts", sorted(page_ids(api.invoices(user))), before)

    ledger.move(draft, "finalize")
    ledger.tell()

    shown = {one["id"]: one for one in page_of(api.invoices(user))}
    check("ids once it is final", sorted(shown), sorted([*before, draft.id]))
    check_instant("created once it is final", shown[draft.id]["created"], draft.created)


@clause("INV-004")
def test_what_is_owed_is_open_or_past_due(api: Api, stripe: Stripe, user: User) -> None:
    """By attempts, and by the due date: each of them alone, and both."""
    ledger = open_ledger(api, stripe, user)
    now = int(time.time())
    late = ledger.bill_by(now - HOUR, 1400)
    expected = {
        "that has no due date": (ledger.bill(1100), "open"),
        "that is due in an hour": (ledger.bill_by(now + HOUR, 1200), "open"),
        "that was declined": (ledger.decline(ledger.bill(1300)), "past_due"),
        "that was due an hour ago": (late, "past_due"),
        "that was declined, due in an hour": (
            ledger.decline(ledger.bill_by(now + HOUR, 1500)),
            "past_due",
        ),
    }
    ledger.tell()

    shown = display_of(api, user)

    for which, (invoice, status) in expected.items():
        check(f"display_status of one {which}", shown.get(invoice.id), status)
    ledger.move(late, "pay")
    ledger.tell()
    check("display_status once it is paid", display_of(api, user)[late.id], "paid")


@clause("INV-004")
def test_a_renewal_that_is_declined_is_past_due(api: Api, stripe: Stripe, user: User) -> None:
    """Though Stripe has said when it will try the card again."""
    ledger = open_ledger(api, stripe, user)
    [subscription] = stripe.sandbox.subscriptions(user=user.id)
    stripe.fall_behind(subscription)
    ledger.tell()
    [owed] = [one for one in ledger.shown() if one.status == "open"]
    again = (owed.model_extra or {}).get("next_payment_attempt") is not None
    check("a next attempt at Stripe", again, expected=True)

    check("display_status of a renewal", display_of(api, user).get(owed.id), "past_due")


@clause("INV-004")
def test_a_due_date_is_over_without_an_event(api: Api, stripe: Stripe, user: User) -> None:
    """At its instant, give or take two seconds."""
    ledger = open_ledger(api, stripe, user)
    due = int(time.time()) + 3
    invoice = ledger.bill_by(due, 1100)
    later = ledger.bill_by(due + HOUR, 1200)
    ledger.tell()

    within = due + TOLERANCE_SECONDS - time.time()
    seen = becomes(lambda: display_of(api, user), lambda s: s[invoice.id] != "open", within=within)

    early = due - TOLERANCE_SECONDS - time.time()
    check_that("the due date", early < 0, expected="not before", got=f"{early:.1f} s before")
    check("display_status behind the due date", seen[invoice.id], "past_due")
    check("display_status before another's", seen[later.id], "open")


@clause("INV-005")
def test_what_is_settled_is_not_owed(api: Api, stripe: Stripe, user: User) -> None:
    """Neither failed attempts nor a due date that is over make it so again."""
    ledger = open_ledger(api, stripe, user)
    late = int(time.time()) - HOUR
    expected: dict[str, str] = {}
    for how, status in SETTLED.items():
        tried = ledger.decline(ledger.bill_by(late, 1300))
        for invoice in (ledger.bill(1200), tried):
            expected[ledger.move(invoice, how).id] = status
    owed = ledger.bill_by(late, 1900)
    ledger.tell()

    shown = display_of(api, user)

    check("display_status of each", {one: shown.get(one) for one in expected}, expected)
    check("display_status of what is owed", shown.get(owed.id), "past_due")


LACKING: dict[str, list[Withheld]] = {
    "number": ["number"],
    "page": ["hosted_invoice_url"],
    "PDF": ["invoice_pdf"],
    "all of them": ["number", "hosted_invoice_url", "invoice_pdf"],
    "nothing": [],
}


@clause("INV-008")
def test_what_stripe_has_not_is_null(api: Api, stripe: Stripe, user: User) -> None:
    """Each by itself and all together; what Stripe has is Stripe's own."""
    ledger = open_ledger(api, stripe, user)
    lacking = {what: ledger.draft(1100) for what in LACKING}
    for what, draft in lacking.items():
        stripe.sandbox.disguise(draft.id, withhold=LACKING[what])
        ledger.move(draft, "finalize")
    ledger.tell()

    shown = {invoice["id"]: invoice for invoice in page_of(api.invoices(user))}

    for what, draft in lacking.items():
        truth = stripe.sandbox.invoice(draft.id)
        listed = truth.id in shown
        check_that(
            f"the invoice that lacks {what} is listed", listed, expected=truth.id, got=[*shown]
        )
        for member in ("number", "hosted_invoice_url", "invoice_pdf"):
            is_null = getattr(truth, member) is None
            check(f"{member} is withheld with {what}", is_null, member in LACKING[what])
            check(f"{member} where {what} lacks", shown[truth.id][member], getattr(truth, member))


@clause("INV-009")
def test_a_status_of_the_future_settles_nothing(api: Api, stripe: Stripe, user: User) -> None:
    """It may be shown as open or not at all; the other invoices are there all the same."""
    ledger = open_ledger(api, stripe, user)
    [paid] = ledger.ids()
    late: dict[str, Any] = {
        "collection_method": "send_invoice",
        "due_date": int(time.time()) - HOUR,
    }
    unheard = [ledger.draft(1100), ledger.draft(1300, **late), ledger.draft(1400)]
    # Stripe has none of its own that is called as one of openapi.yaml's.
    alike = ledger.draft(1500)
    for each in (*unheard, alike):
        stripe.sandbox.disguise(each.id, status="past_due" if each is alike else "under_review")
        ledger.move(each, "finalize")
    ledger.decline(unheard[-1])
    owed = ledger.decline(ledger.bill(1200))
    ledger.tell()

    shown = display_of(api, user)

    allowed = one_of(None, "open", "uncollectible")
    for each, how in zip(unheard, ("", " and overdue", " and declined"), strict=True):
        check(f"display_status of what is under review{how}", shown.get(each.id), allowed)
    what = "display_status of what is past_due at Stripe, and neither overdue nor declined"
    check(what, shown.get(alike.id), allowed)
    check("display_status of what was paid", shown.get(paid), "paid")
    check("display_status of what is owed", shown.get(owed.id), "past_due")
