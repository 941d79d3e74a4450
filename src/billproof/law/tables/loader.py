"""Reads contracts/tables/."""

from __future__ import annotations

from pathlib import Path

from billproof.law.document import Document, Model
from billproof.law.frozen import Frozen
from billproof.law.tables.access import AccessTable
from billproof.law.tables.events import EventTable
from billproof.law.tables.failures import FailureTable
from billproof.law.tables.invoices import InvoiceTable


class Tables(Frozen):
    """All tables of the law."""

    access: AccessTable
    events: EventTable
    failures: FailureTable
    invoices: InvoiceTable


def load_tables(folder: Path) -> Tables:
    """The tables in `folder`; UsageError names what is wrong."""
    return Tables(
        access=_table(folder / "access.yaml", AccessTable),
        events=_table(folder / "events.yaml", EventTable),
        failures=_table(folder / "failures.yaml", FailureTable),
        invoices=_table(folder / "invoices.yaml", InvoiceTable),
    )


def _table(file: Path, model: type[Model]) -> Model:
    return Document.read(file).whole(model)
