"""The tables of the law: what prose would say badly, as rows that trials try one by one."""

from billproof.law.tables.access import (
    AccessCase,
    AccessTable,
    Circumstance,
    Status,
)
from billproof.law.tables.loader import Tables, load_tables

__all__ = [
    "AccessCase",
    "AccessTable",
    "Circumstance",
    "Status",
    "Tables",
    "load_tables",
]
