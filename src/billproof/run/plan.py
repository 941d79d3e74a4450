"""The plan of one run: a small JSON file that every process of the run reads."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from billproof.run.view import View

PLAN_VARIABLE = "BILLPROOF_PLAN"
HISTORIES = 3
"""Parts in which histories are made up, the same in each run, unless more are asked for."""


class TargetPlan(BaseModel):
    """How the backend is reached: hosted by each worker, started by us, or already there."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["app", "command", "url"]
    app: str | None = None
    """`module:factory`, for kind `app`."""
    app_dir: Path | None = None
    """Folder put on the import path of the process that hosts the app."""
    command: str | None = None
    """Shell command, for kind `command`; trials that need a start run it again."""
    base_url: str | None = None
    """Origin of the running backend, for kinds `command` and `url`."""


class ForkServers(BaseModel):
    """Sockets of the fork servers beside a run; None where each process starts by itself."""

    model_config = ConfigDict(frozen=True)

    hosts: Path | None = None
    """For the processes that host the app."""
    trials: Path | None = None
    """For the processes that run trials."""


class RunPlan(BaseModel):
    """All that a worker must know. Holds secrets: lives in a private temporary folder."""

    model_config = ConfigDict(frozen=True)

    run_id: int
    """Random; user ids of the run grow from it, so that a dirty backend never meets them again."""
    seed: int
    target: TargetPlan
    environ: dict[str, str]
    """The names of contracts/environment.yaml with the values the backend runs with."""
    sandbox_url: str
    capabilities: tuple[str, ...] | None = None
    """What the backend declares beside `core`; None is everything."""
    fail_fast: bool = False
    """Try no clause further that is red: enough for a proof, never for a verdict."""
    first: tuple[str, ...] = ()
    """The names of trials to begin with."""
    shuffle: bool = False
    """Run the trials in an order that the seed makes."""
    histories: int = HISTORIES
    """Trials that make up histories, a few each."""
    database_url: str | None = None
    """The PostgreSQL server on which each start of a command gets a database; None is SQLite."""
    settle_seconds: float
    """How long after a 2xx an effect may take to be visible; the reference has 0."""
    out: Path
    """The report folder; bodies that a printed curl line needs are written below it."""
    scratch: Path
    """Temporary folder of the run: databases, logs."""
    ambient: dict[str, str] = {}
    """The environment `billproof` itself was called with; what we start inherits this, not ours."""
    fork: ForkServers = ForkServers()
    cwd: Path = Path()
    """Where it was called: the working directory of what we start."""
    browser: str | None = None
    """Path of a browser executable; None means Playwright's own."""
    engine: Literal["chromium", "firefox"] = "chromium"
    """What kind of browser that is."""
    view: View = View()
    """How the pages are looked at."""
    pages: str | None = None
    """`module:Class` of a page object, for pages with words of their own."""

    @classmethod
    def current(cls) -> RunPlan:
        """The plan of the run that this process belongs to; KeyError outside of a run."""
        return cls.model_validate_json(Path(os.environ[PLAN_VARIABLE]).read_text())
