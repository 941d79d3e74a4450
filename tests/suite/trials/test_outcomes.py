"""How a trial ended follows from what it raised, and so do the words that say why."""

from __future__ import annotations

import pytest

from billproof.errors import CannotTest, NotDeclared, NotObservableHere, Violation
from billproof.run.record import Exchange, Finding, Outcome
from billproof.run.selection import Order, Phase
from billproof.trials import journal
from billproof.trials.outcome import finding_of, outcome_of, timed_out
from billproof.trials.selection import clauses_of, takes

EXCHANGE = Exchange(
    method="GET",
    url="/livez",
    request_headers=[],
    request_body="",
    status=200,
    response_headers=[],
    response_body="",
    seconds=0.1,
    curl="curl /livez",
)


@pytest.fixture(autouse=True)
def kept() -> journal.Journal:
    """The journal of a trial that has begun."""
    return journal.begin()


def found(error: BaseException) -> tuple[Outcome, Finding]:
    """How a trial ends that raises this, and why."""
    with pytest.raises(type(error)) as caught:
        raise error
    outcome = outcome_of(error)
    return outcome, finding_of(caught, outcome)


def test_a_violation_is_a_failure_that_says_what_came() -> None:
    """In its three parts, and without a traceback."""
    outcome, finding = found(Violation("status", "200", "500"))

    assert outcome is Outcome.FAILED
    assert finding == Finding(what="status", expected="200", got="500")


@pytest.mark.parametrize(
    ("made", "shown", "pointed"), [(0, None, None), (1, None, 0), (2, None, 1), (2, 0, 0)]
)
def test_a_failure_points_at_an_exchange(
    kept: journal.Journal, made: int, shown: int | None, pointed: int | None
) -> None:
    """At the one that was looked at, else at the last, if there is any."""
    kept.exchanges += [EXCHANGE] * made
    kept.shown = shown

    assert found(Violation("status", "200", "500"))[1].exchange == pointed


def test_a_failure_of_a_page_points_at_no_exchange(kept: journal.Journal) -> None:
    """Until an answer is looked at again."""
    kept.exchanges += [EXCHANGE] * 2
    kept.show(0)

    kept.look_away()
    of_the_page = found(Violation("badge", "Past due", "Active"))[1]
    kept.show(1)

    assert of_the_page.exchange is None
    assert found(Violation("status", "200", "500"))[1].exchange == 1


def test_a_trials_own_assertion_is_the_backends_failure(kept: journal.Journal) -> None:
    """Playwright speaks so; what says nothing is told as such."""
    kept.shown = 3

    assert found(AssertionError("no button")) == (
        Outcome.FAILED,
        Finding(what="no button", exchange=3),
    )
    assert found(AssertionError())[1].what == "an assertion of the trial"


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        (CannotTest, Outcome.CANNOT_TEST),
        (NotObservableHere, Outcome.NOT_OBSERVABLE),
        (NotDeclared, Outcome.NOT_DECLARED),
    ],
)
def test_what_could_not_be_asked_blames_nobody(kind: type[CannotTest], outcome: Outcome) -> None:
    """Its code is for programs, its words say what to do."""
    told = found(kind("no-browser", "There is no browser.", "Install one."))

    assert told == (outcome, Finding(what="There is no browser. Install one.", code="no-browser"))


def test_anything_else_is_our_own_fault() -> None:
    """It has a traceback, and no backend failed."""
    outcome, finding = found(KeyError("plan"))

    assert outcome is Outcome.ERROR
    assert finding.what == "KeyError: 'plan'"
    assert finding.trace


@pytest.mark.parametrize(
    ("error", "timeout"),
    [
        (pytest.fail.Exception("Timeout (>60.0s) from pytest-timeout."), True),
        (pytest.fail.Exception("it is red"), False),
        (TimeoutError("Timeout"), False),
    ],
)
def test_a_trial_that_took_too_long_is_known(
    error: BaseException,
    timeout: bool,  # noqa: FBT001 - the fact itself
) -> None:
    """By what pytest-timeout says, and only then."""
    assert timed_out(error) is timeout


def test_a_trial_is_taken_where_one_of_its_clauses_is_judged(
    request: pytest.FixtureRequest,
) -> None:
    """One that names no clause is a mistake of the suite."""
    mine, other = (Order(clauses=[one], phase=Phase.PARALLEL) for one in ("SUB-002", "SUB-003"))
    with pytest.raises(pytest.UsageError, match="names no clause"):
        takes(mine, request.node)

    for clause in ("SUB-001", "SUB-002"):
        request.node.add_marker(pytest.mark.clause(clause))

    assert sorted(clauses_of(request.node)) == ["SUB-001", "SUB-002"]
    assert takes(mine, request.node)
    assert not takes(other, request.node)


def test_no_finding_has_the_secret_of_a_device(kept: journal.Journal) -> None:
    """Neither in what was looked for on a page, nor in what the page says."""
    kept.secrets.add("s3cr3t")

    wanted, read = 'get_by_text("s3cr3t")', "a page that reads: Copy s3cr3t now"
    _, finding = found(Violation("visible: s3cr3t", wanted, read))
    _, fault = found(RuntimeError("no answer to s3cr3t"))

    assert "s3cr3t" not in finding.model_dump_json()
    assert finding.got == f"a page that reads: Copy {journal.HIDDEN} now"
    assert "s3cr3t" not in fault.model_dump_json()
    assert "no answer to" in fault.trace
