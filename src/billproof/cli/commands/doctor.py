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
class Sought:
    """One thing that was looked for; `ok` is None for what is only nice to have."""

    name: str
    ok: bool | None
    detail: str


@app.command()
def doctor(
    as_json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> int:
    """Say what is missing here, before anything runs."""
    sought = list(examine())
    if as_json:
        document([vars(one) for one in sought])
    else:
        for one in sought:
            mark, style = MARKS[one.ok]
            line = Text.assemble((f"{mark:<8}", style), f"{one.name:<12}{one.detail}")
            out.print(line, soft_wrap=True)
    sick = any(one.ok is False for one in sought)
    return int(ExitCode.ENVIRONMENT if sick else ExitCode.CONFORMS)


def examine() -> Iterator[Sought]:
    """Everything that a run may need, what it cannot do without first."""
    yield Sought("python", sys.version_info >= OLDEST_PYTHON, platform.python_version())
    yield _suite()
    yield _sandbox()
    yield _reference()
    yield _ports()
    browser = find_browser(os.environ)
    told = browser.name if browser else advice(os.environ)
    yield Sought("browser", browser is not None, told)
    yield _postgresql()
    yield from map(_program, ("docker", "go", "node", "stripe-mock"))


def _suite() -> Sought:
    root = suite_root()
    missing = [name for name in ("contracts", "fixtures", "tests") if not (root / name).is_dir()]
    detail = f"{root} lacks {', '.join(missing)}" if missing else str(root)
    return Sought("suite", not missing, detail)


def _sandbox() -> Sought:
    there = importlib.util.find_spec("billproof.sandbox.__main__") is not None
    return Sought("sandbox", there, "the offline Stripe" if there else "billproof.sandbox")


def _reference() -> Sought:
    """Whether the reference can be imported, in a process of its own: it is not ours to load."""
    command = [sys.executable, "-P", "-c", "import reference_impl.app"]
    environ = {**os.environ, "PYTHONPATH": str(suite_root())}
    done = subprocess.run(command, capture_output=True, text=True, env=environ, check=False)
    lines = done.stderr.strip().splitlines()
    return Sought("reference", done.returncode == 0, lines[-1] if lines else "reference_impl")


def _ports() -> Sought:
    try:
        port = free_port()
    except OSError as problem:
        return Sought("ports", ok=False, detail=f"127.0.0.1 cannot be used: {problem.strerror}")
    return Sought("ports", ok=True, detail=f"127.0.0.1:{port} and others are free")


def _postgresql() -> Sought:
    try:
        folder = find_binaries()
    except UsageError:
        needed = "only `--database-url postgresql://` needs its initdb, to start a server"
        return Sought("postgresql", None, needed)
    return Sought("postgresql", ok=True, detail=str(folder))


def _program(name: str) -> Sought:
    path = shutil.which(name)
    return Sought(name, True if path else None, path or "not needed for verify")
