"""Imports go one way only, as ARCHITECTURE.md draws them."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.suite.house.tree import ROOT, copy_tree

PLANTED = {
    "The law imports nothing of ours": ("contracts", "billproof.errors"),
    "The reference backend imports nothing of ours": ("reference_impl", "billproof.errors"),
    "The machine imports no folder of the suite": ("src/billproof/law", "contracts"),
    "Fixtures know no backend and no test": ("fixtures", "reference_impl"),
    "Trials know no backend and no other test": ("tests/api", "reference_impl"),
    "The machine's arrows go down": ("src/billproof/law", "billproof.verify"),
    "The sandbox's arrows go down": (
        "src/billproof/sandbox/objects",
        "billproof.sandbox.billing",
    ),
    "The arrows of databases go down": (
        "src/billproof/database/postgres",
        "billproof.database.worker",
    ),
    "Verdicts come from records, not from trials": ("src/billproof/verdicts", "billproof.trials"),
}
"""For each rule, a folder and what a module planted there imports against the rule."""


def lint_imports(root: Path) -> str:
    """What import-linter says of the tree at `root`."""
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    path = os.pathsep.join((str(root / "src"), str(root)))
    return subprocess.run(
        (sys.executable, "-c", program, "--no-cache", "--no-logo"),
        cwd=root,
        env={**os.environ, "PYTHONPATH": path, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    ).stdout


def test_every_arrow_holds() -> None:
    """No module of the tree imports against a rule."""
    said = lint_imports(ROOT)

    assert f"{len(PLANTED)} kept, 0 broken" in said, said


def test_an_import_against_each_rule_is_caught(tmp_path: Path) -> None:
    """A module planted against each rule breaks that rule."""
    root = copy_tree(tmp_path)
    for number, (folder, imported) in enumerate(PLANTED.values()):
        (root / folder / f"planted_{number}.py").write_text(f"import {imported}\n")

    said = lint_imports(root)

    kept = [rule for rule in PLANTED if f"{rule} BROKEN" not in said]
    assert not kept, said


def test_every_rule_has_its_planted_import() -> None:
    """A rule nobody has seen broken proves nothing."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    rules = [contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]]

    assert rules == list(PLANTED)
