"""A report folder, read: `results.json`, and what was said on the wire for each clause."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from billproof.errors import UsageError
from billproof.run.record import Record
from billproof.verdicts.results import SCHEMA_VERSION, Results

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RESULTS = "results.json"
EXCHANGES = "exchanges"
_RECORDS = TypeAdapter(list[Record])


@dataclass(frozen=True)
class Report:
    """One run as it was published."""

    results: Results
    records: Mapping[str, Sequence[Record]] = field(default_factory=dict)
    """By clause, the records of its trials; empty where only the results are at hand."""
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    """PNG files by the name that the records give them."""


def read_report(place: Path) -> Report:
    """The report in a folder, or around a results file; UsageError when there is none."""
    folder = place if place.is_dir() else place.parent
    results = read_results(place)
    files = {clause.id: folder / EXCHANGES / f"{clause.id}.json" for clause in results.clauses}
    there = {key: file for key, file in files.items() if file.exists()}
    records = {key: _records(file) for key, file in there.items()}
    return Report(results, records, _pictures(folder / EXCHANGES, records))


def read_results(place: Path) -> Results:
    """The results in a folder, or in a file; UsageError when there are none."""
    file = place / RESULTS if place.is_dir() else place
    text = _text(file)
    try:
        return Results.model_validate_json(text)
    except ValidationError as problem:
        reason = f"{file} is no results.json of version {SCHEMA_VERSION}: {_first(problem)}."
        raise UsageError(reason, "Judge again with this billproof.") from None


def _pictures(folder: Path, records: Mapping[str, Sequence[Record]]) -> dict[str, bytes]:
    """Those that the records name, and that are there: a name that leads elsewhere is none."""
    named = {name for rows in records.values() for row in rows for name in row.pictures}
    files = [folder / name for name in sorted(named) if Path(name).name == name]
    return {file.name: file.read_bytes() for file in files if file.is_file()}


def _records(file: Path) -> list[Record]:
    try:
        return _RECORDS.validate_json(_text(file))
    except ValidationError as problem:
        raise UsageError(f"{file} is no list of records: {_first(problem)}.") from None


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else "it is not UTF-8 text"
        raise UsageError(
            f"{file} cannot be read: {reason}.", "`billproof verify` writes one."
        ) from None


def _first(problem: ValidationError) -> str:
    detail = problem.errors()[0]
    place = ".".join(str(part) for part in detail["loc"])
    return f"{place}: {detail['msg']}" if place else str(detail["msg"])
