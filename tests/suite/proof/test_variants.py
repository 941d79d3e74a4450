"""Lenient but legal: what the contract leaves open, no clause may ask for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from billproof.law import load_law
from billproof.mutants.application import mutated
from billproof.mutants.catalogue import load_mutants
from billproof.mutants.shares import SHARE_VARIABLE, WHOLE, share_of
from billproof.mutants.variants import Variant, load_variants
from billproof.suite import suite_root
from billproof.verify import planning
from billproof.verify.proof import not_kept

if TYPE_CHECKING:
    from pathlib import Path

    from billproof.verify.proof import Beside

LAW = load_law()
VARIANTS = load_variants()
PAGES = "reference_impl/pages/"
PART = 5
"""Clauses in a run: to start one costs as much as to judge one or two."""


def parts(variant: Variant) -> list[tuple[Variant, list[str]]]:
    """The variant with some of its clauses at a time; of pages only where they are different."""
    is_page = variant.file.startswith(PAGES)
    clauses = [key for key in variant.clauses(LAW) if is_page or LAW.by_id[key].capability != "ui"]
    return [(variant, clauses[begin : begin + PART]) for begin in range(0, len(clauses), PART)]


PARTS = [part for variant in VARIANTS for part in parts(variant)]
SHARE = share_of(PARTS, os.environ.get(SHARE_VARIABLE, WHOLE))
"""All of them, unless the time is short: then CI's shares rotate from commit to commit."""


@pytest.mark.parametrize(
    ("variant", "clauses"), SHARE, ids=[f"{one.id}-{clauses[0]}" for one, clauses in SHARE]
)
def test_another_way_to_obey_stays_green(
    variant: Variant, clauses: list[str], beside: Beside, tmp_path: Path
) -> None:
    """Each red here is a false positive: a defect of the suite or of the contract."""
    assert not_kept(variant, clauses, beside, tmp_path) == [], variant.sentence


def test_a_variant_that_breaks_the_law_is_told(
    beside: Beside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else nobody could tell a lenient suite from one that looked at nothing."""
    [defect] = [one for one in load_mutants() if one.id == "ans-001-no-title"]
    values = defect.model_dump(include={"id", "file", "anchor", "replacement", "sentence"})
    wrong = Variant(**values, keeps=["ANS-001"], open="nowhere")
    monkeypatch.setattr(planning, "load_mutants", list)
    monkeypatch.setattr(planning, "load_variants", lambda: [wrong])

    [told] = not_kept(wrong, ["ANS-001"], beside, tmp_path)

    assert told.startswith("ANS-001 fail: ")


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.id)
def test_every_variant_applies_and_names_clauses(variant: Variant) -> None:
    """Its anchor occurs once today, and the contract knows what it keeps."""
    text = (suite_root() / variant.file).read_text(encoding="utf-8")

    assert mutated(variant, text) != text
    assert variant.clauses(LAW)
    assert variant.id not in {mutant.id for mutant in load_mutants()}
