"""In which order a backend is best built: what is needed comes first."""

from __future__ import annotations

import heapq
from graphlib import TopologicalSorter

from billproof.law.model import Clause, Law


def ladder(law: Law) -> tuple[Clause, ...]:
    """All clauses, each after those that it needs; else in order of capabilities, prefixes, ids.

    Needs that are no clauses are passed over; graphlib.CycleError when clauses need each
    other. The linter tells both.
    """
    place = _places(law)
    sorter = TopologicalSorter(
        {clause.id: [need for need in clause.needs if need in place] for clause in law.clauses}
    )
    sorter.prepare()
    waiting: list[tuple[int, str]] = []
    climbed: list[Clause] = []
    while sorter.is_active():
        for clause_id in sorter.get_ready():
            heapq.heappush(waiting, (place[clause_id], clause_id))
        _, next_id = heapq.heappop(waiting)
        climbed.append(law.clause(next_id))
        sorter.done(next_id)
    return tuple(climbed)


def _places(law: Law) -> dict[str, int]:
    """Where each clause stands when nothing is needed."""
    prefixes = [prefix for one in law.capabilities for prefix in one.prefixes]
    order = {prefix: place for place, prefix in enumerate(prefixes)}
    ids = sorted(law.by_id, key=lambda key: (order.get(key[:3], len(order)), key))
    return {clause_id: place for place, clause_id in enumerate(ids)}


def storeys(law: Law) -> tuple[tuple[Clause, ...], ...]:
    """The ladder in steps: each needs only what the steps before it have."""
    depth: dict[str, int] = {}
    steps: dict[int, list[Clause]] = {}
    for clause in ladder(law):
        depth[clause.id] = 1 + max(
            (depth[need] for need in clause.needs if need in depth), default=-1
        )
        steps.setdefault(depth[clause.id], []).append(clause)
    return tuple(tuple(steps[number]) for number in sorted(steps))
