"""One YAML or JSON file of the contract, and typed rows out of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from billproof.errors import UsageError

Model = TypeVar("Model", bound=BaseModel)

# The C parser is eight times as fast, and every command reads the law.
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""YAML's safe loader."""


@dataclass(frozen=True)
class Document:
    """A file that holds a mapping; whatever is wrong with it is a UsageError with its name."""

    file: Path
    members: Mapping[str, Any]

    @classmethod
    def read(cls, file: Path, *known: str) -> Document:
        """The file; a member beside the `known` ones is refused, if any are named."""
        members = _parsed(file)
        if not isinstance(members, dict):
            raise UsageError(f"{file} is not a mapping.")
        if known and (strange := [name for name in members if name not in known]):
            raise UsageError(f"{file} has the unknown member {strange[0]!r}.")
        return cls(file, members)

    def rows(self, member: str, model: type[Model], *, optional: bool = False) -> tuple[Model, ...]:
        """The list under `member`, typed; only an `optional` one may be missing."""
        if member not in self.members and optional:
            return ()
        listed = self.members.get(member)
        if not isinstance(listed, list):
            raise UsageError(f"{self.file}: {member} is not a list.")
        return tuple(self.row(model, f"entry {at}", row) for at, row in enumerate(listed, 1))

    def whole(self, model: type[Model]) -> Model:
        """The whole file, typed."""
        return self.row(model, "the whole", dict(self.members))

    def row(self, model: type[Model], place: str, row: object) -> Model:
        """One value, typed; `place` says where in the file it stands."""
        try:
            return model.model_validate(row)
        except ValidationError as problem:
            name = row.get("id") or row.get("name") if isinstance(row, dict) else None
            told = "; ".join(_told(problem.errors()))
            raise UsageError(
                f"{self.file}, {place}{f' ({name})' if name else ''}: {told}."
            ) from problem


def _parsed(file: Path) -> object:
    try:
        text = file.read_text(encoding="utf-8")
        return json.loads(text) if file.suffix == ".json" else yaml.load(text, Loader)  # noqa: S506
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageError(f"{file} cannot be read: {problem}.") from problem
    except (yaml.YAMLError, json.JSONDecodeError) as problem:
        raise UsageError(f"{file} is malformed: {' '.join(str(problem).split())}.") from problem


def _told(errors: Iterable[Any]) -> Iterator[str]:
    for error in errors:
        place = ".".join(str(part) for part in error["loc"])
        yield f"{place}: {error['msg']}" if place else str(error["msg"])
