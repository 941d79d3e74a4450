"""The typer app that all commands register with."""

from __future__ import annotations

import typer

from billproof import __version__
from billproof.cli.screen import out

app = typer.Typer(
    name="billproof",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(asked: bool) -> None:
    if asked:
        out.print(f"billproof {__version__}", highlight=False)
        raise typer.Exit


@app.callback()
def billproof(
    _version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Say which version it is."
    ),
) -> None:
    """Prove that a subscription-billing backend keeps its contract."""
