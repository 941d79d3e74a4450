"""The history of invoices, page by page."""

from __future__ import annotations

from dataclasses import dataclass

import httpx
import pytest
import respx

from tests.reference.backend import ADA, BOB, Backend, problem
from tests.reference.shapes import INVOICES, subscribe
from tests.reference.stripe_answers import FUTURE, PAST, Invoice, page

PATH = "/billing/invoices"


@dataclass(frozen=True)
class Ledger:
    """Stripe's list of a customer's invoices, newest first, of two to a page."""

    invoices: tuple[Invoice, ...]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """The page behind `starting_after`."""
        names = [invoice.id for invoice in self.invoices]
        after = request.url.params.get("starting_after")
        start = 0 if after is None else names.index(after) + 1
        some = self.invoices[start : start + 2]
        return page(*some, more=start + 2 < len(names))


def names(answer: httpx.Response) -> list[str]:
    """The ids of the invoices on a page."""
    return [invoice["id"] for invoice in answer.json()["invoices"]]


async def test_an_invoice_as_it_is_shown(backend: Backend, stripe: respx.MockRouter) -> None:
    """Amounts in minor units, instants in UTC, Stripe's own links; the customer is the caller's."""
    await subscribe(backend, stripe)
    route = stripe.get(INVOICES).mock(return_value=page(Invoice("in_1")))

    answer = await backend.call("GET", PATH)

    assert answer.json() == {
        "invoices": [
            {
                "id": "in_1",
                "number": "BP-in_1",
                "created": "2026-11-23T14:30:05Z",
                "display_status": "paid",
                "amount_due": 1900,
                "amount_paid": 1900,
                "currency": "eur",
                "hosted_invoice_url": "https://invoice.stripe.test/in_1",
                "invoice_pdf": "https://invoice.stripe.test/in_1/pdf",
            }
        ],
        "next_cursor": None,
    }
    assert route.calls.last.request.url.params["customer"] == "cus_ada"


@pytest.mark.parametrize("missing", [None, ""], ids=["null", "empty"])
async def test_what_stripe_has_not_is_null(
    backend: Backend, stripe: respx.MockRouter, missing: str | None
) -> None:
    """Number and links."""
    await subscribe(backend, stripe)
    stripe.get(INVOICES).mock(return_value=page(Invoice("in_1", links=False, missing=missing)))

    (shown,) = (await backend.call("GET", PATH)).json()["invoices"]

    assert (shown["number"], shown["hosted_invoice_url"], shown["invoice_pdf"]) == (None,) * 3


@pytest.mark.parametrize(
    ("invoice", "shown"),
    [
        (Invoice("in_1", status="paid", due_date=PAST), "paid"),
        (Invoice("in_2", status="open", attempt_count=0), "open"),
        (Invoice("in_3", status="open", attempt_count=0, due_date=FUTURE), "open"),
        (Invoice("in_4", status="open", attempt_count=0, due_date=PAST), "past_due"),
        (Invoice("in_5", status="open", attempt_count=1), "past_due"),
        (Invoice("in_6", status="void"), "void"),
        (Invoice("in_7", status="uncollectible"), "uncollectible"),
        (Invoice("in_8", status="of the future"), "open"),
        (Invoice("in_9", status="past_due", attempt_count=0), "open"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.id,
)
async def test_the_status_as_it_is_shown(
    backend: Backend, stripe: respx.MockRouter, invoice: Invoice, shown: str
) -> None:
    """An open invoice that was tried in vain, or is late, is past due."""
    await subscribe(backend, stripe)
    stripe.get(INVOICES).mock(return_value=page(invoice))

    (one,) = (await backend.call("GET", PATH)).json()["invoices"]

    assert one["display_status"] == shown


async def test_drafts_are_left_out(backend: Backend, stripe: respx.MockRouter) -> None:
    """Also where they fill a whole page of Stripe's."""
    await subscribe(backend, stripe)
    drafts = (Invoice("in_5", status="draft"), Invoice("in_4", status="draft"))
    stripe.get(INVOICES).mock(side_effect=Ledger((*drafts, Invoice("in_3"))))

    assert names(await backend.call("GET", PATH)) == ["in_3"]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 6, 100])
async def test_a_walk_meets_every_invoice_once(
    backend: Backend, stripe: respx.MockRouter, limit: int
) -> None:
    """In Stripe's order, in pages of the size asked for; only the last has no cursor."""
    await subscribe(backend, stripe)
    all_names = [f"in_{number}" for number in (5, 4, 3, 2, 1)]
    stripe.get(INVOICES).mock(side_effect=Ledger(tuple(map(Invoice, all_names))))
    pages: list[list[str]] = []
    asked: dict[str, str | int] = {"limit": limit}

    while True:
        answer = await backend.call("GET", PATH, params=asked)
        pages.append(names(answer))
        if (cursor := answer.json()["next_cursor"]) is None:
            break
        asked["cursor"] = cursor

    assert [name for one in pages for name in one] == all_names
    assert {len(one) for one in pages[:-1]} <= {limit}
    assert 0 < len(pages[-1]) <= limit


async def test_a_cursor_is_its_users_alone(backend: Backend, stripe: respx.MockRouter) -> None:
    """Another user's is 400, as is one that was made up; his own is good."""
    await subscribe(backend, stripe, user=ADA)
    await subscribe(backend, stripe, user=BOB, name="cus_bob")
    stripe.get(INVOICES).mock(side_effect=Ledger((Invoice("in_2"), Invoice("in_1"))))
    cursor = (await backend.call("GET", PATH, params={"limit": 1})).json()["next_cursor"]

    foreign = await backend.call("GET", PATH, BOB, params={"cursor": cursor})
    made_up = await backend.call("GET", PATH, params={"cursor": "in_2"})
    own = await backend.call("GET", PATH, params={"cursor": cursor})

    assert problem(foreign) == problem(made_up) == (400, "invalid-cursor")
    assert names(own) == ["in_1"]


@pytest.mark.parametrize("limit", ["0", "101", "-1", "ten", "1.5"])
async def test_a_limit_beyond_reason_is_refused(backend: Backend, limit: str) -> None:
    """1 to 100; Stripe is not asked."""
    refused = await backend.call("GET", PATH, params={"limit": limit})

    assert problem(refused) == (422, "validation-failed")


async def test_no_customer_has_no_invoices(backend: Backend) -> None:
    """An empty list, without asking Stripe."""
    answer = await backend.call("GET", PATH)

    assert (answer.status_code, answer.json()) == (200, {"invoices": [], "next_cursor": None})
