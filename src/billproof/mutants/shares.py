"""The mutants in parts, for a CI that has no time for all of them on each commit."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

from billproof.shard import Shard, parse_shard

WHOLE = "1/1"
SHARE_VARIABLE = "BILLPROOF_MUTANTS"
"""In which the suite's own tests read their share; all, when it is not set."""

One = TypeVar("One")


def share_of(mutants: Sequence[One], share: str) -> list[One]:
    """Every n-th of them from the k-th, for `k/n`; UsageError for anything else."""
    part = parse_shard(share, "share")
    return list(mutants[part.number - 1 :: part.of])


def folded(share: str, of: int) -> str:
    """The same turn where there are fewer parts; the whole stays whole."""
    return WHOLE if share == WHOLE else str(Shard((parse_shard(share).number - 1) % of + 1, of))


def left_for_other_turns(items: Sequence[One], of: int) -> list[One]:
    """Those of `of` parts whose turn it is not; none where `SHARE_VARIABLE` asks for all."""
    share = folded(os.environ.get(SHARE_VARIABLE, WHOLE), of)
    kept = {id(one) for one in share_of(items, share)}
    return [one for one in items if id(one) not in kept]
