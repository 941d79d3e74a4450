"""Reads contracts/ into a Law; whatever is wrong names its file and its place."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from billproof.errors import UsageError
from billproof.law.model import (
    Capability,
    Clause,
    EnvironmentVariable,
    Law,
    MetricFamily,
    Plan,
    Tombstone,
    Unobservable,
)
from billproof.suite import suite_root

Model = TypeVar("Model", bound=BaseModel)

# The C parser is eight times as fast, and every command reads the law.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_law(root: Path | None = None) -> Law:
    """The contract below `root` (the suite's root by default); UsageError names what is wrong."""
    folder = (root or suite_root()) / "contracts"
    files = sorted((folder / "clauses").glob("*.yaml"))
    if not files:
        raise UsageError(
            f"There are no clauses in {folder / 'clauses'}.", "Is it a billproof suite?"
        )
    return Law(
        clauses=tuple(clause for file in files for clause in rows(file, Clause, "clauses")),
        tombstones=tuple(one for file in files for one in rows(file, Tombstone, "tombstones")),
        capabilities=rows(folder / "capabilities.yaml", Capability, "capabilities"),
        plans=rows(folder / "plans.json", Plan, "plans"),
        environment=rows(folder / "environment.yaml", EnvironmentVariable, "variables"),
        metrics=rows(folder / "metrics.yaml", MetricFamily, "families"),
        unobservable=rows(folder / "unobservable.yaml", Unobservable, "unobservable"),
    )


def rows(file: Path, model: type[Model], member: str) -> tuple[Model, ...]:
    """The list under `member` of a YAML or JSON file, typed; a missing list is empty."""
    document = read(file)
    listed = document.get(member, [])
    if not isinstance(listed, list):
        raise UsageError(f"{file}: {member} is not a list.")
    return tuple(_typed(file, model, place, row) for place, row in enumerate(listed, 1))


def read(file: Path) -> dict[str, Any]:
    """The mapping that a YAML or JSON file holds; UsageError when it holds none."""
    try:
        text = file.read_text(encoding="utf-8")
        # Loader is yaml's safe one, in C where it is to be had.
        document = json.loads(text) if file.suffix == ".json" else yaml.load(text, _Loader)  # noqa: S506
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageError(f"{file} cannot be read: {problem}.") from problem
    except (yaml.YAMLError, json.JSONDecodeError) as problem:
        raise UsageError(f"{file} is malformed: {' '.join(str(problem).split())}.") from problem
    if not isinstance(document, dict):
        raise UsageError(f"{file} is not a mapping.")
    return document


def _typed(file: Path, model: type[Model], place: int, row: object) -> Model:
    try:
        return model.model_validate(row)
    except ValidationError as problem:
        name = row.get("id") or row.get("name") if isinstance(row, dict) else None
        told = "; ".join(_told(problem.errors()))
        raise UsageError(
            f"{file}, entry {place}{f' ({name})' if name else ''}: {told}."
        ) from problem


def _told(errors: Iterable[Any]) -> Iterable[str]:
    for error in errors:
        yield f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}"
