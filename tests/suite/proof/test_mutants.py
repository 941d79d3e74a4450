"""Every clause is proven: a backend that breaks it is caught, by that clause itself."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from billproof.law import load_law
from billproof.mutants import memory
from billproof.mutants.catalogue import load_mutants
from billproof.mutants.fate import Fate
from billproof.mutants.shares import SHARE_VARIABLE, WHOLE, share_of
from billproof.verify.proof import prove_one

if TYPE_CHECKING:
    from pathlib import Path

    from billproof.mutants.catalogue import Mutant
    from billproof.verify.proof import Beside

MUTANTS = load_mutants()


SHARE = share_of(MUTANTS, os.environ.get(SHARE_VARIABLE, WHOLE))
"""All of them, unless the time is short: then CI's shares rotate from commit to commit."""


@pytest.mark.parametrize("mutant", SHARE, ids=lambda mutant: mutant.id)
def test_the_defect_is_caught_by_the_clauses_that_it_breaks(
    mutant: Mutant, beside: Beside, tmp_path: Path
) -> None:
    """Each by itself, with `needs` switched off; a mutant that does not start proves nothing."""
    proof = prove_one(mutant, beside, tmp_path)

    assert proof.fate is Fate.KILLED, f"{mutant.sentence} {proof.reason} {proof.verdicts}"


@pytest.mark.parametrize("plan", ["basic", "pro"])
def test_whoever_caught_it_before_looks_first(
    plan: str, beside: Beside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trial for each plan sees this one, and a proof ends with the first that does."""
    seen = (
        f"tests/api/test_subscription.py::test_a_paid_plan_is_active_until_its_period_ends[{plan}]"
    )
    path = tmp_path / memory.MEASURED
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"sub-002-start-for-end": {"trials": [seen]}}))
    monkeypatch.setattr(memory, "suite_root", lambda: tmp_path)
    [mutant] = [one for one in MUTANTS if one.id == "sub-002-start-for-end"]

    assert prove_one(mutant, beside, tmp_path / "run").trials == [seen]


def test_every_clause_has_its_mutant() -> None:
    """No clause is on paper only."""
    broken = {clause for mutant in MUTANTS for clause in mutant.breaks}

    assert sorted({clause.id for clause in load_law().clauses} - broken) == []
    assert sorted(broken - set(load_law().by_id)) == []
