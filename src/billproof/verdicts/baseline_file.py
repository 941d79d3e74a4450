"""The baseline as a file: a YAML list that people edit, so each mistake has its line."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import yaml
from pydantic import ValidationError

from billproof.errors import UsageError
from billproof.verdicts.baseline import Entry

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

DEFAULT = "billproof-baseline.yaml"
HEAD = "# Clauses that are known to fail: `billproof verify --baseline` expects them to.\n"
FORM = "An entry has a clause, a reason and an owner, and may have expires and flaky."
_UNSAID = {"missing": "is missing", "extra_forbidden": "is not known"}
_PATTERN = "string_pattern_mismatch"


@dataclass(frozen=True)
class Baseline:
    """The entries of a file, and the line that each begins on, counted from 1."""

    text: str
    entries: tuple[Entry, ...] = ()
    lines: tuple[int, ...] = ()

    def without(self, clauses: Collection[str]) -> str:
        """The file's text without the entries of these clauses; all else stays as it is."""
        rows = self.text.splitlines(keepends=True)
        ends = [end for _, end in pairwise([*self.lines, len(rows) + 1])]
        for entry, start, end in reversed(list(zip(self.entries, self.lines, ends, strict=True))):
            if entry.clause in clauses:
                del rows[start - 1 : _last(rows, start, end)]
        return "".join(rows)

    def plus(self, entries: Sequence[Entry]) -> str:
        """The file's text with these entries at its end."""
        rows = [entry.model_dump(exclude_defaults=True) for entry in entries]
        added = yaml.safe_dump(rows, sort_keys=False, allow_unicode=True) if rows else ""
        head = self.text or HEAD
        return head + ("" if head.endswith("\n") else "\n") + added


def read_baseline(file: Path) -> Baseline:
    """The file's entries; UsageError with the line of whatever is wrong with it."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else "it is not UTF-8 text"
        advice = "`billproof baseline write` makes one." if not file.exists() else ""
        raise UsageError(f"The baseline {file} cannot be read: {reason}.", advice) from None
    rows = list(_rows(file, text))
    entries = tuple(_entry(file, node) for node in rows)
    lines = tuple(_line(node) for node in rows)
    _check_apart(file, entries, lines)
    return Baseline(text, entries, lines)


def _rows(file: Path, text: str) -> Iterator[yaml.MappingNode]:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        what = getattr(problem, "problem", None) or "it is no YAML"
        raise _wrong(file, mark.line + 1 if mark else 1, f"{what}.") from None
    if root is None:
        return
    if not isinstance(root, yaml.SequenceNode):
        raise _wrong(file, _line(root), "a baseline is a list of entries.")
    for node in root.value:
        if not isinstance(node, yaml.MappingNode):
            raise _wrong(file, _line(node), "this is no entry.")
        yield node


def _entry(file: Path, node: yaml.MappingNode) -> Entry:
    lines: dict[object, int] = {}
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _wrong(file, _line(key), "this is no name.")
        if key.value in lines:
            raise _wrong(file, _line(key), f"{key.value} stands there a second time.")
        lines[key.value] = _line(key)
    try:
        return Entry.model_validate(yaml.SafeLoader("").construct_document(node))
    except yaml.YAMLError:
        raise _wrong(file, _line(node), "it holds more than plain values.") from None
    except ValidationError as problem:
        detail = problem.errors()[0]
        name = ".".join(str(part) for part in detail["loc"])
        what = _UNSAID.get(detail["type"]) or _told(name, detail["type"], str(detail["msg"]))
        raise _wrong(file, lines.get(name, _line(node)), f"{name} {what}.") from None


def _told(name: str, kind: str, message: str) -> str:
    if kind == _PATTERN:
        return "is no id of a clause, e.g. WHK-004" if name == "clause" else "is blank"
    return f"is wrong: {message[:1].lower()}{message[1:]}"


def _check_apart(file: Path, entries: Sequence[Entry], lines: Sequence[int]) -> None:
    first: dict[str, int] = {}
    for entry, line in zip(entries, lines, strict=True):
        if line in first.values():
            raise _wrong(file, line, "two entries share a line; give each its own.")
        if entry.clause in first:
            at = first[entry.clause]
            raise _wrong(file, line, f"{entry.clause} stands on line {at} already.")
        first[entry.clause] = line


def _wrong(file: Path, line: int, what: str) -> UsageError:
    return UsageError(f"The baseline {file}, line {line}: {what}", FORM)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _last(rows: Sequence[str], start: int, end: int) -> int:
    """The last line of an entry: comments and blank lines before the next are the next one's."""
    last = end - 1
    while last > start and (not rows[last - 1].strip() or rows[last - 1].lstrip().startswith("#")):
        last -= 1
    return last
