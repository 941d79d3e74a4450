"""`billproof baseline`: live with failures that are known, and with nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.text import Text

from billproof.cli.app import app
from billproof.cli.screen import here, out
from billproof.errors import CannotTest, UsageError
from billproof.law import load_law
from billproof.reports.reading import read_results
from billproof.verdicts.baseline import EXCUSABLE, Entry
from billproof.verdicts.baseline_file import DEFAULT, Baseline, read_baseline
from billproof.verdicts.verdict import Verdict
from billproof.verify.options import DEFAULT_OUT, read_settings

group = typer.Typer(no_args_is_help=True, help="Live with known failures.")
app.add_typer(group, name="baseline")

FAILING = EXCUSABLE | {Verdict.EXPECTED_FAIL}
PASSING = frozenset({Verdict.PASS, Verdict.UNEXPECTED_PASS})
WHERE = f"The file; else billproof.toml's baseline, else {DEFAULT}."
RUN = typer.Argument(DEFAULT_OUT, metavar="[R]", help="A report folder, or its results.json.")


@group.command()
def write(  # noqa: PLR0917 - typer passes options by name
    results: Path = RUN,
    file: Path | None = typer.Option(None, "--out", help=WHERE),
    reason: str = typer.Option(..., help="Why these clauses fail."),
    owner: str = typer.Option(..., help="Who will mend it."),
    expires: datetime | None = typer.Option(None, formats=["%Y-%m-%d"], help="Its last day."),
    flaky: bool = typer.Option(False, "--flaky", help="They fail only sometimes."),
) -> int:
    """Add each clause that failed in a run; entries that are there stay as they are."""
    _check_words(reason, owner)
    last_day = expires.date() if expires else None
    if last_day and last_day < datetime.now(UTC).date():
        told = f"--expires {last_day} is over: each entry would be stale at once."
        raise UsageError(told, "Give them a day to come.")
    place = _place(file)
    known = read_baseline(place) if place.exists() else Baseline("")
    there = {entry.clause for entry in known.entries}
    judged = read_results(results).clauses
    failing = [clause.id for clause in judged if clause.verdict in FAILING]
    new = [
        Entry(clause=key, reason=reason, owner=owner, expires=last_day, flaky=flaky)
        for key in failing
        if key not in there
    ]
    _write(place, known.plus(new))
    _say(f"{_counted(len(new))} added, {len(there)} kept", place)
    return 0


@group.command()
def prune(
    results: Path = RUN,
    file: Path | None = typer.Option(None, "--baseline", help=WHERE),
) -> int:
    """Take out each entry whose clause passed in a run, does not apply, or is not there."""
    place = _place(file)
    known = read_baseline(place)
    judged = read_results(results).clauses
    passing = {clause.id for clause in judged if clause.verdict in PASSING}
    absent = {clause.id for clause in judged if clause.verdict is Verdict.NOT_APPLICABLE}
    there = load_law().by_id.keys() - absent
    stale = [
        entry.clause
        for entry in known.entries
        if entry.clause not in there or (entry.clause in passing and not entry.flaky)
    ]
    _write(place, known.without(stale))
    names = f": {', '.join(stale)}" if stale else ""
    _say(f"{_counted(len(stale))} taken out{names}", place)
    return 0


def _check_words(reason: str, owner: str) -> None:
    """UsageError unless somebody answers for the entries, and says why they are there."""
    for option, value, advice in (
        ("--reason", reason, "Say why these clauses fail."),
        ("--owner", owner, "Say who will mend it."),
    ):
        if not value.strip():
            raise UsageError(f"{option} is blank.", advice)


def _place(file: Path | None) -> Path:
    return file or read_settings(Path.cwd()).baseline or Path(DEFAULT)


def _write(place: Path, text: str) -> None:
    try:
        place.write_text(text, encoding="utf-8")
    except OSError as problem:
        reason = f"{place} cannot be written: {problem.strerror}."
        raise CannotTest("no-baseline", reason, "Name a file that can be.") from None


def _counted(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"


def _say(what: str, place: Path) -> None:
    out.print(Text(f"{what} ({here(place)})"), soft_wrap=True)
