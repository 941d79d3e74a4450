"""junit.xml, read by somebody else's parser."""

from __future__ import annotations

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped, TestCase

from billproof.reports.junit import junit
from billproof.reports.reading import Report
from billproof.verdicts.verdict import Verdict
from tests.suite.machine.published import report, result, results


def cases(shown: Report) -> dict[str, TestCase]:
    """Each case by the first word of its name."""
    document = JUnitXml.fromstring(junit(shown).encode())
    return {str(case.name).split()[0]: case for suite in document for case in suite}


@pytest.mark.parametrize(
    ("clause", "kind", "verdict"),
    [
        ("CHK-001", Failure, "fail"),
        ("CHK-002", Failure, "blocked"),
        ("AUT-008", Failure, "unexpected-pass"),
        ("AUT-003", Error, "not-testable"),
        ("AUT-006", Error, "error"),
        ("AUT-009", Error, "not-run"),
        ("AUT-004", Skipped, "not-applicable"),
        ("AUT-005", Skipped, "not-observable-here"),
        ("AUT-007", Skipped, "expected-fail"),
        ("AUT-010", Skipped, "flaky"),
        ("AUT-011", Skipped, "not-scored"),
    ],
)
def test_each_verdict_has_its_element(clause: str, kind: type[Failure], verdict: str) -> None:
    """A real one, whose type is the verdict; its message says why in a line."""
    (element,) = cases(report())[clause].result

    assert isinstance(element, kind)
    assert element.type == verdict
    assert element.message


def test_what_passes_has_none() -> None:
    """A warning passes, and says in its output what it warns of."""
    read = cases(report())

    assert read["AUT-001"].result == []
    assert read["AUT-002"].result == []
    assert str(read["AUT-002"].system_out).startswith("warning: status of POST /checkout: expected")


def test_a_failure_carries_all_that_helps() -> None:
    """Expected and got in the message; exchange, curl, how to repeat it and hint in the text."""
    (failure,) = cases(report())["CHK-001"].result

    assert failure.message == "status of POST /checkout: expected 201, got 500"
    for words in ("POST http://127.0.0.1:8000/checkout", "500 after 0.012 s", "curl -sS"):
        assert words in str(failure.text)
    assert "again: billproof verify --only CHK-001 --seed 7" in str(failure.text)
    assert "hint: Commit `first`" in str(failure.text)


def test_a_blocked_clause_names_what_blocks_it() -> None:
    """So that nobody looks into it first."""
    (failure,) = cases(report())["CHK-002"].result

    assert failure.message == "blocked by CHK-001"


def test_counts_times_and_properties_add_up() -> None:
    """What a CI system shows before anybody unfolds it."""
    document = JUnitXml.fromstring(junit(report()).encode())
    suites = {suite.name: suite for suite in document}

    assert (document.tests, document.failures, document.errors) == (16, 5, 4)
    assert document.skipped == 5
    assert (suites["billproof.checkout"].tests, suites["billproof.checkout"].failures) == (4, 4)
    assert suites["billproof.core"].time == pytest.approx(1.5 + 6 * 0.25)
    (properties, *_) = (each for each in suites["billproof.core"]._elem if each.tag == "properties")
    told = {each.get("name"): each.get("value") for each in properties}
    assert told["command"] == "billproof verify --cmd 'node server.js' --seed 7"
    assert told["seed"] == "7"


def test_a_fault_of_the_run_is_an_error_too() -> None:
    """A job that reads nothing but this file must not be green when the run was not sound."""
    document = JUnitXml.fromstring(junit(report()).encode())
    (suite,) = [suite for suite in document if suite.name == "billproof.run"]
    ((element,),) = [case.result for case in suite]

    assert isinstance(element, Error)
    assert element.message == "The backend ended with exit code 7."
    assert "bye" in str(element.text)


def test_a_clean_run_has_only_passes() -> None:
    """The other way round."""
    document = JUnitXml.fromstring(junit(Report(results(result("AUT-001", Verdict.PASS)))).encode())

    assert (document.tests, document.failures, document.errors, document.skipped) == (1, 0, 0, 0)
