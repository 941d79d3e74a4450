"""`billproof report`: what can be made of finished runs."""

from __future__ import annotations

from pathlib import Path

import typer

from billproof.cli.app import app
from billproof.cli.screen import here, out
from billproof.errors import CannotTest
from billproof.reports.page import page
from billproof.reports.reading import read_report
from billproof.reports.writing import PAGE

group = typer.Typer(no_args_is_help=True, help="Render, merge and compare finished runs.")
app.add_typer(group, name="report")

RESULTS = typer.Argument(..., metavar="R", help="A report folder, or its results.json.")


@group.command()
def html(
    results: Path = RESULTS,
    file: Path | None = typer.Option(None, "--out", help=f"The page, default {PAGE} beside R."),
) -> int:
    """Render a run as one page that needs no network."""
    report = read_report(results)
    folder = results if results.is_dir() else results.parent
    place = file or folder / PAGE
    try:
        place.write_text(page(report), encoding="utf-8")
    except OSError as problem:
        reason = f"{place} cannot be written: {problem.strerror}."
        raise CannotTest("no-report-folder", reason, "Name another with --out.") from None
    out.print(here(place), soft_wrap=True)
    return 0
