"""A backend that hangs costs each clause one wait."""

from __future__ import annotations

import pytest

from billproof.errors import CannotTest, Violation
from billproof.run.record import Finding, Outcome
from billproof.trials.outcome import timed_out
from billproof.trials.patience import Patience, over_budget

NO_ANSWER = Finding(what="GET /x", expected="an answer within 10 s", got="ReadTimeout")


def test_a_clause_that_waited_in_vain_waits_no_more() -> None:
    """Its next trial ends as the first one did, before anything is sent."""
    patience = Patience()
    patience.check(["AUT-001"])

    patience.spend(["AUT-001"], NO_ANSWER)

    with pytest.raises(Violation, match=r"GET /x: .*ReadTimeout, in an earlier trial"):
        patience.check(["AUT-001"])


def test_other_clauses_still_wait() -> None:
    """One operation may hang while all others answer."""
    patience = Patience()

    patience.spend(["AUT-001"], NO_ANSWER)

    patience.check(["AUT-002"])


def test_a_trial_that_was_ended_blames_nobody() -> None:
    """It is not testable, and so are the other trials of its clause."""
    outcome, finding = over_budget(120.2, ["status of GET /x", "axe looks"])
    patience = Patience()
    patience.spend(["AUT-001"], finding)

    assert (outcome, finding.code) == (Outcome.CANNOT_TEST, "over-budget")
    assert "not over after 120 s" in finding.what
    assert "It had seen 2 things, last 'axe looks'." in finding.what
    with pytest.raises(CannotTest, match="An earlier trial of the clause ended so"):
        patience.check(["AUT-001"])


def test_a_trial_that_saw_nothing_says_so() -> None:
    """What hangs at once is told from what is slow."""
    _, finding = over_budget(120, [])

    assert "It had seen nothing." in finding.what


def test_a_timeout_is_told_from_a_failure() -> None:
    """pytest-timeout ends a trial with pytest's own exception."""
    assert timed_out(pytest.fail.Exception("Timeout (>120.0s) from pytest-timeout."))
    assert not timed_out(pytest.fail.Exception("something else"))
    assert not timed_out(AssertionError("Timeout"))
