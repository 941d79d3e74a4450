"""In which order phases run, and what went wrong with the run itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from billproof.law import Clause, Level, load_law
from billproof.run.plan import RunPlan
from billproof.run.record import Finding, Outcome, Record
from billproof.run.selection import Phase
from billproof.verify.observed import Observed
from billproof.verify.schedule import groups
from billproof.verify.selection import Selection, phase_of

MakePlan = Callable[..., RunPlan]


def clause(clause_id: str, capability: str = "core", *, exclusive: bool = False) -> Clause:
    """A clause of which only its place matters."""
    return Clause(
        id=clause_id,
        level=Level.MUST,
        capability=capability,
        since="1.0",
        text="x.",
        why="x.",
        hint="x.",
        exclusive=exclusive,
    )


SELECTION = Selection(
    clauses=(clause("AUT-001"), clause("APP-001", "ui"), clause("MET-001", exclusive=True)),
    declared=("core", "ui"),
    partial=False,
)


def record(clause_id: str, outcome: Outcome = Outcome.PASSED, code: str = "") -> Record:
    """A record of one trial."""
    return Record(
        test="t",
        clauses=[clause_id],
        outcome=outcome,
        seconds=0,
        checks=[],
        finding=Finding(what=f"what {code} means", code=code) if code else None,
    )


def shape(plan: RunPlan, judged: set[str]) -> list[list[tuple[Phase, tuple[str, ...]]]]:
    """Phases and clauses, group by group."""
    found = groups(plan, SELECTION, judged, 2)
    return [[(order.phase, order.clauses) for order in group] for group in found]


@pytest.mark.parametrize("kind", ["command", "url"])
def test_exclusive_trials_run_alone_on_a_shared_backend(kind: str, make_plan: MakePlan) -> None:
    """Pages go beside the parallel ones."""
    assert shape(make_plan(kind), set()) == [
        [(Phase.PARALLEL, ("AUT-001",)), (Phase.UI, ("APP-001",))],
        [(Phase.EXCLUSIVE, ("MET-001",))],
    ]


@pytest.mark.parametrize("clause_id", ["ANS-010", "ANS-040", "WHK-014"])
def test_what_hangs_stripe_amid_an_event_is_alone_on_a_shared_backend(clause_id: str) -> None:
    """Who works on one event after the other would keep everybody's waiting."""
    assert phase_of(load_law().clause(clause_id)) is Phase.EXCLUSIVE


def test_nobody_waits_where_each_worker_has_its_own_backend(make_plan: MakePlan) -> None:
    """An exclusive trial is alone there anyway."""
    assert shape(make_plan("app"), set()) == [
        [(Phase.PARALLEL, ("AUT-001", "MET-001")), (Phase.UI, ("APP-001",))],
    ]


def test_what_has_a_record_is_not_run(make_plan: MakePlan) -> None:
    """Pages without a browser were judged before anything started."""
    assert shape(make_plan("url"), {"APP-001", "MET-001"}) == [[(Phase.PARALLEL, ("AUT-001",))]]


def test_phases_never_make_the_same_users(make_plan: MakePlan) -> None:
    """User ids grow from the run id, so each phase has one of its own."""
    found = [order.plan for group in groups(make_plan("url"), SELECTION, (), 2) for order in group]

    assert len({plan.run_id for plan in found}) == 3
    assert len({plan.scratch for plan in found}) == 3


def test_a_clause_without_a_trial_is_the_suites_fault(make_plan: MakePlan) -> None:
    """Silence must not look like a pass."""
    observed = Observed(make_plan("url"), records=[record("AUT-001"), record("APP-001")])

    observed.look_back(SELECTION)

    assert [(fault.code, fault.reason) for fault in observed.faults] == [
        (5, "No trial judges MET-001.")
    ]


def test_a_dead_backend_is_the_environments_fault(make_plan: MakePlan) -> None:
    """Said once, and what was left out is not blamed on the suite."""
    dead = [record("AUT-001", Outcome.CANNOT_TEST, "backend-died") for _ in range(2)]
    observed = Observed(make_plan("app"), records=dead)

    observed.look_back(SELECTION)

    assert [(fault.code, fault.reason) for fault in observed.faults] == [
        (3, "what backend-died means")
    ]


@pytest.mark.parametrize("code", ["no-such-device", "no-such-pages"])
def test_what_only_a_trial_can_find_wrong_with_the_question_is_asked_wrongly(
    make_plan: MakePlan, code: str
) -> None:
    """A device that Playwright does not know, pages that cannot be loaded: exit code 2."""
    vain = [record("APP-001", Outcome.CANNOT_TEST, code)]
    observed = Observed(make_plan("url"), records=vain)

    observed.look_back(SELECTION)

    assert [(fault.code, fault.reason) for fault in observed.faults] == [(2, f"what {code} means")]


def test_another_missing_prerequisite_is_the_clauses_own(make_plan: MakePlan) -> None:
    """A target that is not quiet makes its clause not testable, not the run."""
    loud = record("MET-001", Outcome.CANNOT_TEST, "target-not-quiet")
    observed = Observed(make_plan("url"), records=[record("AUT-001"), record("APP-001"), loud])

    observed.look_back(SELECTION)

    assert observed.faults == []


def test_without_a_browser_pages_are_not_testable(make_plan: MakePlan) -> None:
    """One line names the clauses and what to do."""
    observed = Observed(make_plan("url"))

    observed.miss_browser(["APP-001", "APP-002"])

    assert observed.judged == {"APP-001", "APP-002"}
    assert {one.outcome for one in observed.records} == {Outcome.CANNOT_TEST}
    assert [fault.code for fault in observed.faults] == [3]
    assert "APP-001, APP-002" in observed.faults[0].reason
    assert "BILLPROOF_BROWSER" in observed.faults[0].reason
