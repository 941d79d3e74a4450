"""Putting a defect into a copy of the reference."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from billproof.errors import CannotTest, UsageError
from billproof.law import load_law
from billproof.mutants.application import apply, mutated
from billproof.mutants.catalogue import Mutant, chosen, find_mutant, load_mutants
from billproof.mutants.fate import Fate, fate
from billproof.suite import suite_root
from billproof.verdicts.verdict import Verdict
from billproof.verify import planning
from billproof.verify.options import Options
from tests.suite.machine.made_up import MUTANT


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A suite with a reference of one module."""
    folder = tmp_path / "suite"
    (folder / "reference_impl").mkdir(parents=True)
    (folder / "reference_impl" / "who.py").write_text("if age > DAY:\n    refuse()\n")
    return folder


def test_the_defect_is_in_the_copy_and_only_there(root: Path, tmp_path: Path) -> None:
    """The reference itself is not touched."""
    copy = apply(MUTANT, tmp_path / "copy", root)

    assert (copy / MUTANT.file).read_text() == "if age > WEEK:\n    refuse()\n"
    assert (root / MUTANT.file).read_text() == "if age > DAY:\n    refuse()\n"


def test_a_suite_that_is_read_only_can_be_mutated_too(root: Path, tmp_path: Path) -> None:
    """As one in other people's site-packages; root may write anyway, so the modes are looked at."""
    (root / MUTANT.file).chmod(0o444)
    (root / "reference_impl").chmod(0o555)

    copy = apply(MUTANT, tmp_path / "copy", root)

    (root / "reference_impl").chmod(0o755)
    for path in (copy / MUTANT.file, copy / "reference_impl"):
        assert path.stat().st_mode & stat.S_IWUSR
    assert (copy / MUTANT.file).read_text() == "if age > WEEK:\n    refuse()\n"


def test_a_mutant_has_no_time_to_settle_unless_it_says_so() -> None:
    """It is judged as strictly as the reference."""
    assert MUTANT.settle_seconds == 0


@pytest.mark.parametrize(("text", "times"), [("if age >= DAY:", 0), ("age > DAY or age > DAY", 2)])
def test_a_mutant_whose_anchor_is_not_there_once_is_void(text: str, times: int) -> None:
    """Nobody could tell whether the defect is there."""
    with pytest.raises(CannotTest, match=f"occurs {times} times"):
        mutated(MUTANT, text)


@pytest.mark.parametrize("file", ["reference_impl/gone.py", "contracts/plans.json"])
def test_a_mutant_of_no_file_of_the_reference_is_void(
    file: str, root: Path, tmp_path: Path
) -> None:
    """Only the subject may be broken, never the law."""
    with pytest.raises(CannotTest, match="is void"):
        apply(MUTANT.model_copy(update={"file": file}), tmp_path / "copy", root)


def test_mutants_are_found_by_id_and_glob() -> None:
    """An unknown one is answered with the nearest."""
    other = MUTANT.model_copy(update={"id": "webhook-unsigned"})

    assert chosen(["late-*"], [MUTANT, other]) == [MUTANT]
    assert find_mutant("webhook-unsigned", [MUTANT, other]) == other
    with pytest.raises(UsageError, match="Nearest: webhook-unsigned"):
        find_mutant("webhook-unsignd", [MUTANT, other])


def test_a_list_that_is_no_list_of_mutants_is_void(tmp_path: Path) -> None:
    """Unknown members too: a misspelt one would be lost."""
    (tmp_path / "x.yaml").write_text("- id: x\n  brakes: [AUT-001]\n")

    with pytest.raises(CannotTest, match=r"x\.yaml is no list of mutants"):
        load_mutants(tmp_path)


@pytest.mark.parametrize(
    ("verdicts", "trouble", "expected"),
    [
        ({"A": Verdict.FAIL}, "", Fate.KILLED),
        ({"A": Verdict.FAIL, "B": Verdict.WARN}, "", Fate.KILLED),
        ({"A": Verdict.FAIL, "B": Verdict.PASS}, "", Fate.SURVIVED),
        ({"A": Verdict.NOT_TESTABLE}, "", Fate.VOID),
        ({}, "", Fate.SURVIVED),
        ({"A": Verdict.ERROR}, "", Fate.VOID),
        ({"A": Verdict.FAIL}, "the backend died", Fate.VOID),
    ],
)
def test_a_mutant_is_killed_when_each_of_its_clauses_says_no(
    verdicts: dict[str, Verdict], trouble: str, expected: Fate
) -> None:
    """Anything less proves nothing."""
    assert fate(verdicts, trouble) is expected


@pytest.mark.parametrize("mutant", load_mutants(), ids=lambda mutant: mutant.id)
def test_every_mutant_applies_and_names_clauses(mutant: Mutant) -> None:
    """Its anchor occurs once today, and the contract knows what it breaks."""
    text = (suite_root() / mutant.file).read_text(encoding="utf-8")

    assert mutated(mutant, text) != text
    assert {clause.id for clause in load_law().clauses} >= set(mutant.breaks)
    assert mutant.breaks


def test_a_mutant_may_be_served_by_its_own_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the defect is in how it starts, hosting it would hide that."""
    [known] = [one for one in load_mutants() if one.id == "env-009-an-end-is-an-error"]
    hosted = known.model_copy(update={"command": None})
    for mutant, kind in ((known, "command"), (hosted, "app")):
        monkeypatch.setattr(planning, "load_mutants", lambda mutant=mutant: [mutant])
        plan = planning.first_plan(Options(mutant=mutant.id), tmp_path / kind)
        assert plan.target.kind == kind
        assert (str(known.command) in str(plan.target.command)) == (kind == "command")
