"""`billproof doctor`: what is missing here, before anything runs."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer
from rich.text import Text

from billproof.cli.app import app
from billproof.cli.screen import document, out
from billproof.database.postgres.binaries import find_binaries
from billproof.errors import UsageError
from billproof.suite import suite_root
from billproof.targets.process import free_port
from billproof.verdicts.summary import ExitCode
from billproof.verify.browser import advice, find_browser

if TYPE_CHECKING:
    from collections.abc import Iterator

OLDEST_PYTHON = (3, 11)
MARKS = {True: ("ok", "green"), False: ("missing", "bold red"), None: ("absent", "yellow")}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked for; `ok` is None for what is only nice to have."""

    name: str
    ok: bool | None
    detail: str


@app.command()
def doctor(
    as_json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> int:
    """Say what is missing here, before anything runs."""
    findings = list(examine())
    if as_json:
        document([vars(finding) for finding in findings])
    else:
        for finding in findings:
            mark, style = MARKS[finding.ok]
            line = Text.assemble((f"{mark:<8}", style), f"{finding.name:<12}{finding.detail}")
            out.print(line, soft_wrap=True)
    sick = any(finding.ok is False for finding in findings)
    return int(ExitCode.ENVIRONMENT if sick else ExitCode.CONFORMS)


def examine() -> Iterator[Finding]:
    """Everything that a run may need, what it cannot do without first."""
    yield Finding("python", sys.version_info >= OLDEST_PYTHON, platform.python_version())
    yield _suite()
    yield _sandbox()
    yield _reference()
    yield _ports()
    browser = find_browser(os.environ)
    told = browser.name if browser else advice(os.environ)
    yield Finding("browser", browser is not None, told)
    yield _postgresql()
    yield from map(_program, ("docker", "go", "node", "stripe-mock"))


def _suite() -> Finding:
    root = suite_root()
    missing = [name for name in ("contracts", "fixtures", "tests") if not (root / name).is_dir()]
    detail = f"{root} lacks {', '.join(missing)}" if missing else str(root)
    return Finding("suite", not missing, detail)


def _sandbox() -> Finding:
    there = importlib.util.find_spec("billproof.sandbox.__main__") is not None
    return Finding("sandbox", there, "the offline Stripe" if there else "billproof.sandbox")


def _reference() -> Finding:
    """Whether the reference can be imported, in a process of its own: it is not ours to load."""
    command = [sys.executable, "-P", "-c", "import reference_impl.app"]
    environ = {**os.environ, "PYTHONPATH": str(suite_root())}
    done = subprocess.run(command, capture_output=True, text=True, env=environ, check=False)
    lines = done.stderr.strip().splitlines()
    return Finding("reference", done.returncode == 0, lines[-1] if lines else "reference_impl")


def _ports() -> Finding:
    try:
        port = free_port()
    except OSError as problem:
        return Finding("ports", ok=False, detail=f"127.0.0.1 cannot be used: {problem.strerror}")
    return Finding("ports", ok=True, detail=f"127.0.0.1:{port} and others are free")


def _postgresql() -> Finding:
    try:
        folder = find_binaries()
    except UsageError:
        needed = "only `--database-url postgresql://` needs its initdb, to start a server"
        return Finding("postgresql", None, needed)
    return Finding("postgresql", ok=True, detail=str(folder))


def _program(name: str) -> Finding:
    path = shutil.which(name)
    return Finding(name, True if path else None, path or "not needed for verify")
