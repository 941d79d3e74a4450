"""From records to verdicts."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from billproof.run.record import Finding, Outcome, Record
from billproof.verdicts.judge import Evidence, judge
from billproof.verdicts.results import ClauseResult
from billproof.verdicts.verdict import Verdict


@dataclass(frozen=True)
class Rule:
    """A clause as the judge sees it."""

    id: str
    level: str = "MUST"
    capability: str = "core"
    needs: list[str] = field(default_factory=list)


def record(clause: str, outcome: Outcome, test: str = "tests/t.py::test") -> Record:
    """A record of one test, with a finding when it did not pass."""
    finding = None if outcome is Outcome.PASSED else Finding(what=f"{outcome} of {test}")
    return Record(
        test=test, clauses=[clause], outcome=outcome, seconds=0.25, checks=[test], finding=finding
    )


def verdicts(rules: list[Rule], evidence: Evidence) -> dict[str, Verdict]:
    """What the judge says, by clause."""
    return {result.id: result.verdict for result in judge(rules, evidence)}


def alone(rule: Rule, *outcomes: Outcome) -> ClauseResult:
    """What the judge says of one clause with tests of these outcomes."""
    records = [record(rule.id, outcome, f"t{n}") for n, outcome in enumerate(outcomes)]
    return judge([rule], Evidence(records))[0]


@pytest.mark.parametrize(
    ("outcome", "verdict"),
    [(Outcome.PASSED, Verdict.NOT_RUN), (Outcome.FAILED, Verdict.FAIL)],
)
def test_a_clause_with_trials_left_out_has_not_passed(outcome: Outcome, verdict: Verdict) -> None:
    """What some of them found holds; that they found nothing says nothing of the others."""
    records = [record(each, outcome) for each in ("AUT-001", "AUT-002")]
    rules = [Rule("AUT-001"), Rule("AUT-002")]

    found = verdicts(rules, Evidence(records, left=frozenset({"AUT-001"})))

    assert found == {"AUT-001": verdict, "AUT-002": alone(rules[1], outcome).verdict}


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [
        ((), Verdict.NOT_RUN),
        ((Outcome.PASSED,), Verdict.PASS),
        ((Outcome.PASSED, Outcome.NOT_OBSERVABLE), Verdict.NOT_OBSERVABLE_HERE),
        ((Outcome.NOT_OBSERVABLE, Outcome.CANNOT_TEST), Verdict.NOT_TESTABLE),
        ((Outcome.CANNOT_TEST, Outcome.FAILED, Outcome.PASSED), Verdict.FAIL),
        ((Outcome.FAILED, Outcome.ERROR), Verdict.ERROR),
        ((Outcome.NOT_DECLARED, Outcome.NOT_DECLARED), Verdict.NOT_APPLICABLE),
        ((Outcome.NOT_DECLARED, Outcome.PASSED), Verdict.PASS),
        ((Outcome.NOT_DECLARED, Outcome.FAILED), Verdict.FAIL),
    ],
)
def test_the_worst_test_speaks_for_its_clause(
    outcomes: tuple[Outcome, ...], verdict: Verdict
) -> None:
    """error, failed, cannot test, not observable, passed, not declared: in this order."""
    assert alone(Rule("AUT-001"), *outcomes).verdict is verdict


def test_the_finding_is_that_of_the_worst_test() -> None:
    """What is shown is why the clause has its verdict."""
    result = alone(Rule("AUT-001"), Outcome.CANNOT_TEST, Outcome.FAILED)

    assert result.finding is not None
    assert result.finding.what == "failed of t1"


@pytest.mark.parametrize(
    ("level", "verdict"), [("MUST", Verdict.FAIL), ("SHOULD", Verdict.WARN), ("MAY", Verdict.WARN)]
)
def test_only_a_must_fails(level: str, verdict: Verdict) -> None:
    """A SHOULD that is not met is a warning."""
    assert alone(Rule("AUT-017", level=level), Outcome.FAILED).verdict is verdict


def test_a_failing_clause_is_blocked_by_a_failing_need() -> None:
    """One root cause, not one failure for each that depends on it; needs of needs count."""
    rules = [Rule("A"), Rule("B", needs=["A"]), Rule("C", needs=["B"]), Rule("D", needs=["A"])]
    records = [record(key, Outcome.FAILED) for key in "ABC"] + [record("D", Outcome.PASSED)]

    results = {result.id: result for result in judge(rules, Evidence(records))}

    assert [results[key].verdict for key in "ABCD"] == ["fail", "blocked", "blocked", "pass"]
    assert results["C"].blocked_by == ["B"]


def test_needs_can_be_left_out() -> None:
    """For sweeps over broken servers: then a failure is a failure."""
    rules = [Rule("A"), Rule("B", needs=["A"])]
    records = [record(key, Outcome.FAILED) for key in "AB"]

    assert verdicts(rules, Evidence(records)) == {"A": "fail", "B": "blocked"}
    assert verdicts(rules, Evidence(records, needs_count=False)) == {"A": "fail", "B": "fail"}


def test_a_need_that_passes_blocks_nothing() -> None:
    """A clause whose needs hold fails by itself."""
    rules = [Rule("A"), Rule("B", needs=["A"])]
    records = [record("A", Outcome.PASSED), record("B", Outcome.FAILED)]

    assert verdicts(rules, Evidence(records))["B"] is Verdict.FAIL


def test_not_applicable_is_earned_by_a_clean_refusal() -> None:
    """A capability that is not declared, but answers, fails."""
    rules = [Rule("MET-001", capability="metrics"), Rule("POR-001", capability="portal")]
    unclean = Finding(what="POST portal", expected="status 404", got="status 201")

    found = verdicts(rules, Evidence(refusals={"metrics": None, "portal": unclean}))

    assert found == {"MET-001": Verdict.NOT_APPLICABLE, "POR-001": Verdict.FAIL}


def test_results_do_not_depend_on_the_order_of_records() -> None:
    """Workers finish in any order; the published result is the same."""
    records = [record("A", Outcome.PASSED, f"t{n}") for n in range(4)]

    forward = judge([Rule("B"), Rule("A")], Evidence(records))
    backward = judge([Rule("A"), Rule("B")], Evidence(records[::-1]))

    assert forward == backward
    assert [result.id for result in forward] == ["A", "B"]
    assert forward[0].tests == ["t0", "t1", "t2", "t3"]


def test_what_fails_only_at_times_is_told_as_flaky() -> None:
    """It is red all the same; what fails each time, and another trial's luck, are not flaky."""
    outcomes = [Outcome.PASSED, Outcome.FAILED, Outcome.PASSED]
    at_times = [record("AUT-001", outcome) for outcome in outcomes]
    always = [record("AUT-002", Outcome.FAILED)] * 2 + [record("AUT-002", Outcome.PASSED, "lucky")]

    first, second = judge([Rule("AUT-001"), Rule("AUT-002")], Evidence([*at_times, *always]))

    assert (first.verdict, second.verdict) == (Verdict.FAIL, Verdict.FAIL)
    assert first.finding is not None
    assert first.finding.what == "flaky, 1 of 3 times: failed of tests/t.py::test"
    assert second.finding is not None
    assert second.finding.what == "failed of tests/t.py::test"
    assert first.tests == ["tests/t.py::test"]
