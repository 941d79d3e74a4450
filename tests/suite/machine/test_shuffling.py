"""An order that the seed makes: files in one piece, nothing lost, another for another seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from billproof.run.plan import PLAN_VARIABLE, RunPlan
from billproof.run.selection import SELECT_VARIABLE, Order, Phase
from billproof.trials.plugin import pytest_collection_modifyitems
from billproof.trials.shuffling import shuffled
from billproof.verify.options import Options
from billproof.verify.planning import first_plan


class Trial:
    """As much of a pytest item as an order needs."""

    def __init__(self, name: str) -> None:
        self.path = Path(name[0])
        self.name = self.nodeid = name

    def iter_markers(self, _: str) -> Iterator[SimpleNamespace]:
        """It is of one clause."""
        yield SimpleNamespace(args=["AUT-001"])


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


@pytest.mark.parametrize("asked", [True, False])
def test_a_run_is_shuffled_when_it_was_asked_for(
    make_plan: Callable[..., RunPlan],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    *,
    asked: bool,
) -> None:
    """From the command line to the trials; else they come as they stand."""
    shuffle = first_plan(Options(shuffle=asked), tmp_path).shuffle
    plan = make_plan().model_copy(update={"shuffle": shuffle})

    names = collected(plan, monkeypatch, tmp_path)

    assert names == (order(plan.seed) if asked else [trial.name for trial in TRIALS])


def test_a_proof_begins_with_the_trials_that_it_was_told(
    make_plan: Callable[..., RunPlan], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """All others come after them, and a name that is none any more stands for nothing."""
    first = first_plan(Options(first=("d3", "gone", "b1")), tmp_path).first
    plan = make_plan().model_copy(update={"first": first})

    names = collected(plan, monkeypatch, tmp_path)

    others = [trial.name for trial in TRIALS if trial.name not in first]
    assert names == ["b1", "d3", *others]


def collected(plan: RunPlan, monkeypatch: pytest.MonkeyPatch, folder: Path) -> list[str]:
    """The names of the trials, as a process with this plan has them."""
    (folder / "plan.json").write_text(plan.model_dump_json())
    monkeypatch.setenv(PLAN_VARIABLE, str(folder / "plan.json"))
    chosen = Order(clauses=["AUT-001"], phase=Phase.PARALLEL)
    monkeypatch.setenv(SELECT_VARIABLE, chosen.model_dump_json())
    config = SimpleNamespace(hook=SimpleNamespace(pytest_deselected=lambda **_: None))
    items = list(TRIALS)

    pytest_collection_modifyitems(cast("Any", config), cast("Any", items))

    return [item.name for item in items]
