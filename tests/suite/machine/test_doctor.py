"""`billproof doctor` says what is missing, and what that is needed for."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from billproof.cli.commands import doctor
from billproof.cli.entry import run
from billproof.errors import UsageError

PROGRAMS = ("docker", "go", "node", "stripe-mock")


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which there is nothing but Python; the folder of its programs."""
    for name in ("BILLPROOF_BROWSER", "CHROME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "none"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(doctor, "find_binaries", no_postgresql)
    return tmp_path


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reference is taken to be there: to import it takes seconds."""
    there = doctor.Sought("reference", ok=True, detail="reference_impl")
    monkeypatch.setattr(doctor, "_reference", lambda: there)


def no_postgresql() -> Path:
    """None is on this machine."""
    raise UsageError("There is none.")


def program(folder: Path, name: str) -> None:
    """A program that is there."""
    (folder / name).write_text("#!/bin/sh\n")
    (folder / name).chmod(0o755)


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, bool | None]:
    """What was found, by name."""
    rows = json.loads(capsys.readouterr().out)
    return {row["name"]: row["ok"] for row in rows}


@pytest.mark.usefixtures("bare", "quick")
def test_what_a_run_needs_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a browser it is exit code 3; what is only nice to have is absent."""
    assert run(["doctor", "--json"]) == 3

    found = told(capsys)
    assert [name for name, ok in found.items() if ok is False] == ["browser"]
    assert {name for name, ok in found.items() if ok is None} == {"postgresql", *PROGRAMS}


def test_with_a_browser_nothing_is_missing(bare: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 0, each program with where it is."""
    for name in ("chromium", *PROGRAMS):
        program(bare, name)

    assert run(["doctor"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines if not line.startswith("ok")] == [
        ["absent", "postgresql"]
    ]
    for name in ("chromium", *PROGRAMS):
        assert any(line.startswith("ok") and line.endswith(str(bare / name)) for line in lines)


@pytest.mark.usefixtures("bare", "quick")
def test_an_old_python_is_missing_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The oldest that will do is 3.11."""
    monkeypatch.setattr(sys, "version_info", (3, 10, 9))

    assert run(["doctor", "--json"]) == 3

    assert told(capsys)["python"] is False
