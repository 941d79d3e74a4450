"""docs/proof.md says what the mutants are, and what real runs saw of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from billproof.law import load_law
from billproof.mutants.catalogue import load_mutants
from billproof.mutants.fate import Fate, Proof
from billproof.mutants.ledger import Ledger, digest, key_of
from billproof.mutants.variants import load_variants
from billproof.verdicts.results import Shown
from billproof.verdicts.verdict import Verdict
from tests.suite.proof import page as pages
from tests.suite.proof.page import Measured, diff, measured, obedient, page

MUTANTS = load_mutants()
CLAUSES = load_law().clauses


def test_the_committed_page_is_current() -> None:
    """After a change of mutants, clauses or the lines they change: see the page's own head."""
    made = page(CLAUSES, MUTANTS, measured()) + obedient(load_variants())

    assert pages.PAGE.read_text("utf-8") == made, "run python -m tests.suite.proof.page"


def test_every_mutant_is_there_once_with_its_diff() -> None:
    """And whoever was measured still exists."""
    text = page(CLAUSES, MUTANTS, {})

    for mutant in MUTANTS:
        assert text.count(f"**`{mutant.id}`**") == 1
        assert f"```diff\n{diff(mutant)}```" in text
    assert measured().keys() <= {mutant.id for mutant in MUTANTS}


def test_a_diff_is_the_lines_that_change() -> None:
    """Whole lines, whatever part of them the anchor is."""
    [known] = [one for one in MUTANTS if one.id == "whk-002-v0-is-good-enough"]

    head, minus, plus = diff(known).splitlines()

    assert head == "# reference_impl/signature.py"
    assert minus.startswith("-")
    assert 'name == "v1"' in minus
    assert plus == "+" + minus[1:].replace('name == "v1"', 'name in {"v0", "v1"}')


def test_every_variant_is_there_once_with_its_diff_and_its_reason() -> None:
    """So that who is judged can see what he may do otherwise."""
    variants = load_variants()

    text = obedient(variants)

    assert variants
    for variant in variants:
        assert text.count(f"**`{variant.id}`** {variant.sentence} Open: ") == 1
        assert f"```diff\n{diff(variant)}```" in text


def test_who_survived_is_told_first_with_the_reason() -> None:
    """Nobody has to look for it."""
    first, second = MUTANTS[0].id, MUTANTS[1].id
    killed = Measured(commit="c0ffee", fate=Fate.KILLED, seconds=2, by={"X-001": "its door"})
    living = Measured(commit="c0ffee", fate=Fate.SURVIVED, seconds=3, by={}, reason="Nobody saw.")

    text = page(CLAUSES, MUTANTS, {first: killed, second: living})

    assert f"| {len(MUTANTS)} | 2 | 1 | 1 | 0 | 5 | `c0ffee` |" in text
    assert f"- **survived**: `{second}`. Nobody saw." in text
    assert "Killed: X-001 by «its door»" in text


def test_results_of_a_run_are_taken_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As far as they are about what there is now."""
    monkeypatch.setattr(pages, "MEASURED", tmp_path / "measured.json")
    gone = Measured(commit="old", fate=Fate.KILLED, seconds=1, by={})
    pages.MEASURED.write_bytes(pages.Runs.dump_json({"no-such": gone, MUTANTS[0].id: gone}))
    shown = Shown(what="its door", expected="shut", got="open", code="")
    mutant, stale = MUTANTS[1], MUTANTS[2]
    verdicts = {"X-001": Verdict.FAIL}
    proof = Proof(
        mutant=mutant.id,
        fate=Fate.KILLED,
        verdicts=verdicts,
        findings={"X-001": shown},
        seconds=4,
        trials=["tests/api/test_x.py::test_y"],
    )
    ledger = Ledger(tmp_path / "proofs.jsonl")
    ledger.keep(key_of(mutant, digest(), matrix=False), proof)
    ledger.keep("a key of other code", proof.model_copy(update={"mutant": stale.id}))

    pages.refresh(tmp_path / "proofs.jsonl", MUTANTS)

    taken = measured()
    assert taken.keys() == {MUTANTS[0].id, mutant.id}
    assert taken[mutant.id].by == {"X-001": "its door"}
    assert taken[mutant.id].trials == ["tests/api/test_x.py::test_y"]
    assert taken[mutant.id].commit != "old"
