"""A run in parts: which clauses each part judges, so that all parts are one run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from billproof.errors import UsageError
from billproof.run.selection import Phase
from billproof.verify.selection import phase_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from billproof.law import Clause, Law
    from billproof.shard import Shard
    from billproof.verify.selection import Selection

WEIGHTS = {Phase.PARALLEL: 1, Phase.EXCLUSIVE: 2, Phase.UI: 4}
"""What a clause costs, roughly: exclusive ones wait for nobody, pages need a browser."""


def part(law: Law, selection: Selection, shard: Shard, *, needs: bool) -> Selection:
    """What `shard` judges of `selection`, and what that needs; UsageError when it is nothing.

    What is needed is judged in several shards, or none could tell blocked from failed.
    """
    shares = share(law, selection.clauses, shard.of)
    mine = shares[shard.number - 1]
    if not mine:
        reason = f"Shard {shard} is empty: there are {len(selection.clauses)} clauses."
        raise UsageError(reason, "Use fewer shards.")
    ids = law.closure(mine) if needs else mine
    kept = tuple(clause for clause in selection.clauses if clause.id in ids)
    return replace(selection, clauses=kept, partial=True, needed=tuple(sorted(ids - mine)))


def share(law: Law, clauses: Sequence[Clause], parts: int) -> list[set[str]]:
    """The ids of each part: the same for the same clauses, about as much work in each.

    Exclusive clauses, and those that need one, are all in one part: where parts share
    a backend, no two of them are judged at the same time.
    """
    exclusive = {clause.id for clause in law.clauses if clause.exclusive}
    bound = [clause for clause in clauses if exclusive & law.closure({clause.id})]
    free = [clause for clause in clauses if clause not in bound]
    lots = [lot for lot in (bound, *([clause] for clause in free)) if lot]
    shares: list[set[str]] = [set() for _ in range(parts)]
    loads = [0] * parts
    for lot in sorted(lots, key=_heaviest_first):
        lightest = loads.index(min(loads))
        shares[lightest] |= {clause.id for clause in lot}
        loads[lightest] += _weight(lot)
    return shares


def _heaviest_first(lot: Sequence[Clause]) -> tuple[int, str]:
    return -_weight(lot), lot[0].id


def _weight(lot: Sequence[Clause]) -> int:
    return sum(WEIGHTS[phase_of(clause)] for clause in lot)
