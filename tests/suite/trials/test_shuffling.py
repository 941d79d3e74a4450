"""An order that the seed makes: files in one piece, nothing lost, another for another seed."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any, cast

from billproof.trials.shuffling import shuffled


class Trial:
    """As much of a pytest item as an order needs."""

    def __init__(self, name: str) -> None:
        self.path = Path(name[0])
        self.name = name


TRIALS = [Trial(f"{file}{number}") for file in "abcdef" for number in range(5)]


def order(seed: int) -> list[str]:
    """The names in the order of this seed."""
    return [item.name for item in shuffled(cast("Any", TRIALS), seed)]


def test_a_seed_makes_one_order() -> None:
    """Each trial is in it once."""
    assert order(1) == order(1)
    assert sorted(order(1)) == sorted(trial.name for trial in TRIALS)


def test_files_and_their_trials_come_in_another_order() -> None:
    """Both, and in another one for another seed."""
    files = [key for key, _ in groupby(order(1), key=lambda name: name[0])]
    assert sorted(files) == list("abcdef") != files
    assert any(names != sorted(names) for names in _by_file(order(1)))
    assert order(1) != order(2)


def _by_file(names: list[str]) -> list[list[str]]:
    return [list(found) for _, found in groupby(names, key=lambda name: name[0])]
