"""`billproof next`: the first clause that is not met, with all that helps to meet it."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.text import Text

from billproof.cli.app import app
from billproof.cli.names import only_of, split
from billproof.cli.screen import document, out
from billproof.law import load_law
from billproof.verify import report
from billproof.verify.climb import Climb, climb
from billproof.verify.options import DEFAULT_OUT, complete, parse, read_settings
from billproof.verify.printing import Printer
from billproof.verify.progress import watcher


@app.command("next")
def next_(  # noqa: PLR0917 - typer passes options by name
    url: str | None = typer.Argument(None, help="A backend that already runs."),
    sandbox: str | None = typer.Option(None, help="URL: the Stripe sandbox that it uses."),
    env_file: Path | None = typer.Option(None, help="URL: the environment that it runs with."),
    cmd: str | None = typer.Option(None, help="Shell command that starts the backend."),
    database_url: str | None = typer.Option(
        None, help="--cmd: PostgreSQL server for its databases; postgresql:// starts one."
    ),
    asgi: str | None = typer.Option(None, "--app", help="module:factory of an ASGI backend."),
    mutant: str | None = typer.Option(None, help="The reference with this one change in it."),
    only: list[str] = typer.Option([], help="Clause id or glob; several by commas."),
    capabilities: str | None = typer.Option(None, help="What it has beside core: a,b,c."),
    workers: int | None = typer.Option(None, "-n", help="Parallel workers."),
    deadline: float | None = typer.Option(None, help="Seconds that all steps may take."),
    seed: int | None = typer.Option(None, help="Repeat the random choices of a run."),
    out_folder: Path | None = typer.Option(None, "--out", help=f"Report, default {DEFAULT_OUT}."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> int:
    """Climb the ladder of clauses, and say which is the first that the backend does not meet."""
    asked = parse(
        {
            "url": url,
            "sandbox": sandbox,
            "env_file": env_file,
            "cmd": cmd,
            "database_url": database_url,
            "app": asgi,
            "mutant": mutant,
            "only": only_of(only),
            "capabilities": None if capabilities is None else tuple(split([capabilities])),
            "workers": workers,
            "deadline_seconds": deadline,
            "seed": seed,
            "out": out_folder,
            # What is not there yet is what this command is for.
            "preflight": False,
        }
    )
    options = complete(asked, read_settings(Path.cwd()))
    folder = (options.out or DEFAULT_OUT).absolute()
    report.claim(folder)
    found = climb(options, load_law(), watcher(out, as_json=as_json))
    results, observed = found.step
    report.write(folder, results, observed.records)
    if as_json:
        document(_shown(found))
    else:
        _print(found)
    return found.exit_code


def _shown(found: Climb) -> dict[str, object]:
    """The document: how far, what is next, and what was seen of it."""
    results, _ = found.step
    judged = {each.id: each for each in results.clauses}
    return {
        "met": found.met,
        "of": found.of,
        "next": None if found.next is None else found.next.model_dump(mode="json"),
        "result": None if found.next is None else judged[found.next.id].model_dump(mode="json"),
        "faults": [fault.model_dump(mode="json") for fault in results.summary.faults],
    }


def _print(found: Climb) -> None:
    results, observed = found.step
    clauses = [] if found.next is None else [found.next]
    printer = Printer(out, clauses)
    printer.only(results, observed.records)
    for fault in results.summary.faults:
        out.print(Text(fault.reason, style="bold red"), soft_wrap=True)
    if found.next is None and not results.summary.faults:
        text = Text(f"{found.met} of {found.of} met; nothing is left.", style="bold green")
    else:
        named = "" if found.next is None else f", next: {found.next.id}"
        text = Text(f"{found.met} of {found.of} met{named}", style="bold")
    out.print(text, soft_wrap=True)
