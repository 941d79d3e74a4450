"""Which trials a process runs: those of the chosen clauses that belong to its phase."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import pytest
from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from billproof.law import Law

SELECT_VARIABLE = "BILLPROOF_SELECT"


class Phase(StrEnum):
    """Trials that share a backend run in parallel; exclusive ones after them; pages apart."""

    PARALLEL = "parallel"
    EXCLUSIVE = "exclusive"
    UI = "ui"


class Selection(BaseModel):
    """The clauses to judge, and the phase that this process runs."""

    model_config = ConfigDict(frozen=True)

    clauses: list[str]
    phase: Phase

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Selection:
        """What the machine asked this process to run."""
        return cls.model_validate_json(environ[SELECT_VARIABLE])

    def takes(self, item: pytest.Item, law: Law) -> bool:
        """Whether `item` is to run here."""
        ids = clauses_of(item)
        if not ids:
            message = f"{item.nodeid} names no clause: mark it with @clause(…)"
            raise pytest.UsageError(message)
        return any(self._takes(clause_id, law) for clause_id in ids)

    def _takes(self, clause_id: str, law: Law) -> bool:
        clause = law.clause(clause_id)
        if clause.capability == "ui":
            phase = Phase.UI
        else:
            phase = Phase.EXCLUSIVE if clause.exclusive else Phase.PARALLEL
        return phase is self.phase and clause_id in self.clauses


def clauses_of(item: pytest.Item) -> list[str]:
    """The ids of the clauses that a trial judges."""
    return [str(mark.args[0]) for mark in item.iter_markers("clause")]
