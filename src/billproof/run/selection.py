"""Which trials one process of a run is asked to do."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

SELECT_VARIABLE = "BILLPROOF_SELECT"


class Phase(StrEnum):
    """Trials that share a backend run in parallel; exclusive ones after them; pages apart."""

    PARALLEL = "parallel"
    EXCLUSIVE = "exclusive"
    UI = "ui"


class Order(BaseModel):
    """The clauses to judge, and the phase that this process runs."""

    model_config = ConfigDict(frozen=True)

    clauses: list[str]
    phase: Phase
