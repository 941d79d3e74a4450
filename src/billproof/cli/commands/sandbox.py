"""`billproof sandbox`: the offline Stripe, for as long as it is wanted."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

import typer

from billproof.cli.app import app
from billproof.cli.ports import usable
from billproof.errors import UsageError


@app.command()
def sandbox(  # noqa: PLR0917 - typer passes options by name
    host: str = typer.Option("127.0.0.1", help="Address to listen on."),
    port: int = typer.Option(12111, help="Port to listen on; 0 for any."),
    advertise: str | None = typer.Option(None, help="Origin under which browsers reach it."),
    webhook_url: str | None = typer.Option(None, help="Where every account's events go."),
    webhook_secret: str | None = typer.Option(None, help="What they are signed with."),
    plans: Path | None = typer.Option(None, help="Catalogue whose prices are seeded."),
    state: Path | None = typer.Option(None, help="File that keeps all accounts over restarts."),
    until_eof: bool = typer.Option(False, "--until-eof", hidden=True),
) -> NoReturn:
    """Run the offline Stripe: API, payment pages, signed webhooks."""
    if (webhook_url is None) != (webhook_secret is None):
        raise UsageError("--webhook-url and --webhook-secret belong together.")
    if plans is not None and not plans.is_file():
        raise UsageError(f"There is no plans file {plans}.", "Name one, or leave --plans out.")
    given = {
        "--host": host,
        "--port": str(usable(host, port) if port else 0),
        "--advertise": advertise,
        "--webhook-url": webhook_url,
        "--webhook-secret": webhook_secret,
        "--plans": None if plans is None else str(plans),
        "--state": None if state is None else str(state),
    }
    words = [part for flag, value in given.items() if value is not None for part in (flag, value)]
    words += ["--until-eof"] if until_eof else []
    command = [sys.executable, "-m", "billproof.sandbox", *words]
    # The sandbox takes our place: signals and exit code are its own.
    os.execv(sys.executable, command)  # noqa: S606 - no shell is wanted
