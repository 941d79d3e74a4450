"""In a proof, a clause that is red is tried no further, and every other is."""

from __future__ import annotations

import pytest

from billproof.trials.fail_fast import FailFast

pytest_plugins = ["pytester"]

TRIALS = """
import pytest

clause = pytest.mark.clause

@clause("AUT-001")
def test_red(): assert False

@clause("AUT-001")
def test_not_needed_any_more(): pass

@clause("AUT-002")
def test_of_another(): pass

@clause("AUT-001")
@clause("AUT-002")
def test_of_both(): pass

@clause("AUT-001")
@clause("AUT-009")
def test_of_one_that_is_judged_and_one_that_is_not(): pass

@pytest.fixture
def broken(): raise ValueError

@clause("AUT-002")
def test_that_cannot_begin(broken): pass

@clause("AUT-002")
def test_after_it(): pass
"""


def test_what_is_red_is_tried_no_further(pytester: pytest.Pytester) -> None:
    """A trial of two clauses runs as long as one of them has no verdict."""
    pytester.makepyfile(TRIALS)
    pytester.makeini("[pytest]\nmarkers =\n    clause(id): its clause")

    alone = ("--disable-plugin-autoload", "-p", "no:cacheprovider")
    run = pytester.inline_run(*alone, plugins=[FailFast(["AUT-001", "AUT-002"])])

    passed, _, failed = run.listoutcomes()
    assert [one.nodeid.rpartition("::")[2] for one in passed] == ["test_of_another", "test_of_both"]
    assert [one.nodeid.rpartition("::")[2] for one in failed] == [
        "test_red",
        "test_that_cannot_begin",
    ]
