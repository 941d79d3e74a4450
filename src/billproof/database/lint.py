"""Finds in metadata what no database creates: the same index twice, the same model twice.

`create_all` looks only whether a table is there. On a new database it then fails with
"index … already exists", which says neither where the second one comes from nor what to do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Index, MetaData, Table

from billproof.errors import UsageError

ONCE = (
    "An index comes from `index=True` on a column and from `Index(…)` in `__table_args__`: "
    "keep one of them, or give the second a name of its own."
)
REDECLARED = (
    "Import the module by one name only, and leave out `extend_existing`: it adds the second "
    "declaration's columns and indexes to the first."
)


def lint(metadata: MetaData, registry: Any = None) -> None:
    """UsageError that names each index or model that is there twice."""
    twice = [*_models(registry), *_indexes(metadata)]
    if twice:
        reason = "These tables cannot be created: " + "; ".join(each for each, _ in twice) + "."
        raise UsageError(reason, " ".join(dict.fromkeys(advice for _, advice in twice)))


def _models(registry: Any) -> Iterator[tuple[str, str]]:
    """Tables that several unrelated classes map."""
    classes: dict[Any, list[type]] = defaultdict(list)
    for mapper in getattr(registry, "mappers", ()):
        if mapper.inherits is None:
            classes[mapper.local_table].append(mapper.class_)
    for table, found in classes.items():
        if len(found) > 1:
            names = " and ".join(sorted(f"{each.__module__}.{each.__qualname__}" for each in found))
            yield f"table {table.name!r} is declared twice, by {names}", REDECLARED


def _indexes(metadata: MetaData) -> Iterator[tuple[str, str]]:
    """Index names that occur twice where each has to be unique: within one schema."""
    found: dict[tuple[str | None, str], list[Index]] = defaultdict(list)
    for table in metadata.sorted_tables:
        for index in table.indexes:
            if index.name is not None:
                found[table.schema, str(index.name)].append(index)
    for (_, name), indexes in sorted(found.items(), key=lambda each: each[0][1]):
        if len(indexes) > 1:
            where = " and ".join(sorted(map(_place, indexes)))
            yield f"index {name!r} is there {_times(len(indexes))}, on {where}", _advice(indexes)


def _advice(indexes: list[Index]) -> str:
    """All of a table's indexes twice is a table that was declared twice."""
    table = indexes[0].table
    if table is None or any(each.table is not table for each in indexes):
        return ONCE
    names = [index.name for index in table.indexes]
    all_twice = len(names) > len(indexes) and all(names.count(name) > 1 for name in names)
    return REDECLARED if all_twice else ONCE


def _place(index: Index) -> str:
    table: Table | None = index.table
    columns = ", ".join(str(column.name) for column in index.columns)
    return f"{table.name if table is not None else '?'}({columns})"


def _times(number: int) -> str:
    return "twice" if number == 2 else f"{number} times"  # noqa: PLR2004 - grammar
