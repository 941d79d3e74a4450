"""An app that is not ours, as a foreign project has it: `billproof verify` beside its own toml."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from billproof.law import load_law
from tests.suite.house.tree import ROOT

KIOSK = ROOT / "examples" / "kiosk"
ABSENT = "POR-001"
TRIED = "AUT-010,AUT-016,CHK-006,CHK-015,ENV-001,ENV-008,SUB-014,SUB-017,WHK-017"
"""What only a backend that acknowledges first, or that has no portal, finds hard or easy; how
it starts."""
PARTS = 15
"""Runs in which it is judged by every clause that it claims; they take turns."""


@pytest.fixture
def kiosk(tmp_path: Path) -> Path:
    """The kiosk, far from our checkout."""
    return Path(shutil.copytree(KIOSK, tmp_path / "kiosk"))


def test_it_knows_nothing_of_ours() -> None:
    """Written from the contract alone, it may not share the reference backend's mistakes."""
    text = "".join(path.read_text(encoding="utf-8") for path in KIOSK.rglob("*.py"))

    imported = set(re.findall(r"^\s*(?:from|import) (\w+)", text, re.MULTILINE))

    assert {"kiosk", "starlette", "sqlite3", "httpx"} <= imported
    assert not imported & {"billproof", "contracts", "fixtures", "reference_impl", "tests"}


def test_it_conforms_to_what_it_claims(kiosk: Path) -> None:
    """Its events take effect after they were acknowledged; what it has not it refuses cleanly."""
    verdicts = verdicts_of(kiosk, f"{TRIED},{ABSENT}")

    assert verdicts == dict.fromkeys(TRIED.split(","), "pass") | {ABSENT: "not-applicable"}


@pytest.mark.parametrize("part", range(PARTS))
def test_it_conforms_by_every_clause(kiosk: Path, part: int) -> None:
    """A trial that grows deeper may find fault with it, or be at fault itself."""
    claimed = {"core", *tomllib.loads((kiosk / "billproof.toml").read_text())["capabilities"]}
    every = [one.id for one in load_law().clauses if one.capability in claimed]

    verdicts = verdicts_of(kiosk, ",".join(every[part::PARTS]))

    assert verdicts == dict.fromkeys(every[part::PARTS], "pass")


def verdicts_of(kiosk: Path, only: str) -> dict[str, str]:
    """What `billproof verify` finds; it exits with 0."""
    run = subprocess.run(
        [sys.executable, "-m", "billproof", "verify", "--no-needs", "--only", only],
        cwd=kiosk,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    results = json.loads((kiosk / "billproof-report" / "results.json").read_text())
    return {clause["id"]: clause["verdict"] for clause in results["clauses"]}
