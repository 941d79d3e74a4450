"""Trials in an order that the seed makes: none may lean on what ran before it."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pytest


def shuffled(items: Iterable[pytest.Item], seed: int) -> list[pytest.Item]:
    """The files in another order, and in each of them the trials; a file stays in one piece.

    What a file has started for all of its trials would otherwise be started again and again.
    """
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    chance = random.Random(seed)  # noqa: S311 - an order, no secret
    order = list(files.values())
    chance.shuffle(order)
    for trials in order:
        chance.shuffle(trials)
    return [trial for trials in order for trial in trials]
