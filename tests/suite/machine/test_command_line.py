"""The lines that repeat a run, or one clause of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from billproof.law import load_law
from billproof.run.plan import RunPlan
from billproof.run.view import View
from billproof.shard import Shard
from billproof.verify import report
from billproof.verify.command_line import again_line, command_line
from billproof.verify.observed import Observed
from billproof.verify.options import Options
from billproof.verify.selection import select


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (Options(), "billproof verify --only AUT-001 --seed 7"),
        (
            Options(histories=9, needs=False),
            "billproof verify --only AUT-001 --histories 9 --no-needs --seed 7",
        ),
        (
            Options(url="http://h:1", sandbox="http://h:2", env_file=Path("a b.env")),
            (
                "billproof verify http://h:1 --sandbox http://h:2 --env-file 'a b.env'"
                " --only AUT-001 --seed 7"
            ),
        ),
        (
            Options(view=View(theme="dark", device="Pixel 7", headed=True)),
            "billproof verify --device 'Pixel 7' --theme dark --only AUT-001 --seed 7",
        ),
        (
            Options(mutant="m", capabilities=("core", "ui")),
            "billproof verify --mutant m --capabilities core,ui --only AUT-001 --seed 7",
        ),
    ],
)
def test_the_line_that_repeats_a_clause_can_be_pasted(options: Options, line: str) -> None:
    """Quoted for a shell, with the same target and seed."""
    assert again_line(options, "AUT-001", 7) == line


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (Options(), "billproof verify --seed 7"),
        (
            Options(cmd="node x.js", only=("WHK-*", "AUT-001"), workers=2, needs=False),
            "billproof verify --cmd 'node x.js' --only 'WHK-*,AUT-001' -n 2 --no-needs --seed 7",
        ),
        (
            Options(cmd="node x.js", shard=Shard(2, 4), deadline_seconds=90),
            "billproof verify --cmd 'node x.js' --shard 2/4 --deadline 90 --seed 7",
        ),
        (Options(repeat=2, shuffle=True), "billproof verify --repeat 2 --shuffle --seed 7"),
        (
            Options(app="m:f", capabilities=(), preflight=False, out=Path("elsewhere")),
            "billproof verify --app m:f --capabilities core --no-preflight --seed 7",
        ),
    ],
)
def test_the_line_that_repeats_a_run_can_be_pasted(options: Options, line: str) -> None:
    """All that changes a verdict is in it."""
    assert command_line(options, 7) == line


@pytest.mark.parametrize(
    ("path", "engine", "named"),
    [
        ("/usr/bin/firefox-esr", "firefox", "BILLPROOF_BROWSER=/usr/bin/firefox-esr "),
        ("/a folder/firefox", "firefox", "BILLPROOF_BROWSER='/a folder/firefox' "),
        ("/usr/bin/chromium", "chromium", ""),
    ],
)
def test_what_ran_in_firefox_is_repeated_in_firefox(
    make_plan: Callable[..., RunPlan], path: str, engine: str, named: str
) -> None:
    """It is taken only where it is named; what else would be taken anyway is not told."""
    law = load_law()
    plan = make_plan("url").model_copy(update={"browser": path, "engine": engine})
    selection = select(law, ("CHK-001",), None, needs=False)

    results = report.results_of(Options(cmd="node x.js"), law, selection, Observed(plan))

    line = f"{named}billproof verify --cmd 'node x.js'"
    assert results.command == f"{line} --seed {results.seed}"
    assert results.clauses[0].again == f"{line} --only CHK-001 --seed {results.seed}"
