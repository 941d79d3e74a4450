"""The tables: no hole, no row twice, and a schema that says the same as the models."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billproof.errors import UsageError
from billproof.law import Law, load_law
from billproof.law.files import lint_suite
from billproof.law.forms import FORMS
from tests.suite.law import schemas

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Edit = Callable[[str, str, str], None]

ACCESS = "contracts/tables/access.yaml"


@pytest.mark.parametrize("name", FORMS)
def test_the_schema_is_fresh(name: str) -> None:
    """`python -m tests.suite.law.schemas` writes it anew."""
    assert schemas.file(name).read_text(encoding="utf-8") == schemas.text(name)


def test_every_status_meets_every_circumstance(law: Law) -> None:
    """Without a subscription there is none to meet."""
    table = law.tables.access

    cells = [
        (case.status.status, case.circumstance.name if case.circumstance else "")
        for case in table.cases()
    ]

    assert len(set(cells)) == len(cells) == 1 + 9 * len(table.circumstances)


@pytest.mark.parametrize(
    ("status", "circumstance", "cell"),
    [
        ("active", "plain", ("plan", False, None)),
        ("past_due", "cancels at an instant", ("plan", True, "cancel-at")),
        ("trialing", "scheduled end has passed", ("free", True, "cancel-at")),
        ("active", "collection paused", ("free", False, None)),
        ("unpaid", "cancels at period end", ("free", True, "period-end")),
        ("canceled", "cancels at period end", ("free", False, "ended-at")),
        ("canceled", "plain", ("free", False, "ended-at")),
        ("other", "plain", ("free", False, None)),
    ],
)
def test_a_cell_is_the_status_under_the_circumstance(
    law: Law, status: str, circumstance: str, cell: tuple[str, bool, str | None]
) -> None:
    """What is over schedules nothing; a pause and a passed end take access."""
    [case] = [
        case
        for case in law.tables.access.cases()
        if case.status.status == status
        and case.circumstance is not None
        and case.circumstance.name == circumstance
    ]

    assert (case.effective_plan, case.cancels, case.ends_at) == cell
    assert case.access == (case.effective_plan == "plan")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("status: unpaid", "status: paused", "status paused has more than one row"),
        ("status: unpaid", "status: unpayed", "status unpaid has no row"),
        ("    example: frozen\n", "", "one row, and one alone, has an example"),
        ("grants: false\n    over: true", "grants: true\n    over: true", "grants and is over"),
        ("[upgrade, manage]", "[manage]", "upgrade is offered where checkout opens"),
        ("SUB-010", "SUB-999", "a row is judged by SUB-999, which is no clause"),
        ("cancellation: passed", "cancellation: none", "cancellation none has 2 rows, not one"),
        ("collection_paused: null", "collection_paused: true", "passed has 0 rows, not one"),
        ("collection_paused: true", "collection_paused: false", "true, cancellation none has 0"),
    ],
)
def test_a_fault_of_the_access_table_is_found(
    root: Path, edit: Edit, old: str, new: str, problem: str
) -> None:
    """By the name of its file."""
    edit(ACCESS, old, new)

    told = [str(one) for one in lint_suite(root)]

    assert any(line.startswith("access.yaml: ") and problem in line for line in told), told


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("events", "name: no event", "name: thin event", "situation thin event has more than one"),
        ("events", "type: invoice.paid", "type: invoice.voided", "type invoice.voided has more"),
        ("events", "type: invoice.paid", "type: invoice.payed", "invoice.paid stands here or in"),
        ("events", "    problem: malformed-event\n", "", "thin event: a 400 has a problem"),
        ("events", "[ignored, rejected]", "[ignored]", "thin event: a 400 counts as rejected"),
        ("events", "[failed, processed]", "[processed]", "Stripe fails: a 5xx counts as failed"),
        ("failures", '- name: "403"', '- name: "401"', "failure 401 has more than one row"),
        ("failures", "[createPortal]", "[makePortal]", "makePortal is no operation"),
        ("failures", "[createPortal]", "[listPlans]", "createPortal under hangs has 0 rows"),
        ("failures", "[customer deleted]", "[deleted]", "speaks of the failure deleted, which"),
        ("failures", '["201"]', '["201"]\n    problem: x', "a problem belongs to an answer that"),
        ("invoices", "name: void", "name: paid", "invoice paid has more than one row"),
        ("invoices", "label: Paid", "label: null", "paid: what is listed has a display status"),
        (
            "invoices",
            "payable: false\n    reason: However",
            "payable: true\n    reason: However",
            "paid: nothing but an open invoice is to be paid",
        ),
        ("invoices", "status: void", "status: paid", "paid, attempted true, overdue false has 2"),
    ],
)
def test_a_fault_of_another_table_is_found(
    root: Path, edit: Edit, file: str, old: str, new: str, problem: str
) -> None:
    """By the name of its file."""
    edit(f"contracts/tables/{file}.yaml", old, new)

    told = [str(one) for one in lint_suite(root)]

    assert any(line.startswith(f"{file}.yaml: ") and problem in line for line in told), told


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("    label: Free\n", "", "'label' is a required property"),
        ("    label: Free\n", "    label: Free\n    tone: x\n", "Additional properties"),
        ("    label: Free\n", "    label: Free\n    label: Fee\n", "label stands there a second"),
        ("actions: [upgrade]", "actions: [upgrades]", "'upgrades' is not one of"),
    ],
)
def test_a_table_that_is_no_table_is_found_by_its_schema(
    root: Path, edit: Edit, old: str, new: str, problem: str
) -> None:
    """Readers in other languages have the schema alone."""
    edit(ACCESS, old, new)

    assert any(problem in str(one) for one in lint_suite(root))


def test_a_table_that_is_no_table_is_refused(root: Path, edit: Edit) -> None:
    """With its file."""
    edit(ACCESS, "    label: Free\n", "")

    with pytest.raises(UsageError, match=r"access\.yaml, the whole: statuses\.0\.label"):
        load_law(root)
