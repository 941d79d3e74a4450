"""No loose ends: what the contract's files say of each other holds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter

from billproof.law.model import EnvironmentVariable, Law, MetricFamily, Operation
from billproof.law.page_lint import lint_pages
from billproof.law.problem import Problem
from billproof.law.rows import lint_rows
from billproof.law.table_lint import lint_tables
from billproof.law.wording import wording


def lint(law: Law, wire: Iterable[Operation] = ()) -> list[Problem]:
    """Everything that is wrong with `law`; `wire` lists openapi.yaml's operations, if known."""
    return [
        *(problem for clause in law.clauses for problem in wording(clause)),
        *_ids(law),
        *_needs(law),
        *_capabilities(law),
        *_wire(law, tuple(wire)),
        *_catalogue(law),
        *_environment(law),
        *_metrics(law),
        *lint_tables(law),
        *lint_rows(law),
        *lint_pages(law),
    ]


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


def _environment(law: Law) -> Iterator[Problem]:
    for name, times in Counter(one.name for one in law.environment).items():
        if times > 1:
            yield Problem("environment.yaml", f"{name} is listed more than once")
    for variable in law.environment:
        if wrong := _example(variable):
            yield Problem("environment.yaml", f"{variable.name}: {wrong}")


def _example(variable: EnvironmentVariable) -> str | None:
    """What is wrong with the variable's pattern or example, if anything."""
    try:
        agrees = re.fullmatch(variable.pattern or ".+", variable.example)
    except re.error as problem:
        return f"the pattern is no regular expression ({problem})"
    return None if agrees else "the example does not agree with the pattern"


def _metrics(law: Law) -> Iterator[Problem]:
    known = {one.name for one in law.capabilities}
    for name, times in Counter(family.name for family in law.metrics).items():
        if times > 1:
            yield Problem("metrics.yaml", f"{name} is listed more than once")
    for family in law.metrics:
        if family.capability not in known:
            yield Problem("metrics.yaml", f"{family.name}: no capability {family.capability}")
        for wrong in _family(family):
            yield Problem("metrics.yaml", f"{family.name}: {wrong}")


def _family(family: MetricFamily) -> Iterator[str]:
    if not family.name.endswith("_total"):
        yield "a counter's name ends in _total"
    for label in family.labels:
        if bool(label.values) == bool(label.values_from):
            yield f"{label.name} has no closed list"
        if len(set(label.values)) != len(label.values):
            yield f"{label.name} has a value more than once"
