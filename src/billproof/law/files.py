"""The linter's whole round: the form of the files, then what they say.

Not part of `billproof.law` itself: commands that only read the law need no JSON Schema.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import jsonschema
import yaml

from billproof.errors import UsageError
from billproof.law.document import Document, Loader
from billproof.law.forms import FORMS
from billproof.law.lint import lint
from billproof.law.loader import clause_files, contracts, load_law
from billproof.law.problem import Problem
from billproof.law.versions import broken_promises, load_versions
from billproof.law.wire import load_wire


def lint_suite(root: Path | None = None) -> list[Problem]:
    """Everything that is wrong with the contract below `root` (the suite's root by default).

    UsageError for a file that cannot be read at all.
    """
    folder = contracts(root)
    validator = _validator(folder / "clause.schema.json")
    form = [problem for file in clause_files(folder) for problem in _form(file, validator)]
    form += [problem for name in FORMS for problem in _whole(folder, name)]
    if form:
        return form
    law = load_law(root)
    return [*lint(law, load_wire(root)), *broken_promises(law, load_versions(folder))]


def _whole(folder: Path, name: str) -> Iterator[Problem]:
    """What is wrong with the form of a file that is one document."""
    file = folder / f"{name}.yaml"
    content = dict(Document.read(file).members)
    for error in _validator(folder / f"{name}.schema.json").iter_errors(content):
        yield Problem(_place(file, content, list(error.absolute_path)), error.message)
    yield from _twice(file)


def _twice(file: Path) -> Iterator[Problem]:
    for line, key in _doubled(file):
        yield Problem(file.name, f"line {line}: {key} stands there a second time")


def _validator(file: Path) -> jsonschema.Draft202012Validator:
    schema = dict(Document.read(file).members)
    try:
        jsonschema.Draft202012Validator.check_schema(schema)
    except jsonschema.SchemaError as problem:
        raise UsageError(f"{file} is no JSON Schema: {problem.message}.") from problem
    return jsonschema.Draft202012Validator(schema)


def _form(file: Path, validator: jsonschema.Draft202012Validator) -> Iterator[Problem]:
    content = dict(Document.read(file).members)
    for error in validator.iter_errors(content):
        yield Problem(_place(file, content, list(error.absolute_path)), error.message)
    yield from _twice(file)
    for clause_id in (row.get("id", "") for row in _mappings(content.get("clauses"))):
        if not str(clause_id).startswith(f"{file.stem.upper()}-"):
            yield Problem(file.name, f"{clause_id} belongs into a file of its own prefix")


def _place(file: Path, content: dict[str, object], path: list[str | int]) -> str:
    """The clause's id where it has one, else the file's name; and the member."""
    match path:
        case [str(member), int(at), *rest]:
            rows = content[member]
            row = rows[at] if isinstance(rows, list) else None
            name = row.get("id", "") if isinstance(row, dict) else ""
            return " ".join(str(part) for part in (name or f"{file.name} {at + 1}", *rest))
        case _:
            return file.name


def _mappings(rows: object) -> list[dict[str, object]]:
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


# YAML's own loaders keep the last of two equal keys and say nothing.
def _doubled(file: Path) -> Iterator[tuple[int, str]]:
    """Line and name of each key that its mapping has already."""
    waiting = [yaml.compose(file.read_text(encoding="utf-8"), Loader=Loader)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
        elif isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                if key.value in seen:
                    yield key.start_mark.line + 1, key.value
                seen.add(key.value)
                waiting.append(value)
