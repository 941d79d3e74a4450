"""The fifteen wishes are held by tests that there are, and that a run does."""

from __future__ import annotations

from pathlib import Path

import pytest

from billproof.law import Law
from billproof.verdicts.verdict import Verdict
from tests.suite.law.made_up_run import run
from tests.suite.law.wishes import PAGE, Held, Wish, missing_in_the_run, missing_in_the_tree, read

WISHES = read(PAGE.read_text("utf-8"))
TRIAL = Held("WHK-004", "tests/api/test_a.py", "test_b")
OURS = Held(None, "tests/suite/machine/test_c.py", "test_d")
WISH = Wish(7, "Nobody pays twice", (TRIAL, OURS))


def tree(folder: Path, clause: str = "WHK-004", name: str = "test_b") -> Path:
    """A checkout with the two tests of `WISH`."""
    trial = f'@clause("{clause}")\n@other\ndef {name}(api):\n    """It is so."""\n'
    for file, source in ((TRIAL.file, trial), (OURS.file, "def test_d():\n    pass\n")):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(source)
    return folder


def test_there_are_fifteen_each_with_its_tests() -> None:
    """In order, none empty, none twice."""
    assert [wish.number for wish in WISHES] == list(range(1, 16))
    assert all(wish.tests for wish in WISHES)
    assert len({wish.text for wish in WISHES}) == len(WISHES)


def test_the_tests_of_every_wish_are_there(law: Law) -> None:
    """Each trial judges the clause that the page says, and each clause is one."""
    assert [line for wish in WISHES for line in missing_in_the_tree(wish)] == []
    assert {test.clause for wish in WISHES for test in wish.tests} - {None} <= law.by_id.keys()


def test_a_test_that_vanishes_or_judges_something_else_is_found(tmp_path: Path) -> None:
    """Renamed, moved to another clause, or gone with its file."""
    assert list(missing_in_the_tree(WISH, tree(tmp_path))) == []

    assert list(missing_in_the_tree(WISH, tree(tmp_path, name="test_x"))) == [
        f"7: there is no {TRIAL}"
    ]
    assert list(missing_in_the_tree(WISH, tree(tmp_path, clause="WHK-005"))) == [
        f"7: {TRIAL} does not judge WHK-004"
    ]
    (tree(tmp_path) / OURS.file).unlink()
    assert list(missing_in_the_tree(WISH, tmp_path)) == [f"7: there is no {OURS}"]


def test_a_trial_needs_its_clause_and_another_test_has_none(tmp_path: Path) -> None:
    """Or the run could not be asked for it."""
    anonymous = Wish(7, "x", (Held(None, TRIAL.file, TRIAL.name),))

    assert list(missing_in_the_tree(anonymous, tree(tmp_path))) == [
        f"7: {TRIAL} is a trial, and those alone have a clause"
    ]


@pytest.mark.parametrize("done", [str(TRIAL), f"{TRIAL}[pro-1]"])
def test_a_run_that_did_the_trials_holds_the_wish(done: str) -> None:
    """With parameters or without; our own tests are not of that run."""
    assert list(missing_in_the_run(WISH, run(tests=(done, "tests/api/test_a.py::y")))) == []


def test_a_run_without_the_trial_or_without_a_pass_does_not() -> None:
    """Also one that did another trial of the same clause."""
    absent = f"7: the run did not do {TRIAL} for WHK-004"

    assert list(missing_in_the_run(WISH, run(tests=(f"{TRIAL}_more",)))) == [absent]
    assert list(missing_in_the_run(WISH, run().model_copy(update={"clauses": []}))) == [absent]
    assert list(missing_in_the_run(WISH, run(Verdict.FAIL, tests=(str(TRIAL),)))) == [
        "7: WHK-004 is fail"
    ]


@pytest.mark.parametrize("line", ["- WHK-4: `tests/api/test_a.py::test_b`", "- a word"])
def test_a_line_that_is_not_understood_is_no_line_that_is_passed_over(line: str) -> None:
    """A slip of the pen would take a test out of the list without a word."""
    with pytest.raises(ValueError, match=line[:5]):
        read(f"## 1. A wish\n\n{line}\n")
