"""From verdicts and faults to the exit code, `conforms` and the last sentence."""

from __future__ import annotations

import pytest

from billproof.verdicts.results import ClauseResult, Fault
from billproof.verdicts.summary import exit_code, sentence, summarise
from billproof.verdicts.verdict import Verdict

USAGE = Fault(code=2, reason="asked wrongly")
ENVIRONMENT = Fault(code=3, reason="no backend")
SUITE = Fault(code=5, reason="pytest failed")


def results(*verdicts: Verdict) -> list[ClauseResult]:
    """One clause for each verdict."""
    return [
        ClauseResult(id=f"SUB-{n:03}", level="MUST", capability="core", verdict=verdict)
        for n, verdict in enumerate(verdicts, start=1)
    ]


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ([Verdict.PASS], 0),
        ([Verdict.PASS, Verdict.WARN], 0),
        ([Verdict.PASS, Verdict.NOT_APPLICABLE], 0),
        ([Verdict.PASS, Verdict.NOT_OBSERVABLE_HERE], 0),
        ([Verdict.PASS, Verdict.NOT_SCORED], 0),
        ([Verdict.PASS, Verdict.EXPECTED_FAIL], 0),
        ([Verdict.PASS, Verdict.FAIL], 1),
        ([Verdict.PASS, Verdict.BLOCKED], 1),
        ([Verdict.PASS, Verdict.NOT_TESTABLE], 1),
        ([Verdict.PASS, Verdict.NOT_RUN], 1),
        ([Verdict.PASS, Verdict.UNEXPECTED_PASS], 4),
        ([Verdict.FAIL, Verdict.UNEXPECTED_PASS], 1),
        ([Verdict.FAIL, Verdict.ERROR], 5),
    ],
)
def test_verdicts_decide_the_exit_code(verdicts: list[Verdict], code: int) -> None:
    """Warnings are allowed; whatever is red is not."""
    assert exit_code(verdicts, []) == code


@pytest.mark.parametrize(
    "verdicts",
    [
        [],
        [Verdict.NOT_RUN],
        [Verdict.NOT_APPLICABLE],
        [Verdict.NOT_OBSERVABLE_HERE],
        [Verdict.NOT_SCORED],
    ],
)
def test_nothing_looked_at_is_never_zero(verdicts: list[Verdict]) -> None:
    """A run in which no trial said anything proves nothing."""
    assert exit_code(verdicts, []) == 1


@pytest.mark.parametrize(
    ("faults", "verdict", "code"),
    [
        ([ENVIRONMENT, SUITE, USAGE], Verdict.FAIL, 2),
        ([ENVIRONMENT, SUITE], Verdict.FAIL, 5),
        ([ENVIRONMENT], Verdict.ERROR, 5),
        ([ENVIRONMENT], Verdict.FAIL, 3),
        ([ENVIRONMENT], Verdict.PASS, 3),
        ([], Verdict.FAIL, 1),
    ],
)
def test_the_gravest_code_is_said(faults: list[Fault], verdict: Verdict, code: int) -> None:
    """2 before 5 before 3 before 1 before 4."""
    assert exit_code([verdict], faults) == code


@pytest.mark.parametrize(
    ("verdict", "partial", "conforms"),
    [
        (Verdict.PASS, False, True),
        (Verdict.FAIL, False, False),
        (Verdict.PASS, True, None),
        (Verdict.FAIL, True, None),
    ],
)
def test_a_part_says_nothing_about_the_whole(
    verdict: Verdict,
    partial: bool,  # noqa: FBT001 - a column of the table
    conforms: bool | None,  # noqa: FBT001 - a column of the table
) -> None:
    """`conforms` is null when only some clauses were selected."""
    assert summarise(results(verdict), [], partial=partial).conforms is conforms


def test_every_verdict_is_counted() -> None:
    """Readers find each verdict, those of none too."""
    summary = summarise(results(Verdict.PASS, Verdict.PASS, Verdict.WARN), [], partial=False)

    assert set(summary.counts) == set(Verdict)
    assert (summary.counts[Verdict.PASS], summary.counts[Verdict.WARN]) == (2, 1)


@pytest.mark.parametrize(
    ("verdicts", "kind", "said"),
    [
        ([Verdict.PASS], "app", "Conforms."),
        (
            [Verdict.PASS, Verdict.NOT_OBSERVABLE_HERE, Verdict.NOT_OBSERVABLE_HERE],
            "url",
            "Conforms, as observed by URL; 2 clauses need --cmd.",
        ),
        (
            [Verdict.PASS, Verdict.NOT_OBSERVABLE_HERE],
            "url",
            "Conforms, as observed by URL; 1 clause needs --cmd.",
        ),
        ([Verdict.PASS, Verdict.NOT_OBSERVABLE_HERE], "command", "Conforms."),
        ([Verdict.PASS], "url", "Conforms."),
        ([Verdict.FAIL], "command", "Does not conform."),
        ([Verdict.ERROR], "command", "No verdict: the suite itself is at fault."),
        (
            [Verdict.ERROR, Verdict.FAIL, Verdict.FAIL],
            "command",
            "No verdict: the suite itself is at fault; 2 clauses fail beside that.",
        ),
    ],
)
def test_the_verdict_is_said_in_a_sentence(verdicts: list[Verdict], kind: str, said: str) -> None:
    """What a URL cannot show is counted apart."""
    assert sentence(summarise(results(*verdicts), [], partial=False), kind) == said


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (USAGE, "No verdict: the run was asked wrongly."),
        (ENVIRONMENT, "No verdict: the run could not see everything that it had to."),
        (SUITE, "No verdict: the suite itself is at fault."),
    ],
)
def test_why_there_is_no_verdict_is_said(fault: Fault, said: str) -> None:
    """Whose affair it is: of who asked, of the machine, or ours."""
    summary = summarise(results(Verdict.NOT_TESTABLE), [fault], partial=False)

    assert sentence(summary, "command") == said
