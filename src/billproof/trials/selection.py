"""Which trials a process runs: those of the clauses that it was ordered to judge."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import pytest

from billproof.run.selection import SELECT_VARIABLE, Order


def ordered(environ: Mapping[str, str]) -> Order:
    """What the machine asked this process to judge."""
    return Order.model_validate_json(environ[SELECT_VARIABLE])


def takes(order: Order, item: pytest.Item) -> bool:
    """Whether `item` is to run here; a trial that names no clause is a mistake of the suite."""
    ids = clauses_of(item)
    if not ids:
        raise pytest.UsageError(f"{item.nodeid} names no clause: mark it with @clause(…)")
    return any(clause_id in order.clauses for clause_id in ids)


def sooner(items: Iterable[pytest.Item], names: Collection[str]) -> list[pytest.Item]:
    """The trials of these names, then all others, else in the order that they had."""
    return sorted(items, key=lambda item: item.nodeid not in names)


def clauses_of(item: pytest.Item) -> list[str]:
    """The ids of the clauses that a trial judges."""
    return [str(mark.args[0]) for mark in item.iter_markers("clause")]
