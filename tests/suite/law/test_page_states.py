"""The pages of the contract: each row of the tables has its state, with its buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billproof.errors import UsageError
from billproof.law import Law, load_law
from billproof.law.files import lint_suite

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Edit = Callable[[str, str, str], None]

PAGES = "contracts/pages.yaml"
HIDES_NOTHING = "        hides: []"


def test_every_status_has_a_state_and_a_badge(law: Law) -> None:
    """But the one that is not known, whose badge is its own word."""
    billing, _ = law.pages
    statuses = {row.status for row in law.tables.access.statuses}

    assert {state.status for state in billing.states if state.status} == statuses
    assert {*billing.badges} == statuses - {"other"}


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("/app/billing/return", "/app/back", "the pages are not the operations of ui"),
        ("when: a trial\n", "when: no subscription\n", "has 'no subscription' 2 times"),
        ("when: a trial\n        status: trialing", "when: a trial", "trialing has no state"),
        ("status: trialing", "status: trying", "of the status trying, which has no row"),
        ("circumstance: collection paused", "circumstance: x", "circumstance x, which has no row"),
        ("invoice: paid", "invoice: payed", "invoice payed, which has no row"),
        ("invoice: paid", "invoice: void", "the invoice paid has no state"),
        ("text: Void", "text: Blank", "does not show what the row of void says"),
        ("name: PDF", "name: Pay", "shows and hides link Pay"),
        ("name: PDF", "name: Pay", "offers to pay what is not to be paid"),
        ("      trialing: Trial", "      trialing: Test", "differ in trialing"),
        ("      unpaid: Unpaid\n", "", "differ in unpaid"),
        (
            "        hides:\n          - {role: button, name: Manage}",
            HIDES_NOTHING,
            "row of none says",
        ),
    ],
)
def test_a_fault_of_the_pages_is_found(
    root: Path, edit: Edit, old: str, new: str, problem: str
) -> None:
    """By the name of the file."""
    edit(PAGES, old, new)

    told = [str(one) for one in lint_suite(root)]

    assert any(line.startswith("pages.yaml: ") and problem in line for line in told), told


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("role: heading", "role: headline", "pages.0.states.0.shows.0.role"),
        ("{role: heading, name: Free}", "{role: heading}", "a part has a name or a text"),
        ("        hides:\n", "        hide:\n", "pages.0.states.0.hide"),
    ],
)
def test_a_page_that_is_none_is_refused(
    root: Path, edit: Edit, old: str, new: str, problem: str
) -> None:
    """With its place."""
    edit(PAGES, old, new)

    with pytest.raises(UsageError, match=r"pages\.yaml, the whole: ") as refused:
        load_law(root)
    assert problem in str(refused.value)
