"""Mutants as data: tests/suite/mutants/*.yaml, each file a list."""

from __future__ import annotations

import difflib
from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from billproof.errors import CannotTest, UsageError
from billproof.law.document import Loader
from billproof.suite import suite_root

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

VOID = "void-mutant"
"""Code of the CannotTest for a mutant that cannot be made: a fault of the suite."""


class Patch(BaseModel):
    """One change of the reference backend."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    file: str
    """Path below the suite's root."""
    anchor: str
    """Text that occurs exactly once in the file."""
    replacement: str
    sentence: str
    """What it does, for people."""
    command: str | None = None
    """How it is served, after `python`, when the change is in its own program; else we host it."""
    settle_seconds: float = 0
    """How long after a 2xx an effect may take to be visible."""


class Mutant(Patch):
    """One defect."""

    breaks: list[str]
    """The clauses that must catch it, each by itself."""
    source: str
    """Where such a defect was seen in life."""
    shows: dict[str, str] = {}
    """For a clause of `breaks`: words of its finding, by which the defect is the reason for it."""
    also: list[str] | None = None
    """Other clauses that may go red on it in a matrix; None where nobody has declared it yet."""


One = TypeVar("One", bound=Patch)


def load_mutants(folder: Path | None = None) -> list[Mutant]:
    """All mutants in order of id; CannotTest when a file or an id is not sound.

    The suite's own are read once in a process: a campaign asks for them with each mutant.
    """
    return [*_own(suite_root())] if folder is None else load_patches(Mutant, folder)


@cache
def _own(root: Path) -> tuple[Mutant, ...]:
    return tuple(load_patches(Mutant, root / "tests" / "suite" / "mutants"))


def load_patches(kind: type[One], folder: Path) -> list[One]:
    """All changes of this kind in order of id; CannotTest when a file or an id is not sound."""
    found: list[One] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            rows = yaml.load(path.read_text(encoding="utf-8"), Loader) or []  # noqa: S506
            found += [
                kind.model_validate(row) for row in TypeAdapter(list[object]).validate_python(rows)
            ]
        except (yaml.YAMLError, ValidationError) as problem:
            reason = " ".join(str(problem).split())
            told = f"{path.name} is no list of {kind.__name__.lower()}s: {reason}"
            raise CannotTest(VOID, told) from None
    ids = [one.id for one in found]
    doubled = sorted({key for key in ids if ids.count(key) > 1})
    if doubled:
        raise CannotTest(VOID, f"{kind.__name__} {doubled[0]} occurs twice.")
    return sorted(found, key=lambda one: one.id)


def chosen(names: Sequence[str], mutants: Sequence[Mutant]) -> list[Mutant]:
    """The mutants that ids or globs name (all without names); UsageError for none."""
    if not names:
        return list(mutants)
    ids = {key for name in names for key in _ids(name, mutants)}
    return [mutant for mutant in mutants if mutant.id in ids]


def find_mutant(name: str, mutants: Sequence[One]) -> One:
    """The one with this id; UsageError, with the nearest ids, when there is none."""
    for mutant in mutants:
        if mutant.id == name:
            return mutant
    raise _unknown(name, [mutant.id for mutant in mutants])


def _ids(name: str, mutants: Sequence[Mutant]) -> list[str]:
    ids = [mutant.id for mutant in mutants]
    found = [key for key in ids if fnmatchcase(key, name)]
    if not found:
        raise _unknown(name, ids)
    return found


def _unknown(name: str, ids: list[str]) -> UsageError:
    nearest = difflib.get_close_matches(name, ids, n=3, cutoff=0.4)
    advice = f"Nearest: {', '.join(nearest)}." if nearest else "See `billproof mutants --list`."
    return UsageError(f"There is no mutant {name!r}.", advice)
