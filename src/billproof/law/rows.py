"""The rows of the tables, by the names that clauses give them.

A clause names its rows as `TABLE`, `TABLE/PART` or `TABLE/NAME`: `events`, `events/types`,
`access/past_due`. A row of failures.yaml goes by each of its operations, one of invoices.yaml
also by what it is shown as.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from billproof.law.frozen import Frozen
from billproof.law.model import Clause, Law
from billproof.law.problem import Problem
from billproof.law.tables import Tables
from billproof.law.tables.failures import Row as FailureRow
from billproof.law.tables.invoices import InvoiceRow


@dataclass(frozen=True)
class TableRow:
    """One row, and where it stands."""

    table: str
    """`events` is contracts/tables/events.yaml."""
    part: str
    """The list in it, e.g. `situations`."""
    names: tuple[str, ...]
    row: Frozen

    def is_meant_by(self, selector: str) -> bool:
        """Whether a clause that says `selector` speaks of it."""
        table, _, part = selector.partition("/")
        return table == self.table and (not part or part == self.part or part in self.names)


def all_rows(tables: Tables) -> Iterator[TableRow]:
    """Every row of every table, in their order."""
    for table in Tables.model_fields:
        value = getattr(tables, table)
        for part in type(value).model_fields:
            listed = getattr(value, part)
            for row in listed if isinstance(listed, tuple) else ():
                yield TableRow(table, part, _names(row), row)


def rows_of(clause: Clause, tables: Tables) -> list[TableRow]:
    """The rows that the clause names, each once."""
    return [row for row in all_rows(tables) if any(row.is_meant_by(name) for name in clause.rows)]


def lint_rows(law: Law) -> Iterator[Problem]:
    """Rows that are none, and clauses that speak of a table and name no row of it."""
    known = list(all_rows(law.tables))
    for clause in law.clauses:
        for name in clause.rows:
            if not any(row.is_meant_by(name) for row in known):
                yield Problem(clause.id, f"names the row {name}, which no table has")
        named = {name.partition("/")[0] for name in clause.rows}
        for table in Tables.model_fields:
            if f"tables/{table}.yaml" in clause.text and table not in named:
                yield Problem(clause.id, f"speaks of tables/{table}.yaml and names no row of it")


def _names(row: Frozen) -> tuple[str, ...]:
    if isinstance(row, FailureRow):
        return row.operations
    first = str(getattr(row, next(iter(type(row).model_fields))))
    shown = row.display_status if isinstance(row, InvoiceRow) else None
    return (first, shown) if shown else (first,)
