"""Reads contracts/tables/."""

from __future__ import annotations

from pathlib import Path

from billproof.law.document import Document, Model
from billproof.law.frozen import Frozen
from billproof.law.tables.access import AccessTable


class Tables(Frozen):
    """All tables of the law."""

    access: AccessTable


def load_tables(folder: Path) -> Tables:
    """The tables in `folder`; UsageError names what is wrong."""
    return Tables(access=_table(folder / "access.yaml", AccessTable))


def _table(file: Path, model: type[Model]) -> Model:
    return Document.read(file).whole(model)
