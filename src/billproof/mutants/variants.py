"""Variants as data: tests/suite/variants/*.yaml, each file a list.

A variant differs from the reference in what the contract leaves open, and breaks nothing of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from billproof.law import select
from billproof.mutants.catalogue import Patch, load_patches
from billproof.suite import suite_root

if TYPE_CHECKING:
    from pathlib import Path

    from billproof.law import Law


class Variant(Patch):
    """One way to obey that the reference does not go."""

    keeps: list[str]
    """The clauses that look at what is different, by id or glob: all of them must pass."""
    open: str
    """Where the contract leaves it open."""

    def clauses(self, law: Law) -> list[str]:
        """Ids of the clauses that it keeps; UsageError for a pattern that names none."""
        return [clause.id for clause in select(law, self.keeps)]


def load_variants(folder: Path | None = None) -> list[Variant]:
    """All variants in order of id; CannotTest when a file or an id is not sound."""
    return load_patches(Variant, folder or suite_root() / "tests" / "suite" / "variants")
