"""Pages of invoices are what openapi.yaml has, and together they hold each invoice once."""

from __future__ import annotations

import json

import httpx
import pytest

from billproof.errors import Violation
from billproof.trials import journal
from billproof.trials.answer import Answer
from fixtures.invoices import check_walked, only_of, page_ids, walked

INVOICE = {
    "id": "in_1",
    "number": "A-0001",
    "created": "2026-11-23T14:30:05Z",
    "currency": "eur",
    "amount_due": 900,
    "amount_paid": 0,
    "status": "open",
    "display_status": "open",
    "hosted_invoice_url": None,
    "invoice_pdf": None,
}


@pytest.fixture(autouse=True)
def kept() -> journal.Journal:
    """The journal of a trial that has begun."""
    return journal.begin()


def page(*ids: str, status: int = 200, cursor: str | None = None, **changes: object) -> Answer:
    """A page of these invoices, each of them with the changes."""
    rows = [INVOICE | {"id": one} | changes for one in ids]
    body = json.dumps({"invoices": rows, "next_cursor": cursor}).encode()
    headers = httpx.Headers({"Content-Type": "application/json"})
    return Answer("GET /invoices", status, headers, body, seconds=0.1, exchange=0)


def test_all_invoices_of_a_walk_are_there_once() -> None:
    """In whatever order they come."""
    pages = [page("in_3", "in_1", cursor="next"), page("in_2")]

    assert [one["id"] for one in walked(pages)] == ["in_3", "in_1", "in_2"]
    check_walked(pages, ["in_1", "in_2", "in_3"])


@pytest.mark.parametrize("ids", [["in_1"], ["in_1", "in_2", "in_2"], ["in_1", "in_2", "in_3"], []])
def test_a_walk_that_leaves_out_or_repeats_is_a_violation(ids: list[str]) -> None:
    """One too few, and one too many."""
    pages = [page("in_1"), page("in_2")]

    with pytest.raises(Violation, match="ids on all pages"):
        check_walked(pages, ids)


def test_the_only_invoice_is_the_only_one() -> None:
    """Neither none nor two are."""
    assert only_of(page("in_7"))["id"] == "in_7"

    for answer in (page(), page("in_1", "in_2")):
        with pytest.raises(Violation, match="number of invoices"):
            only_of(answer)


def test_a_page_is_as_openapi_has_it() -> None:
    """Its status and each member of its invoices."""
    assert page_ids(page("in_1", "in_2")) == ["in_1", "in_2"]

    for answer in (page("in_1", status=201), page("in_1", amount_due="900")):
        with pytest.raises(Violation):
            page_ids(answer)
