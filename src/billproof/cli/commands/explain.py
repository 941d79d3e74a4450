"""`billproof explain`: one clause, with all that helps to meet it."""

from __future__ import annotations

import typer
from rich.text import Text

from billproof.cli.app import app
from billproof.cli.screen import document, out
from billproof.errors import CannotTest
from billproof.law import Clause, load_law, select
from billproof.mutants.catalogue import load_mutants


@app.command()
def explain(
    clause_id: str = typer.Argument(..., metavar="ID", help="A clause, e.g. WHK-004."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> int:
    """Say what a clause asks, why, how to meet it, and which defects break it."""
    chosen = select(load_law(), [clause_id])
    if as_json:
        document([clause.model_dump(mode="json") for clause in chosen])
        return 0
    for clause in chosen:
        _print(clause)
    return 0


def _print(clause: Clause) -> None:
    head = Text.assemble((clause.id, "bold"), f"  {clause.level}, {clause.capability}")
    out.print(head, soft_wrap=True)
    rows = [("text", clause.text), ("why", clause.why), ("hint", clause.hint)]
    rows += [("since", clause.since), ("needs", ", ".join(clause.needs))]
    rows += [("seen in", ", ".join(clause.defects))]
    rows += [("mutant", sentence) for sentence in _mutants(clause)]
    if clause.needs_start:
        rows += [("note", "It needs a backend that we start: --cmd or --app, not a URL.")]
    rows += [("try", f"billproof verify --only {clause.id}")]
    for name, text in rows:
        if text:
            out.print(Text.assemble((f"  {name:<9}", "dim"), text.strip()), soft_wrap=True)


def _mutants(clause: Clause) -> list[str]:
    """Sentences of the mutants that this clause catches."""
    try:
        mutants = load_mutants()
    except CannotTest:
        return []
    return [mutant.sentence for mutant in mutants if clause.id in mutant.breaks]
