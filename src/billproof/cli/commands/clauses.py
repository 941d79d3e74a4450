"""`billproof clauses` and the lines that it shares with `explain`."""

from __future__ import annotations

import typer
from rich.text import Text

from billproof.cli.app import app
from billproof.cli.screen import document, out
from billproof.law import load_law


@app.command()
def clauses(
    as_json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> int:
    """List all clauses of the contract."""
    law = load_law()
    if as_json:
        document([clause.model_dump(mode="json") for clause in law.clauses])
        return 0
    for clause in law.clauses:
        line = Text.assemble((f"{clause.id}  ", "bold"), f"{clause.level:<6}  {clause.text}")
        out.print(line, soft_wrap=True)
    return 0
