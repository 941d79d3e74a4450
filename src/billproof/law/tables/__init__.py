"""The tables of the law: what prose would say badly, as rows that trials try one by one."""

from billproof.law.tables.access import (
    AccessCase,
    AccessTable,
    Circumstance,
    Status,
)
from billproof.law.tables.events import EventTable, EventType, Situation
from billproof.law.tables.failures import Failure, FailureTable
from billproof.law.tables.invoices import InvoiceRow, InvoiceTable
from billproof.law.tables.loader import Tables, load_tables

__all__ = [
    "AccessCase",
    "AccessTable",
    "Circumstance",
    "EventTable",
    "EventType",
    "Failure",
    "FailureTable",
    "InvoiceRow",
    "InvoiceTable",
    "Situation",
    "Status",
    "Tables",
    "load_tables",
]
