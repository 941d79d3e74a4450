"""No hole in a table, and no row twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from itertools import product
from typing import get_args

from billproof.law.problem import Problem
from billproof.law.tables.access import NONE, AccessTable, Cancellation
from billproof.law.tables.loader import Tables

STATUSES = frozenset(
    {
        "active",
        "canceled",
        "incomplete",
        "incomplete_expired",
        "past_due",
        "paused",
        "trialing",
        "unpaid",
    }
)
"""Of Stripe's subscriptions, as its API has them today."""


def lint_tables(tables: Tables, clauses: Collection[str]) -> list[Problem]:
    """What is wrong with the tables; `clauses` are the ids that they may name."""
    found = {"access.yaml": _access(tables.access, clauses)}
    return [Problem(file, what) for file, told in found.items() for what in told]


def doubled(kind: str, names: Iterable[str]) -> Iterator[str]:
    """The names that occur more than once."""
    for name, times in Counter(names).items():
        if times > 1:
            yield f"{kind} {name} has more than one row"


def _access(table: AccessTable, clauses: Collection[str]) -> Iterator[str]:
    yield from doubled("status", (row.status for row in table.statuses))
    for name in sorted((STATUSES | {NONE}) - {row.status for row in table.statuses}):
        yield f"status {name} has no row"
    if [bool(row.example) for row in table.statuses].count(True) != 1:
        yield "one row, and one alone, has an example of a status that Stripe has not yet"
    for row in table.statuses:
        if row.grants and row.over:
            yield f"status {row.status} grants and is over"
        if ("upgrade" in row.actions) != (row.checkout == "opens"):
            yield f"status {row.status}: upgrade is offered where checkout opens, and only there"
    for judge in {row.judged_by for row in table.circumstances} - {None, *clauses}:
        yield f"a row is judged by {judge}, which is no clause"
    yield from _circumstances(table)


def _circumstances(table: AccessTable) -> Iterator[str]:
    """Paused or not, under each kind of cancellation: there is one row."""
    for paused, cancellation in product((False, True), get_args(Cancellation)):
        rows = [
            row
            for row in table.circumstances
            if row.collection_paused in {None, paused} and row.cancellation == cancellation
        ]
        if len(rows) != 1:
            what = f"collection_paused {str(paused).lower()}, cancellation {cancellation}"
            yield f"{what} has {len(rows)} rows, not one"
