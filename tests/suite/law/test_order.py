"""The ladder, what a clause needs, and clauses by id or glob."""

from __future__ import annotations

from graphlib import CycleError

import pytest

from billproof.errors import UsageError
from billproof.law import Clause, Law, ladder, select
from billproof.law.ladder import storeys


def test_what_is_needed_comes_first(law: Law) -> None:
    """On the real law; every clause stands there once."""
    order = [clause.id for clause in ladder(law)]

    assert sorted(order) == sorted(law.by_id)
    assert all(
        order.index(need) < order.index(clause.id)
        for clause in law.clauses
        for need in clause.needs
    )


def test_the_ladder_begins_with_the_core_and_ends_with_pages(law: Law) -> None:
    """Where nothing is needed, capabilities come in their own order."""
    order = [clause.id for clause in ladder(law)]

    assert order[0] == "ENV-001"
    assert order[-1].startswith("APP-")
    assert order.index("AUT-018") < order.index("CHK-001") < order.index("SUB-002")


def test_each_step_needs_only_the_steps_before_it(law: Law) -> None:
    """Together they are the ladder."""
    below: set[str] = set()
    for step in storeys(law):
        assert all(set(clause.needs) <= below for clause in step)
        below |= {clause.id for clause in step}

    assert below == set(law.by_id)


def test_the_ladder_does_not_depend_on_the_order_of_files(law: Law) -> None:
    """Turned round, it is the same."""
    turned = law.model_copy(update={"clauses": law.clauses[::-1]})

    assert ladder(turned) == ladder(law)


def changed(law: Law, clause_id: str, needs: tuple[str, ...]) -> Law:
    """The law in which one clause needs others."""
    clauses: list[Clause] = [
        one.model_copy(update={"needs": needs}) if one.id == clause_id else one
        for one in law.clauses
    ]
    return Law(**{**{name: getattr(law, name) for name in Law.model_fields}, "clauses": clauses})


def test_clauses_that_need_each_other_have_no_order(law: Law) -> None:
    """The linter tells them in words."""
    with pytest.raises(CycleError):
        ladder(changed(law, "AUT-001", ("AUT-002",)))


def test_a_need_that_is_no_clause_is_passed_over(law: Law) -> None:
    """The linter tells it."""
    assert len(ladder(changed(law, "AUT-001", ("AUT-999",)))) == len(law.clauses)


def test_the_closure_holds_all_that_is_needed(law: Law) -> None:
    """Transitively, and the clauses themselves."""
    assert law.closure({"SUB-002"}) == {"SUB-002", "SUB-001", "CHK-001", "WHK-001", "AUT-001"}


@pytest.mark.parametrize(
    ("patterns", "ids"),
    [
        (["CHK-006"], ["CHK-006"]),
        (["por-00[12]"], ["POR-001", "POR-002"]),
        (["POR-001", "CHK-00[12]", "por-001"], ["CHK-001", "CHK-002", "POR-001"]),
        ([], []),
    ],
)
def test_clauses_are_found_by_id_or_glob(law: Law, patterns: list[str], ids: list[str]) -> None:
    """Each once, in the law's order, letter case aside."""
    assert [clause.id for clause in select(law, patterns)] == ids


@pytest.mark.parametrize(
    ("pattern", "advice"), [("CHK-06", "CHK-006"), ("WKH-004", "WHK-004"), ("??", "clauses")]
)
def test_an_unknown_id_is_told_with_its_neighbours(law: Law, pattern: str, advice: str) -> None:
    """A slip of the fingers is mended at once."""
    with pytest.raises(UsageError) as caught:
        select(law, ["POR-001", pattern])

    assert repr(pattern) in caught.value.reason
    assert advice in caught.value.advice
