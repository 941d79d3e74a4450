"""`billproof report`: what can be made of finished runs."""

from __future__ import annotations

import webbrowser
from dataclasses import asdict
from pathlib import Path

import typer
from rich.text import Text

from billproof.cli.app import app
from billproof.cli.ports import usable
from billproof.cli.screen import document, here, out
from billproof.errors import CannotTest, UsageError
from billproof.reports import writing
from billproof.reports.comparing import Change, Comparison, compare
from billproof.reports.merging import merge as merged
from billproof.reports.reading import read_report, read_results
from billproof.reports.serving import LOOPBACK, address, server
from billproof.verdicts.summary import sentence
from billproof.verify.options import DEFAULT_OUT

group = typer.Typer(no_args_is_help=True, help="Render, merge and compare finished runs.")
app.add_typer(group, name="report")

RUN = "A report folder, or its results.json."


@group.command()
def html(
    results: Path = typer.Argument(..., metavar="R", help=RUN),
    file: Path | None = typer.Option(None, "--out", help=f"The page, default {writing.PAGE}."),
) -> int:
    """Render a run as one page that needs no network."""
    report = read_report(results)
    folder = results if results.is_dir() else results.parent
    place = file or folder / writing.PAGE
    try:
        place.write_text(writing.render(writing.PAGE, report), encoding="utf-8")
    except OSError as problem:
        reason = f"{place} cannot be written: {problem.strerror}."
        raise CannotTest("no-report-folder", reason, "Name another with --out.") from None
    out.print(here(place), soft_wrap=True)
    return 0


@group.command()
def show(
    results: Path = typer.Argument(DEFAULT_OUT, metavar="R", help=RUN),
    port: int = typer.Option(0, help="Port; 0 for any."),
    browse: bool = typer.Option(True, "--browse/--no-browse", help="Open it in a browser."),
) -> int:
    """Show a report on this machine, its traces in their viewer, until Ctrl-C."""
    folder = results if results.is_dir() else results.parent
    if not (folder / writing.PAGE).is_file():
        raise UsageError(f"{here(folder)} has no {writing.PAGE}.", "`billproof verify` writes one.")
    with server(folder, usable(LOOPBACK, port)) as served:
        url = address(served, writing.PAGE)
        out.print(f"{url} (Ctrl-C ends it)", soft_wrap=True)
        if browse:
            webbrowser.open(url)
        served.serve_forever()
    return 0


@group.command()
def merge(
    shards: list[Path] = typer.Argument(..., metavar="A B…", help="All shards of one run."),
    folder: Path = typer.Option(..., "--out", help="Where the report of the whole run goes."),
) -> int:
    """Put the shards of one run together; the exit code is that of the whole run."""
    if folder.resolve() in {(one if one.is_dir() else one.parent).resolve() for one in shards}:
        reason = f"--out {folder} is one of the shards: its own report would be lost."
        raise UsageError(reason, "Name another folder.")
    whole = merged([read_report(shard) for shard in shards])
    writing.clear(folder)
    for shard in shards:
        writing.copy_beside(shard if shard.is_dir() else shard.parent, folder)
    writing.write(folder, whole)
    summary = whole.results.summary
    for fault in summary.faults:
        out.print(Text(fault.reason, style="bold red"), soft_wrap=True)
    given = [f"{count} {verdict}" for verdict, count in summary.counts.items() if count]
    out.print(Text(f"{', '.join(given)}; report in {here(folder)}"), soft_wrap=True)
    out.print(Text(f"again: {whole.results.command}"), soft_wrap=True)
    out.print(Text(sentence(summary, whole.results.target.kind)), soft_wrap=True)
    return summary.exit_code


@group.command()
def diff(
    before: Path = typer.Argument(..., metavar="A", help=RUN),
    after: Path = typer.Argument(..., metavar="B", help="The later run."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> int:
    """Say what newly fails, what is fixed and what else changed; exit 1 if anything newly fails."""
    found = compare(read_results(before), read_results(after))
    if as_json:
        document(asdict(found))
    else:
        _print(found)
    return found.exit_code


def _print(found: Comparison) -> None:
    for note in found.notes:
        out.print(Text(note, style="yellow"), soft_wrap=True)
    for title, style, changes in (
        ("newly failing", "bold red", found.newly_failing),
        ("fixed", "green", found.fixed),
        ("changed", "", found.changed),
    ):
        if changes:
            out.print(Text(f"{len(changes)} {title}", style=style))
        for change in changes:
            out.print(Text(f"  {_told(change)}"), soft_wrap=True)
    if not (found.newly_failing or found.fixed or found.changed):
        out.print("Nothing changed.")


def _told(change: Change) -> str:
    became = f"{change.before or 'not judged'} → {change.after or 'not judged'}"
    return f"{change.id}  {became}  {change.reason or change.text}".rstrip()
