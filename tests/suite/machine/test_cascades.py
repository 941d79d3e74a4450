"""A cascade is told once, under its cause."""

from __future__ import annotations

from billproof.reports.cascades import causes
from billproof.verdicts.verdict import Verdict
from tests.suite.machine.published import CLAUSES, result


def test_blocked_clauses_stand_under_their_cause() -> None:
    """However long the chain is: CHK-003 is blocked by a clause that is blocked itself."""
    cause, *_ = causes(CLAUSES)

    assert cause.clause.id == "CHK-001"
    assert [clause.id for clause in cause.blocks] == ["CHK-002", "CHK-003"]
    assert cause.blocking == "2 blocked by CHK-001"


def test_causes_come_in_order_of_what_they_block_and_how_bad_they_are() -> None:
    """What passes or does not apply is no cause, and neither is what is blocked."""
    found = [cause.clause.id for cause in causes(CLAUSES)]

    assert found == [
        *("CHK-001", "CHK-004", "AUT-006", "AUT-003", "AUT-009", "AUT-008", "AUT-002"),
    ]


def test_a_clause_whose_blocker_was_not_judged_is_its_own_cause() -> None:
    """It must not be lost."""
    (cause,) = causes([result("CHK-002", Verdict.BLOCKED, blocked_by=["CHK-001"])])

    assert cause.clause.id == "CHK-002"
