"""One style for all clauses, and no loose ends between the contract's files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from billproof.law.model import Clause, Law, Operation

MAX_CHARACTERS = 140
"""Of a clause's text: it must fit on one line of a report."""

_BANNED = {
    r"\bshould\b": "the level says how binding it is",
    r"\btests? that\b": "a clause states what is so",
    r"\b(etc|and so on)\b": "name all that is meant",
    r"\b(properly|correctly|appropriate\w*|reasonabl\w*|quickly|soon)\b": "say what is observed",
    r"\bTODO\b": "a clause is finished or absent",
}


@dataclass(frozen=True)
class Problem:
    """Something wrong with the contract; `where` is a clause id or a file."""

    where: str
    what: str

    def __str__(self) -> str:
        """One line."""
        return f"{self.where}: {self.what}"


def lint(law: Law, wire: Iterable[Operation] = ()) -> list[Problem]:
    """Everything that is wrong with `law`; `wire` lists openapi.yaml's operations, if known."""
    return [
        *(problem for clause in law.clauses for problem in _texts(clause)),
        *_ids(law),
        *_needs(law),
        *_capabilities(law),
        *_wire(law, tuple(wire)),
        *_catalogue(law),
        *_metrics(law),
    ]


def _texts(clause: Clause) -> Iterator[Problem]:
    text = clause.text
    if len(text) > MAX_CHARACTERS:
        yield Problem(clause.id, f"text has {len(text)} characters, {MAX_CHARACTERS} at most")
    if not text.endswith(".") or text != text.strip() or "\n" in text:
        yield Problem(clause.id, "text is not one line that ends with a full stop")
    if re.search(r"\.\s+[A-Z]", text):
        yield Problem(clause.id, "text is more than one sentence")
    for pattern, reason in _BANNED.items():
        if found := re.search(pattern, text, re.IGNORECASE):
            yield Problem(clause.id, f"text says {found.group()!r}: {reason}")
    for name in ("why", "hint"):
        if not getattr(clause, name).strip().endswith((".", ")")):
            yield Problem(clause.id, f"{name} is not a sentence")


def _ids(law: Law) -> Iterator[Problem]:
    ids = [clause.id for clause in law.clauses]
    for clause_id, times in Counter([*ids, *(one.id for one in law.tombstones)]).items():
        if times > 1:
            yield Problem(clause_id, "id is used more than once, or was retired")
    by_prefix: dict[str, list[str]] = {}
    for clause_id in ids:
        by_prefix.setdefault(clause_id[:3], []).append(clause_id)
    for prefix, listed in by_prefix.items():
        if listed != sorted(listed):
            yield Problem(prefix, "clauses are not in order of their ids")
    for text, times in Counter(clause.text for clause in law.clauses).items():
        if times > 1:
            yield Problem(text, "two clauses say the same")


def _needs(law: Law) -> Iterator[Problem]:
    known = {clause.id for clause in law.clauses}
    for clause in law.clauses:
        for need in clause.needs:
            if need not in known:
                yield Problem(clause.id, f"needs {need}, which is no clause")
    try:
        TopologicalSorter({clause.id: clause.needs for clause in law.clauses}).prepare()
    except CycleError as cycle:
        path: list[str] = cycle.args[1]
        yield Problem(path[0], f"needs itself by way of {' → '.join(path)}")


def _capabilities(law: Law) -> Iterator[Problem]:
    prefixes = Counter(prefix for one in law.capabilities for prefix in one.prefixes)
    for prefix, times in prefixes.items():
        if times > 1:
            yield Problem("capabilities.yaml", f"prefix {prefix} belongs to two capabilities")
    owner = {prefix: one.name for one in law.capabilities for prefix in one.prefixes}
    for clause in law.clauses:
        if owner.get(clause.id[:3]) != clause.capability:
            yield Problem(clause.id, f"prefix does not belong to capability {clause.capability}")
    if "core" not in owner.values():
        yield Problem("capabilities.yaml", "there is no capability core")


def _wire(law: Law, wire: tuple[Operation, ...]) -> Iterator[Problem]:
    claimed = [operation for one in law.capabilities for operation in one.operations]
    if not wire:
        return
    for operation in claimed:
        if operation not in wire:
            yield Problem("capabilities.yaml", f"{operation.id} is not so in openapi.yaml")
    for operation in wire:
        if operation not in claimed:
            yield Problem("capabilities.yaml", f"{operation.id} belongs to no capability")


def _catalogue(law: Law) -> Iterator[Problem]:
    for name in ("key", "rank", "price"):
        for value, times in Counter(getattr(plan, name) for plan in law.plans).items():
            if times > 1:
                yield Problem("plans.json", f"two plans have the {name} {value}")
    for plan in law.plans:
        free = plan.key == "free"
        if free != (plan.price is None) or free != (plan.amount == 0) or free != (plan.rank == 0):
            yield Problem(
                "plans.json", f"{plan.key}: free alone has no price, no amount and rank 0"
            )


def _metrics(law: Law) -> Iterator[Problem]:
    for family in law.metrics:
        if family.type == "counter" and not family.name.endswith("_total"):
            yield Problem("metrics.yaml", f"{family.name}: a counter's name ends in _total")
        for label in family.labels:
            if bool(label.values) == bool(label.values_from):
                yield Problem("metrics.yaml", f"{family.name}: {label.name} has no closed list")
