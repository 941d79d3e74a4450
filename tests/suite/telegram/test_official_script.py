"""The page trials say the same with Telegram's own script in the place of its double."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.suite.house.tree import copy_tree
from tests.suite.telegram.sdks import OFFICIAL, fetched

SPOKEN = ("APP-012", "APP-013", "APP-021", "APP-025", "APP-026", "APP-030", "APP-034")
"""Clauses for which pages speak with Telegram."""


def verdicts(tree: Path, folder: Path, clauses: tuple[str, ...]) -> dict[str, str]:
    """What the suite of `tree` says of the backend of `tree`."""
    words = ("verify", "--only", ",".join(clauses), "--no-needs", "--out", str(folder))
    subprocess.run(
        (sys.executable, "-P", "-m", "billproof", *words),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(tree / "src")},
        capture_output=True,
        check=False,
    )
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    return {row["id"]: row["verdict"] for row in results["clauses"] if row["id"] in clauses}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A suite of our own, to change."""
    return copy_tree(tmp_path / "tree")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where its run is."""
    made = tmp_path / "run"
    made.mkdir()
    return made


def test_the_reference_passes_with_telegrams_own_script(tree: Path, folder: Path) -> None:
    """What is opened outside, themes, the back button, the pages' policy, no Telegram at all."""
    scripts = fetched()
    assert scripts is not None
    double = tree / "fixtures" / "telegram_script.js"
    double.write_bytes((scripts / OFFICIAL).read_bytes())

    assert verdicts(tree, folder, SPOKEN) == dict.fromkeys(SPOKEN, "pass")


def test_the_script_of_the_changed_suite_is_served(tree: Path, folder: Path) -> None:
    """Else the test above would look at the double: without any there is no back button."""
    (tree / "fixtures" / "telegram_script.js").write_text("")

    assert verdicts(tree, folder, ("APP-034",)) == {"APP-034": "warn"}
