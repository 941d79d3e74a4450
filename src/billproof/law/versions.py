"""Frozen versions of the contract: what was promised, and how today's contract differs from it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from billproof.errors import UsageError
from billproof.law.document import Document
from billproof.law.frozen import Frozen
from billproof.law.model import Clause, Law, Level
from billproof.law.problem import Problem

VERSION = re.compile(r"\d+\.\d+")
PROMISED = ("level", "capability", "text")
"""What a version promises of a clause. Why, hint, needs and defects may get better at any time."""


class FrozenClause(Frozen):
    """What a version says of one clause."""

    id: str
    level: Level
    capability: str
    text: str
    """SHA-256 of the clause's text in UTF-8, in hexadecimal."""


class FrozenVersion(Frozen):
    """One version, as it was when it was frozen."""

    version: str
    clauses: tuple[FrozenClause, ...]

    def file_text(self) -> str:
        """What its file holds: the same for the same contract."""
        return json.dumps(self.model_dump(mode="json"), indent=2) + "\n"


@dataclass(frozen=True)
class Change:
    """A clause that a version has, and that says something else today."""

    id: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """How today's contract differs from a version.

    What was added since is not scored against claims of that version.
    """

    version: str
    added: tuple[Clause, ...]
    changed: tuple[Change, ...]
    removed: tuple[str, ...]


def freeze(law: Law, version: str) -> FrozenVersion:
    """The contract of today, under this version."""
    rows = sorted((_frozen(clause) for clause in law.clauses), key=lambda row: row.id)
    return FrozenVersion(version=version, clauses=tuple(rows))


def _frozen(clause: Clause) -> FrozenClause:
    digest = hashlib.sha256(clause.text.encode()).hexdigest()
    return FrozenClause(id=clause.id, level=clause.level, capability=clause.capability, text=digest)


def difference(law: Law, frozen: FrozenVersion) -> Difference:
    """What was added, changed and removed since `frozen`, in order of ids."""
    then = {row.id: row for row in frozen.clauses}
    now = {row.id: row for row in freeze(law, frozen.version).clauses}
    changes = (Change(key, _changed(then[key], now[key])) for key in sorted(then.keys() & now))
    return Difference(
        version=frozen.version,
        added=tuple(law.clause(key) for key in sorted(now.keys() - then)),
        changed=tuple(change for change in changes if change.members),
        removed=tuple(sorted(then.keys() - now)),
    )


def _changed(then: FrozenClause, now: FrozenClause) -> tuple[str, ...]:
    return tuple(name for name in PROMISED if getattr(then, name) != getattr(now, name))


def broken_promises(law: Law, versions: Iterable[FrozenVersion]) -> list[Problem]:
    """What today's contract may not do to the versions that are frozen."""
    return [problem for version in versions for problem in _broken(law, version)]


def _broken(law: Law, frozen: FrozenVersion) -> Iterator[Problem]:
    since = difference(law, frozen)
    graves = {grave.id: grave for grave in law.tombstones}
    for change in since.changed:
        what = " and ".join(change.members)
        yield Problem(change.id, f"{what} of version {frozen.version} changed: give it a new id")
    for clause_id in since.removed:
        if clause_id not in graves:
            yield Problem(clause_id, f"version {frozen.version} has it: it needs a tombstone")
        elif order(graves[clause_id].retired) <= order(frozen.version):
            yield Problem(clause_id, f"retired in a version before {frozen.version}, which has it")
    for clause in since.added:
        if order(clause.since) <= order(frozen.version):
            what = f"is new, and says that {frozen.version}, which is frozen, had it"
            yield Problem(clause.id, what)


def order(version: str) -> tuple[int, ...]:
    """For sorting versions."""
    return tuple(int(part) for part in version.split("."))


def folder(contracts: Path) -> Path:
    """Where the versions are."""
    return contracts / "frozen"


def load_versions(contracts: Path) -> list[FrozenVersion]:
    """All versions that are frozen, the oldest first."""
    files = sorted(folder(contracts).glob("*.json"))
    versions = [Document.read(file).whole(FrozenVersion) for file in files]
    return sorted(versions, key=lambda one: order(one.version))


def find_version(contracts: Path, version: str) -> FrozenVersion:
    """One of them; UsageError, with those that there are, when it is not among them."""
    versions = load_versions(contracts)
    for one in versions:
        if one.version == version:
            return one
    known = ", ".join(one.version for one in versions)
    advice = f"Frozen are: {known}." if known else "No version has been frozen yet."
    raise UsageError(f"There is no frozen version {version!r}.", advice)
