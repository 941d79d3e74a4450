"""The mutants in parts, for a CI that has no time for all of them on each commit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from billproof.errors import UsageError

WHOLE = "1/1"
SHARE_VARIABLE = "BILLPROOF_MUTANTS"
"""In which the suite's own tests read their share; all, when it is not set."""
_FORM = re.compile(r"(\d{1,4})/(\d{1,4})")

One = TypeVar("One")


def share_of(mutants: Sequence[One], share: str) -> list[One]:
    """Every n-th of them from the k-th, for `k/n`; UsageError for anything else."""
    match = _FORM.fullmatch(share)
    number, of = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 1 <= number <= of:
        raise UsageError(f"{share!r} is no share.", "The second of four is --share 2/4.")
    return list(mutants[number - 1 :: of])


def folded(share: str, of: int) -> str:
    """The same turn where there are fewer parts; the whole stays whole."""
    return WHOLE if share == WHOLE else f"{(int(share.partition('/')[0]) - 1) % of + 1}/{of}"
