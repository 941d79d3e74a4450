"""Invoices while Stripe fails."""

from __future__ import annotations

import httpx
import respx

from tests.reference.backend import Backend, problem
from tests.reference.failures import (
    EACH_FAILURE,
    EACH_KIND_OF_FAILURE,
    Failure,
    refuses_in_good_order,
)
from tests.reference.shapes import INVOICES, subscribe
from tests.reference.stripe_answers import Invoice, no_such_customer, page

PATH = "/billing/invoices"
FIRST_OF_TWO = page(Invoice("in_2"), Invoice("in_1"))
FIRST = page(Invoice("in_2"), more=True)
LAST = page(Invoice("in_1"))


def names(answer: httpx.Response) -> list[str]:
    """The ids of the invoices on a page."""
    return [invoice["id"] for invoice in answer.json()["invoices"]]


@EACH_FAILURE
async def test_no_invoices_while_stripe_fails(
    backend: Backend, stripe: respx.MockRouter, failure: Failure
) -> None:
    """503 rather than an empty list; once Stripe is well again, they are there."""
    await subscribe(backend, stripe)
    route = failure.strike(stripe.get(INVOICES))

    refused = await backend.call("GET", "/billing/invoices")

    assert route.call_count == 1
    assert refuses_in_good_order(refused)

    route.mock(return_value=LAST)
    assert names(await backend.call("GET", "/billing/invoices")) == ["in_1"]


@EACH_KIND_OF_FAILURE
async def test_no_half_of_the_invoices(
    backend: Backend, stripe: respx.MockRouter, failure: Failure
) -> None:
    """A page of ours that needs two of Stripe's is not cut where the second fails."""
    await subscribe(backend, stripe)
    route = stripe.get(INVOICES).mock(side_effect=[FIRST, failure.happens])

    refused = await backend.call("GET", "/billing/invoices")

    assert route.call_count == 2
    assert refuses_in_good_order(refused)

    route.mock(side_effect=[FIRST, LAST])
    assert names(await backend.call("GET", "/billing/invoices")) == ["in_2", "in_1"]
    assert route.calls.last.request.url.params["starting_after"] == "in_2"


async def test_a_cursor_of_a_former_customer_is_refused(
    backend: Backend, stripe: respx.MockRouter
) -> None:
    """Stripe does not know its invoice among those of the customer who replaced him."""
    await subscribe(backend, stripe)
    route = stripe.get(INVOICES).mock(return_value=FIRST_OF_TWO)
    cursor = (await backend.call("GET", PATH, params={"limit": 1})).json()["next_cursor"]
    route.mock(return_value=no_such_customer("starting_after"))

    refused = await backend.call("GET", PATH, params={"cursor": cursor})

    assert route.calls.last.request.url.params["starting_after"] == "in_2"
    assert problem(refused) == (400, "invalid-cursor")


async def test_no_invoices_of_a_customer_that_stripe_has_deleted(
    backend: Backend, stripe: respx.MockRouter
) -> None:
    """That is the caller's state, and no failure of Stripe's."""
    await subscribe(backend, stripe)
    route = stripe.get(INVOICES).mock(return_value=no_such_customer("customer"))

    answer = await backend.call("GET", "/billing/invoices")

    assert route.called
    assert answer.json() == {"invoices": [], "next_cursor": None}
