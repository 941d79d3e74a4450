"""A mutation that no test sees is told, one that a test sees is not, and the sample is stable."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from billproof.mutants.catalogue import load_mutants
from tests.suite.house.tree import ROOT
from tests.suite.self_mutation.mutations import REMOVED, Mutation, all_of, sample
from tests.suite.self_mutation.page import PAGE, Run, page, table
from tests.suite.self_mutation.subjects import chosen, load_harmless, load_subjects
from tests.suite.self_mutation.trying import Copy
from tests.suite.self_mutation.weakening import load_weakened

MODULE = "src/access.py"
CODE = """\
from __future__ import annotations
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    import datetime

def access(age: int | None, *, limit: int = 30) -> bool:
    if age is None:
        raise ValueError(age)
    return age > limit
"""
TEST = """\
import access

def test_access():
    assert access.access(31)
    assert not access.access(30)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of one module with a test that leaves a branch alone."""
    for name, text in {MODULE: CODE, "test_access.py": TEST}.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return tmp_path


def mutation(root: Path, operator: str, line: int) -> Mutation:
    """The one of this operator in this line."""
    found = [one for one in all_of(MODULE, root) if one.operator == operator]
    return next(one for one in found if one.place[0][0] == line)


def test_what_no_test_looks_at_survives_and_nothing_else(root: Path) -> None:
    """The module is as it was afterwards, and its tests are green again."""
    copy, tests = Copy(root), ["test_access.py"]
    unseen = mutation(root, REMOVED, 8)
    seen = mutation(root, "core/ReplaceComparisonOperator_Gt_GtE", 9)

    survived = [copy.survives(MODULE, one.text(root) or "", tests, 60) for one in (unseen, seen)]

    assert survived == [True, False]
    assert (root / MODULE).read_text() == CODE
    assert copy.passes(tests, 60)


def test_tests_without_end_see_the_mutation(root: Path) -> None:
    """A loop that does not end is a defect that was seen."""
    copy = Copy(root)

    assert not copy.survives(MODULE, "while True: pass\n", ["test_access.py"], 3)


def test_tests_that_are_red_anyway_are_refused(root: Path) -> None:
    """They would seem to see everything."""
    copy = Copy(root)
    assert copy.seconds(["test_access.py"]) > 0
    (root / MODULE).write_text(CODE.replace("30", "31"))

    with pytest.raises(RuntimeError, match="red without any mutation"):
        copy.seconds(["test_access.py"])


def test_a_sample_is_the_seeds_and_has_one_mutation_for_each_place(root: Path) -> None:
    """What is for mypy alone is not in it, nor what Python cannot read."""
    drawn = sample([MODULE], 100, 7, root)

    assert drawn == sample([MODULE], 100, 7, root)
    assert len(drawn) == len({one.place for one in drawn})
    assert {one.place[0][0] for one in drawn} == {6, 7, 8, 9}
    assert [one.operator for one in drawn if one.place[0][0] == 6] == ["core/NumberReplacer"]
    assert sample([MODULE], 2, 7, root) == sorted(sample([MODULE], 2, 7, root))
    assert len(sample([MODULE], 2, 7, root)) == 2


def test_a_diff_is_the_lines_that_differ(root: Path) -> None:
    """It is by them that a survivor is known."""
    assert mutation(root, REMOVED, 8).diff(root) == "- raise ValueError(age)\n+ pass"


def test_each_subject_is_there_and_has_tests_that_are_there() -> None:
    """A module that has moved would be held by nothing."""
    subjects = load_subjects()

    gone = {path for one in subjects for path in (one.module, *one.tests)}
    assert not {path for path in gone if not (ROOT / path).is_file()}
    assert len({one.module for one in subjects}) == len(subjects)


def test_what_is_harmless_is_still_in_its_module() -> None:
    """A reason for a line that is gone explains nothing."""
    lines = {
        one.module: {line.strip() for line in (ROOT / one.module).read_text().splitlines()}
        for one in load_subjects()
    }

    assert not [one for one in load_harmless() if one.was not in lines[one.module]]


def test_a_glob_that_names_no_module_is_refused() -> None:
    """A sample of nothing would be green."""
    subjects = load_subjects()
    assert [one.module for one in chosen(subjects, ["trials/check.py"])] == [
        "src/billproof/trials/check.py"
    ]

    with pytest.raises(LookupError, match=re.escape("trials/chek.py")):
        chosen(subjects, ["trials/check.py", "trials/chek.py"])


def test_a_survivor_is_told_until_its_reason_is_known() -> None:
    """The table counts both."""
    known = load_harmless()[0]
    explained = f"- {known.was}\n+ {known.becomes}"

    run = Run.of(known.module, [(explained, True), ("- a\n+ b", True), ("- c\n+ d", False)])

    assert run.unexplained() == ["- a\n+ b"]
    assert f"| {known.module} | 3 | 1 | 2 | 1 | " in table([run])


def test_each_weakened_assertion_is_still_there() -> None:
    """Once, so that it is the one that is meant; and its mutant is one of the catalogue."""
    mutants = {one.id for one in load_mutants()}
    rows = load_weakened()

    assert rows
    for row in rows:
        assert row.text(ROOT) != (ROOT / row.module).read_text()
        assert row.mutant in mutants


def test_the_page_is_what_was_seen() -> None:
    """Else run `python -m tests.suite.self_mutation.page`."""
    assert PAGE.read_text(encoding="utf-8") == page()
