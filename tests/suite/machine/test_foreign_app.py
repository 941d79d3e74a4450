"""An app that is not ours, as a foreign project has it: `billproof verify` beside its own toml."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.suite.house.tree import ROOT

KIOSK = ROOT / "examples" / "kiosk"
ABSENT = "POR-001"
TRIED = "AUT-010,AUT-016,CHK-006,CHK-015,ENV-001,ENV-008,SUB-014,SUB-017,WHK-017"
"""What only a backend that acknowledges first, or that has no portal, finds hard or easy; how
it starts."""


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
    run = subprocess.run(
        [sys.executable, "-m", "billproof", "verify", "--no-needs", "--only", f"{TRIED},{ABSENT}"],
        cwd=kiosk,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    results = json.loads((kiosk / "billproof-report" / "results.json").read_text())
    verdicts = {clause["id"]: clause["verdict"] for clause in results["clauses"]}
    assert verdicts == dict.fromkeys(TRIED.split(","), "pass") | {ABSENT: "not-applicable"}
