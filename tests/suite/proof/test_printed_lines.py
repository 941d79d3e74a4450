"""What a failure prints can be typed: the curl line repeats the exchange, to the status."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from billproof.mutants.application import apply, mutated
from billproof.mutants.catalogue import find_mutant, load_mutants
from tests.suite.proof.conftest import reference_at

if TYPE_CHECKING:
    from collections.abc import Generator

DEFECTS = {
    "AUT-005": "aut-005-no-drift-allowed",
    "MET-001": "met-001-a-longer-token",
    "WHK-005": "whk-005-too-soon-too-old",
    "WHK-007": "whk-007-other-bytes",
    "CHK-002": "chk-002-unknown-plans-are-the-first",
}
"""A clause whose exchange can be had again, for each way to prove who calls."""


@dataclass(frozen=True)
class Failed:
    """A run that found something, and what a shell needs to follow its advice."""

    printed: str
    environ: dict[str, str]
    out: Path


@pytest.fixture(scope="module")
def failed(sandbox_url: str, tmp_path_factory: pytest.TempPathFactory) -> Generator[Failed]:
    """A run against a backend with all of these defects, which stays up."""
    folder = tmp_path_factory.mktemp("broken")
    first, *others = [find_mutant(name, load_mutants()) for name in DEFECTS.values()]
    apply(first, folder)
    for mutant in others:
        path = folder / mutant.file
        path.write_text(mutated(mutant, path.read_text()))
    with reference_at(folder, sandbox_url, folder) as environ:
        out = folder / "report"
        only = [part for clause in DEFECTS for part in ("--only", clause)]
        run = subprocess.run(
            [
                *(sys.executable, "-m", "billproof", "verify", environ["PUBLIC_URL"]),
                *("--sandbox", sandbox_url, "--env-file", str(folder / "backend.env")),
                *("--no-needs", "--out", str(out), *only),
            ],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert run.returncode == 1, run.stdout + run.stderr
        yield Failed(run.stdout, environ, out)


def finding(printed: str, clause: str) -> str:
    """What was printed about one clause."""
    return next(part for part in printed.split("\n\n") if part.startswith(f"{clause} fail"))


@pytest.mark.parametrize("clause", DEFECTS)
def test_the_curl_line_repeats_the_exchange(failed: Failed, clause: str) -> None:
    """Typed into a shell that has the backend's environment, it gets the same status."""
    told = finding(failed.printed, clause)
    line = re.search(r"^  curl: +(.+)$", told, re.MULTILINE)
    status = re.search(r"^  answer: +(\d{3}) ", told, re.MULTILINE)
    assert line, told
    assert status, told
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"

    again = subprocess.run(
        ["/bin/sh", "-c", line[1]],
        env={**os.environ, **failed.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert again.stderr == ""
    assert again.stdout.startswith(f"HTTP/1.1 {status[1]} "), line[1] + again.stdout + again.stderr


@pytest.mark.parametrize("clause", DEFECTS)
def test_the_exchange_and_the_hint_are_printed(failed: Failed, clause: str) -> None:
    """Text, expected and got, the trial, request and answer, the lines to repeat it, the hint."""
    told = finding(failed.printed, clause)

    rows = [
        "checked",
        "expected",
        "got",
        "trial",
        "request",
        "answer",
        "curl",
        "again",
        "hint",
        "why",
    ]
    assert re.findall(r"^  (\w+):", told, re.MULTILINE)[: len(rows)] == rows, told
    secrets = [failed.environ[name] for name in ("METRICS_TOKEN", "TELEGRAM_BOT_TOKEN")]
    secrets += failed.environ["STRIPE_WEBHOOK_SECRET"].split(",")
    assert not [secret for secret in secrets if secret in failed.printed]


def test_the_wire_of_each_clause_is_kept(failed: Failed) -> None:
    """`exchanges/ID.json` has what was said, for those who want more than the one that failed."""
    for clause in DEFECTS:
        kept = json.loads((failed.out / "exchanges" / f"{clause}.json").read_text())
        assert kept
