"""Reads contracts/ into a Law; whatever is wrong names its file and its place."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from billproof.errors import UsageError
from billproof.law.document import Document, Model
from billproof.law.model import (
    Capability,
    Clause,
    EnvironmentVariable,
    Law,
    LifecycleStage,
    MetricFamily,
    Plan,
    Tombstone,
    Unobservable,
)
from billproof.law.pages import Pages
from billproof.law.tables import load_tables
from billproof.suite import suite_root


def load_law(root: Path | None = None) -> Law:
    """The contract below `root` (the suite's root by default); UsageError names what is wrong.

    Read once in a process: nothing can change what came of it.
    """
    return _load(contracts(root)) if root else _own(suite_root())


@cache
def _own(root: Path) -> Law:
    return _load(contracts(root))


def _load(folder: Path) -> Law:
    files = [Document.read(file, "clauses", "tombstones") for file in clause_files(folder)]
    environment = Document.read(folder / "environment.yaml", "stages", "variables")
    return Law(
        clauses=tuple(one for file in files for one in file.rows("clauses", Clause)),
        tombstones=tuple(
            one for file in files for one in file.rows("tombstones", Tombstone, optional=True)
        ),
        capabilities=_rows(folder / "capabilities.yaml", "capabilities", Capability),
        plans=_rows(folder / "plans.json", "plans", Plan),
        stages=environment.rows("stages", LifecycleStage),
        environment=environment.rows("variables", EnvironmentVariable),
        metrics=_rows(folder / "metrics.yaml", "families", MetricFamily),
        unobservable=_rows(folder / "unobservable.yaml", "unobservable", Unobservable),
        tables=load_tables(folder / "tables"),
        pages=Document.read(folder / "pages.yaml").whole(Pages).pages,
    )


def contracts(root: Path | None) -> Path:
    """The folder of the contract."""
    return (root or suite_root()) / "contracts"


def clause_files(folder: Path) -> list[Path]:
    """The files of clauses, in order of name; UsageError when there are none."""
    if files := sorted((folder / "clauses").glob("*.yaml")):
        return files
    raise UsageError(f"There are no clauses in {folder / 'clauses'}.", "Is it a billproof suite?")


def _rows(file: Path, member: str, model: type[Model]) -> tuple[Model, ...]:
    return Document.read(file, member).rows(member, model)
