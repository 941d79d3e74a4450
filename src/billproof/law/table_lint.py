"""No hole in a table, and no row twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from itertools import product
from typing import get_args

from billproof.law.model import Law
from billproof.law.problem import Problem
from billproof.law.tables.access import NONE, AccessTable, Cancellation
from billproof.law.tables.events import EventTable
from billproof.law.tables.failures import FailureTable
from billproof.law.tables.invoices import InvoiceStatus, InvoiceTable

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


def lint_tables(law: Law) -> list[Problem]:
    """What is wrong with the tables, by themselves and beside the rest of the law."""
    operations = {each.id for one in law.capabilities for each in one.operations}
    found = {
        "access.yaml": _access(law.tables.access, law.by_id),
        "events.yaml": _events(law.tables.events, _counted_types(law)),
        "failures.yaml": _failures(law.tables.failures, operations),
        "invoices.yaml": _invoices(law.tables.invoices),
    }
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


def _counted_types(law: Law) -> set[str]:
    """The event types that the webhook's counter names."""
    labels = [label for family in law.metrics for label in family.labels if label.name == "type"]
    return {value for label in labels for value in label.values} - {"other", "unknown"}


def _events(table: EventTable, counted: set[str]) -> Iterator[str]:
    yield from doubled("type", (row.type for row in table.types))
    yield from doubled("situation", (row.name for row in table.situations))
    for name in sorted(counted ^ {row.type for row in table.types}):
        yield f"{name} stands here or in metrics.yaml, not in both"
    for row in table.situations:
        if (row.problem is not None) != ("400" in row.answers):
            yield f"{row.name}: a 400 has a problem, and nothing else has"
        if ("rejected" in row.outcomes) != ("400" in row.answers):
            yield f"{row.name}: a 400 counts as rejected, and nothing else does"
        if ("failed" in row.outcomes) != ("5xx" in row.answers):
            yield f"{row.name}: a 5xx counts as failed, and nothing else does"


def _failures(table: FailureTable, operations: Collection[str]) -> Iterator[str]:
    known = [failure.name for failure in table.failures]
    yield from doubled("failure", known)
    for row in table.rows:
        for name in sorted({*row.operations} - {*operations}):
            yield f"{name} is no operation of the contract"
        for name in sorted({*row.failures} - {*known}):
            yield f"a row speaks of the failure {name}, which is none"
        error = any(answer[0] in "45" for answer in row.answers)
        if (row.problem is not None or row.retry_after) and not error:
            yield f"{', '.join(row.operations)}: a problem belongs to an answer that is an error"
    for operation, failure in product(sorted(operations), known):
        if (rows := len(table.rows_of(operation, failure))) != 1:
            yield f"{operation} under {failure} has {rows} rows, not one"


def _invoices(table: InvoiceTable) -> Iterator[str]:
    yield from doubled("invoice", (row.name for row in table.rows))
    for row in table.rows:
        told = {row.label is None, row.amount is None, row.display_status is None}
        if len(told) != 1:
            yield f"{row.name}: what is listed has a display status, a label and an amount"
        if row.payable and row.status != "open":
            yield f"{row.name}: nothing but an open invoice is to be paid"
    for status, attempted, overdue in product(
        get_args(InvoiceStatus), (False, True), (False, True)
    ):
        rows = table.rows_of(status, attempted=attempted, overdue=overdue)
        if len(rows) != 1:
            told_of = f"{status}, attempted {attempted}, overdue {overdue}".lower()
            yield f"{told_of} has {len(rows)} rows, not one"
