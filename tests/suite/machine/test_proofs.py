"""What became of mutants: for which reason, kept over a kill, and on a green reference only."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from billproof.errors import CannotTest, UsageError
from billproof.mutants import memory
from billproof.mutants.fate import Fate, Proof, proof_of
from billproof.mutants.ledger import Ledger, digest, key_of
from billproof.verdicts.results import ClauseResult, Shown
from billproof.verdicts.verdict import Verdict
from billproof.verify.campaign import RED, check_green, mixed
from billproof.verify.progress import Silent
from tests.suite.machine.made_up import MUTANT

PROOF = Proof(mutant=MUTANT.id, fate=Fate.KILLED, verdicts={"AUT-004": Verdict.FAIL}, seconds=2.5)


def result(clause: str, verdict: Verdict = Verdict.FAIL, got: str = "200") -> ClauseResult:
    """What a clause said of the mutant."""
    shown = Shown(what="status of GET /x", expected="401", got=got, code="")
    finding = None if verdict is Verdict.PASS else shown
    return ClauseResult(
        id=clause, level="MUST", capability="core", verdict=verdict, finding=finding
    )


def test_a_mutant_is_killed_for_the_reason_that_it_states() -> None:
    """A server that falls over is red by its clause, too, and proves nothing of it."""
    stating = MUTANT.model_copy(update={"shows": {"AUT-004": "status of GET /x: expected 401"}})
    falling = MUTANT.model_copy(update={"shows": {"AUT-004": "got 200"}})

    assert proof_of(stating, [result("AUT-004")], "").fate is Fate.KILLED
    proof = proof_of(falling, [result("AUT-004", got="500")], "")
    assert proof.fate is Fate.SURVIVED
    assert "another reason" in proof.reason
    assert "got 500" in proof.reason


def test_who_caught_it_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To begin with; of a mutant that was never measured nothing is."""
    path = tmp_path / memory.MEASURED
    path.parent.mkdir(parents=True)
    path.write_text('{"m-1": {"fate": "killed", "trials": ["tests/api/test_x.py::test_y"]}}')
    monkeypatch.setattr(memory, "suite_root", lambda: tmp_path)

    assert memory.caught_by("m-1") == ("tests/api/test_x.py::test_y",)
    assert memory.caught_by("m-2") == ()


def test_neighbours_run_far_apart_and_none_is_lost() -> None:
    """Those of one clause wait or work alike: side by side they would leave the rest idle."""
    mutants = [MUTANT.model_copy(update={"id": f"m-{number:03}"}) for number in range(100)]

    order = [mutants.index(one) for one in mixed(mutants)]

    assert sorted(order) == [*range(100)]
    assert min(abs(one - other) for one, other in pairwise(order)) > 3


def test_clauses_that_have_nothing_to_do_with_it_are_told() -> None:
    """Once it is declared which may go red as well."""
    seen = [result("AUT-004"), result("AUT-016"), result("WHK-001"), result("X-1", Verdict.PASS)]
    declared = MUTANT.model_copy(update={"also": ["AUT-016"]})

    assert proof_of(MUTANT, seen, "").strays == []
    proof = proof_of(declared, seen, "")
    assert proof.strays == ["WHK-001"]
    assert set(proof.verdicts) == {"AUT-004", "AUT-016", "WHK-001"}


def test_what_is_proven_is_known_to_the_next_run(tmp_path: Path) -> None:
    """It was written down at once."""
    path = tmp_path / "new" / "proofs.jsonl"
    Ledger(path).keep("k1", PROOF)

    assert Ledger(path).known("k1") == PROOF
    assert Ledger(path).known("k2") is None


@pytest.mark.parametrize("fate", [Fate.SURVIVED, Fate.VOID])
def test_what_is_not_proven_is_tried_again(fate: Fate, tmp_path: Path) -> None:
    """The last word of a mutant counts."""
    path = tmp_path / "proofs.jsonl"
    Ledger(path).keep("k", PROOF)
    Ledger(path).keep("k", PROOF.model_copy(update={"fate": fate}))

    assert Ledger(path).known("k") is None


def test_a_line_that_was_torn_by_a_kill_is_forgotten(tmp_path: Path) -> None:
    """Those before it hold, and the next begins a line of its own."""
    path = tmp_path / "proofs.jsonl"
    Ledger(path).keep("k1", PROOF)
    whole = path.read_text()
    path.write_text(whole + whole[:40])

    torn = Ledger(path)
    assert torn.known("k1") == PROOF
    torn.keep("k2", PROOF)
    assert Ledger(path).known("k2") == PROOF


def test_another_file_is_refused(tmp_path: Path) -> None:
    """It would be spoiled."""
    path = tmp_path / "notes.txt"
    path.write_text("buy milk\n")

    with pytest.raises(UsageError, match="no file of proofs"):
        Ledger(path)
    assert path.read_text() == "buy milk\n"


def test_a_proof_holds_until_something_changes_that_it_depends_on(tmp_path: Path) -> None:
    """Mutant, law, trials, reference, and whether all clauses looked."""
    (tmp_path / "contracts").mkdir()
    clauses = tmp_path / "contracts" / "x.yaml"
    clauses.write_text("a")
    (tmp_path / "README.md").write_text("a")
    before = digest(tmp_path)
    (tmp_path / "README.md").write_text("b")
    assert digest(tmp_path) == before
    clauses.write_text("b")
    assert digest(tmp_path) != before

    other = MUTANT.model_copy(update={"replacement": "age > YEAR"})
    keys = {
        key_of(MUTANT, before, matrix=False),
        key_of(MUTANT, before, matrix=True),
        key_of(MUTANT, digest(tmp_path), matrix=False),
        key_of(other, before, matrix=False),
    }
    assert len(keys) == 4
    assert key_of(MUTANT, before, matrix=False) in keys


def test_a_reference_that_is_red_by_itself_proves_nothing() -> None:
    """Here because it does not even start in this way."""
    started = MUTANT.model_copy(update={"command": "-c 'raise SystemExit(7)'"})

    with pytest.raises(CannotTest, match="without a defect, is red") as caught:
        check_green([started], Silent())
    assert caught.value.code == RED


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`billproof mutants` in a folder of its own."""
    return subprocess.run(
        [sys.executable, "-m", "billproof", "mutants", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_a_run_goes_on_where_the_last_one_was(tmp_path: Path) -> None:
    """What was proven is told again and not run again, in words and as a document."""
    two = ("--only", "aut-005-no-drift-allowed,met-001-a-longer-token")
    first = run(tmp_path, "--only", "aut-005-no-drift-allowed")
    kept = (tmp_path / "billproof-mutants.jsonl").read_text()

    both = run(tmp_path, *two, "-n", "2")
    again = run(tmp_path, *two, "--json")

    assert (first.returncode, both.returncode, again.returncode) == (0, 0, 0), both.stdout
    assert "2 killed, 0 survived, 0 void" in both.stdout
    assert "1/2 killed   aut-005-no-drift-allowed" in both.stdout
    now = (tmp_path / "billproof-mutants.jsonl").read_text()
    assert now.startswith(kept)
    assert len(now.splitlines()) == 2
    proofs = [Proof.model_validate(row) for row in json.loads(again.stdout)]
    assert [proof.fate for proof in proofs] == [Fate.KILLED, Fate.KILLED]
    assert all(proof.findings for proof in proofs)
