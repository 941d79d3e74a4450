"""Contracts that differ."""

from __future__ import annotations

from typing import Any

from billproof.law import Clause

POR = "contracts/clauses/por.yaml"


def changed(clause: Clause, **changes: Any) -> Clause:
    """The clause, but for these members."""
    return Clause.model_validate({**clause.model_dump(), **changes})
