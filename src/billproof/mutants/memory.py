"""Which trials have caught a mutant before: they are tried first."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

from billproof.suite import suite_root

MEASURED = Path("tests", "suite", "mutants", "measured.json")
"""What the last real runs saw of each mutant, below the suite's root."""


class _Remembered(BaseModel):
    """The part of a measurement that is of use for the next one."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    trials: tuple[str, ...] = ()


_All = TypeAdapter(dict[str, _Remembered])


def caught_by(mutant: str) -> tuple[str, ...]:
    """The names of the trials that said no to it; none where it was never measured.

    An order and nothing else: who is named and passes today leaves it to the others.
    """
    known = _remembered(suite_root() / MEASURED).get(mutant)
    return known.trials if known else ()


@cache
def _remembered(path: Path) -> dict[str, _Remembered]:
    return _All.validate_json(path.read_bytes()) if path.exists() else {}
