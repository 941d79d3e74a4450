"""In a proof, a clause that is red is tried no further, and every other is."""

from __future__ import annotations

from collections.abc import Generator

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


ELSEWHERE = """
import pytest

clause = pytest.mark.clause

@clause("AUT-001")
def test_in_another_module(): pass

@clause("AUT-001")
def test_beside_it(): pass
"""
LATER = """
import pytest

@pytest.mark.clause("AUT-002")
def test_later(): pass
"""


def run(pytester: pytest.Pytester, **modules: str) -> pytest.HookRecorder:
    """Run these modules' trials until both clauses are red."""
    pytester.makepyfile(**modules)
    pytester.makeini("[pytest]\nmarkers =\n    clause(id): its clause")
    alone = ("--disable-plugin-autoload", "-p", "no:cacheprovider")
    plugins = [Recording(), FailFast(["AUT-001", "AUT-002"])]
    return pytester.inline_run(*alone, plugins=plugins)


class Recording:
    """Gives each trial a record, as the suite does."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """At its end."""
        report = yield
        report.user_properties.append(("record", report.nodeid))
        return report


def test_who_comes_after_a_trial_that_is_left_out_finds_things_in_order(
    pytester: pytest.Pytester,
) -> None:
    """What stood for the sake of the one that is left out is taken down, in other modules too."""
    first = 'import pytest\n\n@pytest.mark.clause("AUT-001")\ndef test_red(): assert False\n'

    ran = run(pytester, test_a=first, test_b=ELSEWHERE, test_c=LATER)

    passed, skipped, failed = ran.listoutcomes()
    assert [one.nodeid for one in passed] == ["test_c.py::test_later"]
    assert [one.nodeid for one in failed] == ["test_a.py::test_red"]
    assert len(skipped) == 2
    recorded = {
        one.nodeid for one in ran.getreports("pytest_runtest_logreport") if one.user_properties
    }
    assert recorded == {"test_a.py::test_red", "test_c.py::test_later"}


def test_what_is_red_is_tried_no_further(pytester: pytest.Pytester) -> None:
    """A trial of two clauses runs as long as one of them has no verdict."""
    passed, _, failed = run(pytester, test_trials=TRIALS).listoutcomes()

    assert [one.nodeid.rpartition("::")[2] for one in passed] == ["test_of_another", "test_of_both"]
    assert [one.nodeid.rpartition("::")[2] for one in failed] == [
        "test_red",
        "test_that_cannot_begin",
    ]
