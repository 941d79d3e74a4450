"""Putting one defect into a copy of the reference backend."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from billproof.errors import CannotTest
from billproof.mutants.catalogue import VOID, Mutant
from billproof.suite import suite_root

if TYPE_CHECKING:
    from pathlib import Path

SUBJECT = "reference_impl"


def apply(mutant: Mutant, folder: Path, root: Path | None = None) -> Path:
    """Copy the reference to `folder` with the defect in it; the folder to import it from.

    CannotTest (void) unless the anchor occurs exactly once: else nobody could tell
    whether the defect is there at all.
    """
    origin = root or suite_root()
    if not mutant.file.startswith(f"{SUBJECT}/"):
        raise CannotTest(VOID, f"Mutant {mutant.id} is void: {mutant.file} is not the reference.")
    skip = shutil.ignore_patterns("__pycache__")
    shutil.copytree(origin / SUBJECT, folder / SUBJECT, ignore=skip)
    path = folder / mutant.file
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        raise CannotTest(VOID, f"Mutant {mutant.id} is void: no file {mutant.file}.") from None
    path.write_text(mutated(mutant, text), encoding="utf-8")
    return folder


def mutated(mutant: Mutant, text: str) -> str:
    """The file's text with the defect; CannotTest when the anchor is missing or not unique."""
    times = text.count(mutant.anchor)
    if times != 1:
        where = f"its anchor occurs {times} times in {mutant.file}"
        raise CannotTest(VOID, f"Mutant {mutant.id} is void: {where}.")
    return text.replace(mutant.anchor, mutant.replacement)
