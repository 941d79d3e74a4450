"""How much is measured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """Rounds, and tests in each."""

    rounds: int = 50
    tests: int = 5
    """Of each way in each round, and of the bare body; short, as a machine's moods are."""
    whole_rounds: int = 3
    whole_tests: int = 500
    blocks: int = 20
    block_tests: int = 100


QUICK = Plan(rounds=2, tests=5, whole_rounds=1, whole_tests=20, blocks=10, block_tests=10)
WARM_UP = 5
"""Tests of each way before the first that counts."""
