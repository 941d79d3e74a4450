"""What is mutated, and the tests that must see it: subjects.yaml."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from tests.suite.house.tree import ROOT

FOLDER = Path(__file__).parent


class Subject(BaseModel):
    """Modules, and the tests that hold what they promise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    modules: list[str]
    """Paths below the checkout."""
    tests: list[str]
    """Files of tests, likewise: the quick ones, each mutation runs them all."""


class Held(BaseModel):
    """One module with the tests that hold it."""

    model_config = ConfigDict(frozen=True)

    module: str
    tests: tuple[str, ...]


class Harmless(BaseModel):
    """A survivor that no test can see, or none has to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    module: str
    was: str
    """The line, without its indent."""
    becomes: str
    why: str


def load_subjects() -> list[Held]:
    """Every module of subjects.yaml, in its order."""
    rows = yaml.safe_load((FOLDER / "subjects.yaml").read_text(encoding="utf-8"))
    found = TypeAdapter(list[Subject]).validate_python(rows)
    return [Held(module=module, tests=tuple(one.tests)) for one in found for module in one.modules]


def load_harmless() -> list[Harmless]:
    """The survivors of harmless.yaml."""
    rows = yaml.safe_load((FOLDER / "harmless.yaml").read_text(encoding="utf-8"))
    return TypeAdapter(list[Harmless]).validate_python(rows)


def commit(module: str) -> str:
    """The last one that changed the module: what was tried is the module as it left it."""
    command = ("git", "log", "-1", "--format=%h", "--abbrev=10", "--", module)
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return told.stdout.strip()


def chosen(subjects: Sequence[Held], globs: Sequence[str]) -> list[Held]:
    """Those whose path a glob names, all without globs; LookupError for a glob that names none."""
    found = [one for one in subjects if not globs or any(_names(glob, one) for glob in globs)]
    for glob in globs:
        if not any(_names(glob, one) for one in found):
            raise LookupError(glob)
    return found


def _names(glob: str, one: Held) -> bool:
    return any(fnmatchcase(form, glob) for form in _forms(one.module))


def _forms(module: str) -> Iterator[str]:
    """The path, and what people type of it."""
    yield module
    yield module.removeprefix("src/billproof/")
