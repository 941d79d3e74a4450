"""`billproof verify`: judge a backend."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import typer

from billproof.cli.app import app
from billproof.cli.names import only_of, split
from billproof.cli.screen import document, out
from billproof.cli.watching import keep_judging
from billproof.errors import UsageError
from billproof.law import load_law
from billproof.run.view import View
from billproof.shard import parse_shard
from billproof.verdicts.summary import ExitCode
from billproof.verify import report
from billproof.verify.failures import only_failed
from billproof.verify.options import DEFAULT_OUT, Options, complete, parse, read_settings
from billproof.verify.printing import Printer
from billproof.verify.progress import watcher
from billproof.verify.run import Interrupted, observe
from billproof.verify.selection import select
from billproof.verify.shards import part


@app.command()
def verify(  # noqa: PLR0917 - typer passes options by name
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
    failed: bool = typer.Option(False, "--failed", help="Only what failed in the last report."),
    shard: str | None = typer.Option(None, help="Only this part of the clauses, k/n."),
    capabilities: str | None = typer.Option(None, help="What it has beside core: a,b,c."),
    baseline: Path | None = typer.Option(None, help="Clauses that are known to fail."),
    workers: int | None = typer.Option(None, "-n", help="Parallel workers."),
    histories: int | None = typer.Option(
        None, help="Rounds of made-up histories; 3 are the same each time."
    ),
    repeat: int = typer.Option(1, help="Runs in a row; what fails only at times is told as flaky."),
    shuffle: bool = typer.Option(
        False, "--shuffle", help="Trials in an order that the seed makes."
    ),
    deadline: float | None = typer.Option(None, help="Seconds that the whole run may take."),
    seed: int | None = typer.Option(None, help="Repeat the random choices of a run."),
    headed: bool = typer.Option(False, "--headed", help="Pages in a window to watch."),
    slowmo: float = typer.Option(0, help="Pages: milliseconds before each step."),
    device: str | None = typer.Option(None, help='Pages: a device, e.g. "Pixel 7".'),
    theme: str = typer.Option("light", help="Pages: Telegram's theme, light or dark."),
    locale: str = typer.Option(View().locale, help="Pages: the browser's language."),
    time_zone: str = typer.Option(View().time_zone, help="Pages: the browser's time zone."),
    out_folder: Path | None = typer.Option(None, "--out", help=f"Report, default {DEFAULT_OUT}."),
    preflight: bool = typer.Option(
        True, "--preflight/--no-preflight", help="Look first if it is the API at all."
    ),
    needs: bool = typer.Option(
        True, "--needs/--no-needs", help="Judge what it needs too: blocked is not failed."
    ),
    watch: bool = typer.Option(False, "--watch", help="Again after each change, failed first."),
    as_json: bool = typer.Option(False, "--json", help="Print results.json and nothing else."),
) -> int:
    """Judge a backend, the bundled one when none is named; say what holds and what does not."""
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
            "shard": None if shard is None else parse_shard(shard),
            "capabilities": None if capabilities is None else tuple(split([capabilities])),
            "baseline": baseline,
            "workers": workers,
            "histories": histories,
            "repeat": repeat,
            "shuffle": shuffle,
            "deadline_seconds": deadline,
            "seed": seed,
            "out": out_folder,
            "preflight": preflight,
            "needs": needs,
            "view": {
                "headed": headed,
                "slow_motion_ms": slowmo,
                "device": device,
                "theme": theme,
                "locale": locale,
                "time_zone": time_zone,
            },
        }
    )
    options = complete(asked, read_settings(Path.cwd()))
    if failed:
        options = only_failed(options, load_law(), options.out or DEFAULT_OUT)
    if watch and as_json:
        raise UsageError("--watch prints many runs, and --json one document.", "Leave one out.")
    if watch:
        return keep_judging(options, partial(judge, as_json=False))
    return judge(options, as_json=as_json)


def judge(options: Options, *, as_json: bool) -> int:
    """One whole run with its report; the exit code."""
    law = load_law()
    selection = select(
        law,
        options.only,
        options.capabilities,
        contract=options.contract,
        needs=options.needs,
    )
    if options.shard is not None:
        selection = part(law, selection, options.shard, needs=options.needs)
    report.known_failures(options)  # what is wrong with that file is told before anything runs
    folder = (options.out or DEFAULT_OUT).absolute()
    report.claim(folder)
    try:
        observed = observe(options, law, selection, watcher(out, as_json=as_json))
    except Interrupted as cut:
        # What was seen until then is told and written like that of any other run.
        observed = cut.observed
    results = report.results_of(options, law, selection, observed)
    report.write(folder, results, observed.records)
    if as_json:
        document(results)
    else:
        printer = Printer(out, selection.clauses)
        printer.findings(results, observed.records)
        printer.summary(results, observed)
    return ExitCode.INTERRUPTED if observed.interrupted else results.summary.exit_code
