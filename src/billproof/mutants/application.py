"""Putting one change into a copy of the reference backend."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

from billproof.errors import CannotTest
from billproof.mutants.catalogue import VOID, Patch
from billproof.suite import suite_root

SUBJECT = "reference_impl"


def apply(patch: Patch, folder: Path, root: Path | None = None) -> Path:
    """Copy the reference to `folder` with the change in it; the folder to import it from.

    CannotTest (void) unless the anchor occurs exactly once: else nobody could tell
    whether the change is there at all.
    """
    origin = root or suite_root()
    if not patch.file.startswith(f"{SUBJECT}/"):
        raise CannotTest(
            VOID, f"{type(patch).__name__} {patch.id} is void: {patch.file} is not the reference."
        )
    # Compiled files come along, the copies keep their times: only what changes is compiled anew.
    stale = shutil.ignore_patterns(f"{Path(patch.file).stem}.*.pyc", "*.pyc.*")
    shutil.copytree(origin / SUBJECT, folder / SUBJECT, ignore=stale)
    _make_writable(folder / SUBJECT)
    path = folder / patch.file
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        raise CannotTest(
            VOID, f"{type(patch).__name__} {patch.id} is void: no file {patch.file}."
        ) from None
    path.write_text(mutated(patch, text), encoding="utf-8")
    return folder


def _make_writable(copy: Path) -> None:
    """An installed suite may be read-only, and its copies keep that as they keep their times."""
    for path in (copy, *copy.rglob("*")):
        path.chmod(path.stat().st_mode | stat.S_IWUSR)


def mutated(patch: Patch, text: str) -> str:
    """The file's text with the change; CannotTest when the anchor is missing or not unique."""
    times = text.count(patch.anchor)
    if times != 1:
        where = f"its anchor occurs {times} times in {patch.file}"
        raise CannotTest(VOID, f"{type(patch).__name__} {patch.id} is void: {where}.")
    return text.replace(patch.anchor, patch.replacement)
